//! Second copies: each needs a cause.

use super::*;

/// How many second copies are permitted, and how many are not.
fn copies(records: &Records, taken: &[Taken], diary: &Diary) -> (Vec<Cause>, usize) {
    let found = Copies::of(&taken.iter().collect::<Vec<_>>(), records.events.get(&EVENT), diary);
    (found.permitted, found.other.len())
}

#[test]
fn a_second_copy_needs_a_cause_of_its_own_time_and_worker() {
    let first = Instant::now();
    let second = first + Duration::from_secs(20);
    let taken = [mail(first, "/r/1"), mail(second, "/r/1")];
    let silent = records(vec![row("issued")], &[]);
    assert_eq!(copies(&silent, &taken, &Diary::default()), (vec![], 1));
    let ambiguous = records(vec![row("issued")], &["ambiguous"]);
    assert_eq!(copies(&ambiguous, &taken, &Diary::default()), (vec![Cause::Unanswered], 0));
    for (loss, from, cause) in [
        (worker(0, &[]), first + Duration::from_secs(1), Some(Cause::WorkerGone)),
        (worker(1, &[]), first + Duration::from_secs(1), None),
        (worker(0, &[]), second + Duration::from_secs(1), None),
        (Loss::Dedup, first + Duration::from_secs(1), Some(Cause::NoDedup)),
        (Loss::Dedup, second + Duration::from_secs(1), None),
    ] {
        let diary = Diary::default();
        diary.note(loss.clone(), from, from);
        let permitted: Vec<_> = cause.into_iter().collect();
        let other = usize::from(permitted.is_empty());
        assert_eq!(copies(&silent, &taken, &diary), (permitted, other), "{loss:?}");
    }
}

#[test]
fn a_worker_that_died_permits_no_copy_of_what_was_known_to_be_sent() {
    let first = Instant::now();
    let taken = [mail(first, "/r/1"), mail(first + Duration::from_secs(20), "/r/1")];
    let diary = Diary::default();
    diary.note(worker(0, &[]), first, first);
    assert_eq!(copies(&records(vec![row("issued")], &["accepted"]), &taken, &diary), (vec![], 1));
}

#[test]
fn a_worker_that_died_permits_no_copy_of_what_it_had_recorded_as_sent_but_of_what_else_it_had() {
    let first = Instant::now();
    let taken = [mail(first, "/r/1"), mail(first + Duration::from_secs(20), "/r/1")];
    let silent = records(vec![row("issued")], &[]);
    for (recorded, found) in [
        (EVENT, (vec![], 1)),
        // Another one's record says nothing of this one.
        (Uuid::from_u128(8), (vec![Cause::WorkerGone], 0)),
    ] {
        let diary = Diary::default();
        diary.note(worker(0, &[recorded]), first, first);
        assert_eq!(copies(&silent, &taken, &diary), found);
    }
}

#[test]
fn each_further_copy_needs_a_cause_of_its_own_and_none_permits_another_link() {
    let now = Instant::now();
    let later = now + Duration::from_secs(60);
    let ambiguous = records(vec![row("issued")], &["ambiguous"]);
    let three = [mail(now, "/r/1"), mail(now, "/r/1"), mail(later, "/r/1")];
    assert_eq!(copies(&ambiguous, &three, &Diary::default()), (vec![Cause::Unanswered], 1));
    let diary = Diary::default();
    diary.note(Loss::Dedup, now, now);
    assert_eq!(copies(&ambiguous, &three, &diary), (vec![Cause::Unanswered, Cause::NoDedup], 0));
    // Dedup was well again by the time of the third: the answer's loss is left for that one.
    let apart = [mail(now, "/r/1"), mail(now + Duration::from_secs(30), "/r/1"), mail(later, "/r/1")];
    assert_eq!(copies(&ambiguous, &apart, &diary), (vec![Cause::NoDedup, Cause::Unanswered], 0));
    let different = [mail(now, "/r/1"), mail(now, "/r/2")];
    assert_eq!(copies(&ambiguous, &different, &Diary::default()), (vec![], 1));
}
