use super::*;
use common::event::Tally;
use uuid::Uuid;

const NOW: OffsetDateTime = time::macros::datetime!(2026-01-01 12:00 UTC);
const HOURS: time::Duration = time::Duration::hours(4);

fn subject(attempt: u32, left: time::Duration) -> Subject {
    Subject { event_id: Uuid::from_u128(7), attempt, tally: Tally::default(), deliver_by: NOW + left }
}

fn reply(code: u16, enhanced: &str) -> Option<Reply> {
    Some(Reply { code, enhanced: enhanced.to_owned(), text: "its words".to_owned() })
}

fn failure(fault: Fault, reply: Option<Reply>) -> SendError {
    let (relay_host, detail) = ("relay.example:25".to_owned(), "what happened".to_owned());
    SendError { relay_host, stage: DeliveryStage::Rcpt, fault, reply, detail }
}

fn judge_failure(subject: &Subject, fault: Fault, reply: Option<Reply>, history: History) -> Verdict {
    judge(subject, &Outcome::Failed { error: failure(fault, reply), history }, NOW)
}

fn undeliverable(why: Undeliverable, detail: &str) -> Outcome {
    Outcome::Undeliverable { why, detail: detail.to_owned(), history: History::Clean }
}

fn retry(seconds: u64, count_attempt: bool) -> Settlement {
    retry_with(seconds, count_attempt, Tally::default())
}

fn retry_with(seconds: u64, count_attempt: bool, tally: Tally) -> Settlement {
    Settlement::Retry { after: Duration::from_secs(seconds), count_attempt, tally }
}

fn unanswered(unanswered_dots: u32) -> Tally {
    Tally { unanswered_dots, ..Tally::default() }
}

fn dead_letter(reason: &'static str) -> Settlement {
    Settlement::DeadLetter { reason }
}

fn outcome_of(verdict: &Verdict) -> Option<DeliveryOutcome> {
    verdict.report.as_ref().map(|report| report.outcome)
}

#[track_caller]
fn assert_verdict(verdict: &Verdict, settlement: &Settlement, outcome: Option<DeliveryOutcome>) {
    assert_eq!((&verdict.settlement, outcome_of(verdict)), (settlement, outcome), "{verdict:?}");
}

#[test]
fn an_accepted_mail_is_acked_and_reported_with_the_records_facts() {
    let record = SentRecord {
        accepted_at: 1_000_000,
        attempt: 2,
        relay_host: "relay.example:25".to_owned(),
        reply_code: 250,
        enhanced_code: "2.0.0".to_owned(),
        reply_text: "Ok: queued as 4F1CB2".to_owned(),
    };
    let outcome = Outcome::Accepted(record);
    let first = judge(&subject(2, HOURS), &outcome, NOW);
    assert_verdict(&first, &Settlement::Ack, Some(DeliveryOutcome::Accepted));
    let report = first.report.clone().unwrap();
    assert_eq!((report.attempt, report.reply_code, report.text.as_str()), (2, 250, "Ok: queued as 4F1CB2"));
    assert_eq!((report.enhanced_code.as_str(), report.queue_id.as_str()), ("2.0.0", "4F1CB2"));
    assert_eq!((report.at, report.next_attempt_at), (from_micros(1_000_000), None));
    let again = judge(&subject(5, HOURS), &outcome, NOW + HOURS);
    assert_eq!(again, first, "a redelivery reports the very same");
}

#[test]
fn a_relay_hosts_fault_and_throttling_use_no_attempt() {
    for fault in [Fault::RelayHost, Fault::Throttling] {
        let verdict = judge_failure(&subject(3, HOURS), fault, reply(421, "4.7.0"), History::Clean);
        assert_verdict(&verdict, &retry(10, false), Some(DeliveryOutcome::Transient));
        assert_eq!(verdict.report.unwrap().next_attempt_at, Some(NOW + Duration::from_secs(10)));
    }
}

#[test]
fn a_transient_refusal_is_tried_again_by_the_schedule() {
    for (attempt, seconds) in [(1, 10), (2, 60), (3, 300), (4, 900), (9, 900)] {
        let verdict =
            judge_failure(&subject(attempt, HOURS), Fault::Transient, reply(451, "4.3.0"), History::Clean);
        assert_verdict(&verdict, &retry(seconds, true), Some(DeliveryOutcome::Transient));
        let report = verdict.report.unwrap();
        assert_eq!(report.next_attempt_at, Some(NOW + Duration::from_secs(seconds)));
        assert_eq!((report.attempt, report.reply_code), (attempt, 451));
        assert_eq!((report.enhanced_code.as_str(), report.text.as_str()), ("4.3.0", "its words"));
        assert_eq!((report.stage, report.relay_host.as_str()), (DeliveryStage::Rcpt, "relay.example:25"));
    }
}

#[test]
fn a_failure_with_no_time_left_is_expired() {
    let soon = subject(1, time::Duration::seconds(10));
    for fault in [Fault::RelayHost, Fault::Throttling, Fault::Transient] {
        let verdict = judge_failure(&soon, fault, None, History::Clean);
        assert_verdict(&verdict, &dead_letter("expired_before_delivery"), Some(DeliveryOutcome::Expired));
        assert_eq!(verdict.report.unwrap().text, "what happened");
    }
}

#[test]
fn a_mail_that_may_be_out_is_unknown_at_the_end_and_never_expired() {
    let soon = subject(2, time::Duration::seconds(10));
    for fault in [Fault::RelayHost, Fault::Throttling, Fault::Transient, Fault::Ambiguous] {
        let verdict = judge_failure(&soon, fault, None, History::Dotted);
        assert_verdict(&verdict, &Settlement::Ack, Some(DeliveryOutcome::Unknown));
    }
    let verdict = judge_failure(&soon, Fault::Ambiguous, None, History::Clean);
    assert_verdict(&verdict, &Settlement::Ack, Some(DeliveryOutcome::Unknown));
}

#[test]
fn a_mail_that_may_be_out_is_unknown_whatever_makes_its_second_copy_fail_for_good() {
    let dotted = History::Dotted;
    let last = Subject {
        tally: Tally {
            crashes: CRASH_ATTEMPTS - 1,
            full_mailboxes: FULL_MAILBOX_ATTEMPTS - 1,
            ..Tally::default()
        },
        ..subject(2, HOURS)
    };
    let unknown = last.report(DeliveryOutcome::Unknown, NOW);
    let refusals = [
        (Fault::Permanent, reply(554, "5.7.1")),
        (Fault::BadAddress, reply(550, "5.1.1")),
        (Fault::Transient, reply(552, "5.2.2")),
    ];
    let refusals = refusals.map(|(fault, reply)| judge_failure(&last, fault, reply, dotted));
    let unmade = [Undeliverable::RenderFailed, Undeliverable::Unsealable].map(|why| {
        judge(&last, &Outcome::Undeliverable { why, detail: String::new(), history: dotted }, NOW)
    });
    let crashed = judge(&last, &Outcome::Crashed(dotted), NOW);
    for verdict in refusals.iter().chain(&unmade).chain([&crashed]) {
        assert_verdict(verdict, &Settlement::Ack, Some(DeliveryOutcome::Unknown));
        let report = verdict.report.as_ref().unwrap();
        assert_eq!(report.report_id, unknown.report_id, "every copy of the fact has one name");
        assert!(!report.text.is_empty(), "what happened is told all the same");
        assert!(!report.is_about_address(), "so the address is not suppressed");
    }
}

#[test]
fn a_full_mailbox_is_given_three_tries() {
    for full in [reply(552, ""), reply(550, "5.2.2")] {
        let met = |full_mailboxes| Tally { full_mailboxes, ..Tally::default() };
        let meets = |attempt, tally| {
            let subject = Subject { tally, ..subject(attempt, HOURS) };
            judge_failure(&subject, Fault::Transient, full.clone(), History::Clean)
        };
        let transient = Some(DeliveryOutcome::Transient);
        assert_verdict(&meets(1, met(0)), &retry_with(10, true, met(1)), transient);
        assert_verdict(&meets(2, met(1)), &retry_with(60, true, met(2)), transient);
        assert_verdict(&meets(3, met(2)), &dead_letter("refused"), Some(DeliveryOutcome::Refused));
        assert_verdict(&meets(9, met(0)), &retry_with(900, true, met(1)), transient);
    }
}

#[test]
fn a_permanent_refusal_is_a_dead_letter_with_the_relay_hosts_words() {
    for (fault, code) in [(Fault::Permanent, "5.7.1"), (Fault::BadAddress, "5.1.1")] {
        let verdict = judge_failure(&subject(1, HOURS), fault, reply(550, code), History::Clean);
        assert_verdict(&verdict, &dead_letter("refused"), Some(DeliveryOutcome::Refused));
        let report = verdict.report.unwrap();
        assert_eq!((report.reply_code, report.enhanced_code.as_str()), (550, code));
        assert_eq!(report.next_attempt_at, None);
    }
}

#[test]
fn a_dot_without_an_answer_is_resent_once_and_then_unknown() {
    let verdict = judge_failure(&subject(1, HOURS), Fault::Ambiguous, None, History::Clean);
    assert_verdict(&verdict, &retry_with(60, true, unanswered(1)), Some(DeliveryOutcome::Ambiguous));
    assert_eq!(verdict.report.unwrap().next_attempt_at, Some(NOW + Duration::from_secs(60)));
    let verdict = judge_failure(&subject(2, HOURS), Fault::Ambiguous, None, History::Dotted);
    assert_verdict(&verdict, &Settlement::Ack, Some(DeliveryOutcome::Unknown));
}

#[test]
fn a_mail_keeps_telling_of_its_dot_whatever_happens_to_it() {
    let tally = unanswered(1);
    for subject in [subject(2, HOURS), Subject { tally, ..subject(2, HOURS) }] {
        let judge = |fault| judge_failure(&subject, fault, None, History::Dotted).settlement;
        assert_eq!(judge(Fault::Transient), retry_with(60, true, tally));
        assert_eq!(judge(Fault::RelayHost), retry_with(10, false, tally));
        assert_eq!(judge(Fault::Throttling), retry_with(10, false, tally));
        assert_eq!(judge(Fault::Withdrawn), retry_with(10, false, tally));
    }
    let told = Subject { tally, ..subject(2, HOURS) };
    let lacking = undeliverable(Undeliverable::UnknownKey, "");
    assert_eq!(judge(&told, &lacking, NOW).settlement, retry_with(60, true, tally));
    assert_eq!(judge(&told, &Outcome::Held(retry::SHORTEST), NOW).settlement, retry_with(10, false, tally));
    let crashed = Tally { crashes: 1, ..tally };
    assert_eq!(
        judge(&told, &Outcome::Crashed(History::Dotted), NOW).settlement,
        retry_with(60, true, crashed)
    );
}

#[test]
fn a_mail_in_somebody_elses_hands_waits_without_a_report() {
    let verdict = judge_failure(&subject(1, HOURS), Fault::Withdrawn, None, History::Clean);
    assert_verdict(&verdict, &retry(10, false), None);
    let held = |seconds| judge(&subject(1, HOURS), &Outcome::Held(Duration::from_secs(seconds)), NOW);
    assert_verdict(&held(30), &retry(10, false), None);
    assert_verdict(&held(7), &retry(7, false), None);
    assert_verdict(&held(0), &retry(1, false), None);
}

#[test]
fn a_mail_that_cannot_be_made_is_a_dead_letter_at_once() {
    use Undeliverable::*;
    for why in [Undecodable, Unsealable, RenderFailed] {
        let outcome = undeliverable(why, "because");
        let verdict = judge(&subject(1, HOURS), &outcome, NOW);
        assert_verdict(&verdict, &dead_letter(why.reason()), Some(DeliveryOutcome::Undeliverable));
        assert_eq!(verdict.report.unwrap().text, format!("{}: because", why.reason()));
    }
    let nobody = Subject { event_id: Uuid::nil(), ..subject(1, HOURS) };
    let outcome = undeliverable(Undecodable, "");
    assert_verdict(&judge(&nobody, &outcome, NOW), &dead_letter("undecodable"), None);
}

#[test]
fn what_a_template_says_is_masked_and_kept_to_a_line() {
    let detail = format!("reset_link/body\n  | hello ada@example.org\r\n{}", "long ".repeat(1_000));
    for why in [Undeliverable::RenderFailed, Undeliverable::UnknownApp] {
        let verdict = judge(&subject(1, HOURS), &undeliverable(why, &detail), NOW);
        let report = verdict.report.unwrap();
        let begin = format!("{}: reset_link/body | hello [address] long long", why.reason());
        assert!(report.text.starts_with(&begin), "{}", report.text);
        assert_eq!(DeliveryReport::decode(report.encode()), Ok(report), "reset-api takes it");
    }
}

#[test]
fn a_mail_that_another_worker_may_be_able_to_make_is_tried_while_it_is_of_use() {
    use Undeliverable::*;
    for why in [UnknownKey, UnknownApp] {
        let outcome = undeliverable(why, "because");
        for (attempt, seconds) in [(1, 10), (2, 60), (3, 300), (4, 900), (9, 900)] {
            let verdict = judge(&subject(attempt, HOURS), &outcome, NOW);
            assert_verdict(&verdict, &retry(seconds, true), Some(DeliveryOutcome::Transient));
            assert_eq!(verdict.report.unwrap().text, format!("{}: because", why.reason()));
        }
        let verdict = judge(&subject(9, time::Duration::seconds(9)), &outcome, NOW);
        assert_verdict(&verdict, &dead_letter(why.reason()), Some(DeliveryOutcome::Undeliverable));
    }
}

#[test]
fn a_mail_that_makes_the_worker_fail_is_tried_a_few_times() {
    let lived = |crashes| Tally { crashes, ..Tally::default() };
    let crashes = |attempt, tally| {
        judge(&Subject { tally, ..subject(attempt, HOURS) }, &Outcome::Crashed(History::Clean), NOW)
    };
    let transient = Some(DeliveryOutcome::Transient);
    assert_verdict(&crashes(1, lived(0)), &retry_with(10, true, lived(1)), transient);
    assert_verdict(&crashes(2, lived(1)), &retry_with(60, true, lived(2)), transient);
    let undeliverable = Some(DeliveryOutcome::Undeliverable);
    assert_verdict(&crashes(3, lived(2)), &dead_letter("worker_failed"), undeliverable);
    assert_verdict(&crashes(9, lived(0)), &retry_with(900, true, lived(1)), transient);
}

#[test]
fn what_ended_before_it_was_tried_is_final() {
    let verdict = judge(&subject(1, HOURS), &Outcome::Expired, NOW);
    assert_verdict(&verdict, &dead_letter("expired_before_delivery"), Some(DeliveryOutcome::Expired));
    let verdict = judge(&subject(3, HOURS), &Outcome::Unknown, NOW);
    assert_verdict(&verdict, &Settlement::Ack, Some(DeliveryOutcome::Unknown));
}
