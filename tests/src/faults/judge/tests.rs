//! The judge must see what is wrong: each way in which a promise can be broken is called so.

use super::*;
use crate::cluster::worker_name;
use crate::faults::diary::{Diary, Loss};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::Instant;
use tonic::Code;

const ADA: &str = "ada@example.org";
const EVENT: Uuid = Uuid::from_u128(7);

fn told(answer: Answer) -> Vec<Asked> {
    vec![Asked { address: ADA.into(), begun: Instant::now(), answer }]
}

fn row(state: &str) -> Row {
    Row {
        id: Uuid::from_u128(1),
        state: state.into(),
        reason: None,
        coalesced_into: None,
        event: Some(EVENT),
    }
}

/// What the database would hold: these requests of Ada's, and one mail to her with these reports.
fn records(rows: Vec<Row>, outcomes: &[&str]) -> Records {
    let known = OffsetDateTime::UNIX_EPOCH;
    let reports = outcomes.iter().map(|outcome| ((*outcome).to_owned(), known)).collect();
    let event = Event { id: EVENT, address: ADA.into(), is_notice: false, reports };
    Records {
        requests: [(ADA.to_owned(), rows)].into(),
        addresses: BTreeSet::from([ADA.to_owned()]),
        events: BTreeMap::from([(EVENT, event)]),
    }
}

fn mail(at: Instant, link: &str) -> Taken {
    Taken {
        to: ADA.into(),
        message_id: format!("{EVENT}@example.org"),
        links: vec![link.into()],
        from: worker_name(0),
        at,
        time: OffsetDateTime::UNIX_EPOCH,
    }
}

fn judged(asked: &[Asked], records: &Records, taken: &[Taken]) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.judge_requests(asked, records, &by_event(taken));
    verdict
}

#[test]
fn a_request_with_a_mail_or_a_final_reason_is_not_lost() {
    let taken = [mail(Instant::now(), "/r/1")];
    let verdict = judged(&told(Answer::Accepted), &records(vec![row("issued")], &["accepted"]), &taken);
    assert_eq!((verdict.accepted, verdict.mailed, verdict.lost), (1, 1, 0), "{verdict:?}");
    for outcome in ["refused", "expired", "undeliverable", "unknown"] {
        let verdict = judged(&told(Answer::Accepted), &records(vec![row("undeliverable")], &[outcome]), &[]);
        assert_eq!((verdict.refused.get(outcome), verdict.lost), (Some(&1), 0), "{verdict:?}");
    }
}

#[test]
fn a_request_without_either_is_lost_whatever_is_said_of_it() {
    for (state, outcomes) in [
        ("accepted", &[][..]),
        ("issued", &[]),
        ("issued", &["transient"]),
        // Nobody took it, whatever was reported.
        ("issued", &["accepted"]),
        ("completed", &["accepted"]),
        ("unknown", &[]),
    ] {
        let verdict = judged(&told(Answer::Accepted), &records(vec![row(state)], outcomes), &[]);
        assert_eq!((verdict.accepted, verdict.lost), (1, 1), "{state} {outcomes:?}: {verdict:?}");
        assert_eq!(verdict.broken.len(), 1);
    }
}

#[test]
fn a_promise_that_the_database_does_not_know_is_lost_and_a_refusal_is_not() {
    assert_eq!(judged(&told(Answer::Accepted), &records(vec![], &[]), &[]).lost, 1);
    assert_eq!(judged(&told(Answer::Refused(Code::ResourceExhausted)), &records(vec![], &[]), &[]).lost, 0);
    assert_eq!(judged(&told(Answer::Unanswered), &records(vec![], &[]), &[]).lost, 0);
    // Half accepted: nobody was told, but it is there and leads nowhere.
    assert_eq!(judged(&told(Answer::Unanswered), &records(vec![row("issued")], &[]), &[]).lost, 1);
}

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
        (Loss::Worker(0), first + Duration::from_secs(1), Some(Cause::WorkerGone)),
        (Loss::Worker(1), first + Duration::from_secs(1), None),
        (Loss::Worker(0), second + Duration::from_secs(1), None),
        (Loss::Dedup, first + Duration::from_secs(1), Some(Cause::NoDedup)),
        (Loss::Dedup, second + Duration::from_secs(1), None),
    ] {
        let diary = Diary::default();
        diary.note(loss, from, from);
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
    diary.note(Loss::Worker(0), first, first);
    assert_eq!(copies(&records(vec![row("issued")], &["accepted"]), &taken, &diary), (vec![], 1));
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
