//! Mails that are missing, and mails that are of no use: each needs a reason that something caused.

use super::*;

#[test]
fn a_final_reason_keeps_the_promise_only_where_something_caused_it() {
    let ended = |scenario, state: &str, reason: Option<&str>, outcomes: &[&str]| {
        let row = Row { reason: reason.map(Into::into), ..row(state) };
        let records = records(vec![row], outcomes);
        let verdict = judged_in(scenario, &told(Answer::Accepted), &records, &[], &Diary::default());
        (verdict.refused.values().sum::<usize>(), verdict.broken.len())
    };
    let refused = ("undeliverable", Some("refused"), &["refused"][..]);
    let unknown = ("issued", None, &["ambiguous", "unknown"][..]);
    let expired = ("expired", Some("expired_before_delivery"), &["expired"][..]);
    let overdue = ("expired", Some("expired_before_delivery"), &[][..]);
    // A worker that failed says so.
    let failed = ("undeliverable", Some("undeliverable"), &["undeliverable"][..]);
    let revoked = ("revoked", Some("another_link_used"), &[][..]);
    let suppressed = ("suppressed", None, &[][..]);
    for (scenario, (state, reason, outcomes), broken) in [
        ("smtp-5xx-dot", refused, 0),
        ("smtp-4xx-dot", refused, 1),
        ("smtp-drop-dot", unknown, 0),
        ("smtp-late-dot", unknown, 1),
        ("everything", expired, 1),
        ("everything", overdue, 1),
        ("everything", failed, 1),
        ("worker-killed", failed, 1),
        ("postgres-killed", revoked, 0),
        ("smtp-5xx-rcpt", suppressed, 0),
        ("smtp-5xx-data", suppressed, 1),
    ] {
        assert_eq!(ended(scenario, state, reason, outcomes), (1, broken), "{scenario} {state} {outcomes:?}");
    }
}

#[test]
fn a_mail_whose_link_was_ended_breaks_the_promise() {
    let first = Instant::now();
    let taken = [mail(first, "/r/1")];
    let judged = |records: &Records, diary: &Diary| {
        let verdict = judged_in("everything", &told(Answer::Accepted), records, &taken, diary);
        (verdict.mailed, verdict.broken.len())
    };
    let expired = Row { reason: Some("expired_before_delivery".into()), ..row("expired") };
    // Nobody used it in time, or the owner used another one.
    let [over, revoked] = [("expired", "time_over"), ("revoked", "another_link_used")]
        .map(|(state, reason)| Row { reason: Some(reason.into()), ..row(state) });
    for (row, outcomes, broken) in [
        (row("undeliverable"), &["refused"][..], 1),
        (row("undeliverable"), &["accepted", "refused"], 1),
        (expired, &[], 1),
        (over, &["accepted"], 0),
        (revoked, &["accepted"], 0),
        (row("issued"), &["ambiguous", "refused"], 0),
    ] {
        let said = format!("{row:?} {outcomes:?}");
        assert_eq!(judged(&records(vec![row], outcomes), &Diary::default()), (1, broken), "{said}");
    }
    // The link itself is what counts, whatever the request is called.
    let mut silent = records(vec![row("issued")], &["refused"]);
    silent.events.get_mut(&EVENT).unwrap().ended_with_its_mail = true;
    assert_eq!(judged(&silent, &Diary::default()), (1, 1));
}

#[test]
fn a_mail_may_have_a_dead_link_only_where_dedup_forgot_it_and_nobody_was_told_of_it() {
    let first = Instant::now();
    let taken = [mail(first, "/r/1")];
    let judged = |outcomes: &[&str], loss: Loss, from: Instant| {
        let diary = Diary::default();
        diary.note(loss, from, from);
        // What is reported becomes known a minute after the mail.
        let mut records = records(vec![row("undeliverable")], outcomes);
        let minute = time::Duration::MINUTE;
        records.events.get_mut(&EVENT).unwrap().reports.iter_mut().for_each(|(_, known)| *known += minute);
        judged_in("everything", &told(Answer::Accepted), &records, &taken, &diary).broken.len()
    };
    let seconds = |after| first + Duration::from_secs(after);
    assert_eq!(judged(&["refused"], Loss::Dedup, seconds(30)), 0);
    assert_eq!(judged(&["refused"], Loss::Dedup, seconds(90)), 1);
    assert_eq!(judged(&["ambiguous", "refused"], Loss::Dedup, seconds(30)), 1);
    assert_eq!(judged(&["accepted", "refused"], Loss::Dedup, seconds(30)), 1);
    assert_eq!(judged(&["refused"], worker(0, &[]), seconds(1)), 1);
}

#[test]
fn a_notice_needs_a_mail_that_was_taken_or_a_reason_that_has_a_cause() {
    let notice = |scenario: &str, outcomes: &[&str], taken: &[Taken], is_dead: bool| {
        let mut records = records(vec![], outcomes);
        let event = records.events.get_mut(&EVENT).unwrap();
        (event.is_notice, event.ended_with_its_mail) = (true, is_dead);
        let (mut verdict, diary) = (Verdict::default(), Diary::default());
        let evidence = Evidence::of(&records, taken, &diary);
        verdict.judge_notices(find(scenario).unwrap(), &BTreeSet::from([ADA.to_owned()]), &evidence);
        verdict.broken.len()
    };
    let taken = [mail(Instant::now(), "/revoke/1")];
    assert_eq!(notice("api-killed", &["accepted"], &taken, false), 0);
    assert_eq!(notice("api-killed", &["refused"], &taken, true), 1);
    assert_eq!(notice("smtp-5xx-dot", &["refused"], &[], true), 0);
    assert_eq!(notice("api-killed", &["refused"], &[], true), 1);
    assert_eq!(notice("api-killed", &["accepted"], &[], false), 1);
    assert_eq!(notice("api-killed", &[], &[], false), 1);
    let (mut none, diary) = (Verdict::default(), Diary::default());
    let empty = Records::default();
    none.judge_notices(
        find("api-killed").unwrap(),
        &BTreeSet::from([ADA.to_owned()]),
        &Evidence::of(&empty, &[], &diary),
    );
    assert_eq!(none.broken.len(), 1);
}
