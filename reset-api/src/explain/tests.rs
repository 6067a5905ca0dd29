//! The sentences and steps that are hard to come by in a running system; the others are in the suite.

use super::*;
use crate::store::{EndReason, MailKind, RequestState};
use common::event::{DeliveryOutcome, DeliveryStage};
use time::Duration;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-26 14:10:00 UTC);
const OPEN: AddressStanding = AddressStanding { counter: Counter::Own, step: None, retry_after: None };

fn request(state: RequestState, reason: Option<EndReason>) -> RequestHistory {
    RequestHistory {
        id: Uuid::from_u128(1),
        accepted_at: NOW - Duration::minutes(7),
        app_id: "tapo".to_owned(),
        gateway: "web".to_owned(),
        state,
        reason,
        state_at: NOW - Duration::minutes(1),
        coalesced_into: None,
        link: Some(LinkHistory {
            issued_at: NOW - Duration::minutes(7),
            ends_at: NOW + Duration::minutes(23),
            opened_at: None,
            used_at: None,
            published: None,
        }),
        attempts: Vec::new(),
    }
}

fn attempt(outcome: DeliveryOutcome, code: u16, enhanced: &str, text: &str) -> AttemptHistory {
    AttemptHistory {
        mail: MailKind::ResetLink,
        at: NOW - Duration::minutes(6),
        number: 1,
        outcome,
        relay_host: "relay.example:587".to_owned(),
        stage: DeliveryStage::Dot,
        reply_code: code,
        enhanced_code: enhanced.to_owned(),
        text: text.to_owned(),
        queue_id: String::new(),
        next_attempt_at: None,
    }
}

fn explain(requests: Vec<RequestHistory>, standing: AddressStanding) -> Explanation {
    let address = EmailAddress::parse("ada@example.org").unwrap();
    let history = History { now: NOW, account: Some(AccountStanding::Active), suppression: None, requests };
    explanation(&address, history, standing)
}

#[track_caller]
fn assert_told(request: RequestHistory, state: DeliveryState, summary: &str, step: &NextStep) {
    let told = explain(vec![request], OPEN);
    assert_eq!((told.requests[0].state, told.summary.as_str(), &told.next_step), (state, summary, step));
}

#[test]
fn a_request_that_nobody_has_looked_at_waits() {
    let summary = "Somebody asked at 14:03:00 UTC; the request waits to be looked at.";
    assert_told(request(RequestState::Accepted, None), DeliveryState::Received, summary, &NextStep::Wait);
}

#[test]
fn a_mail_of_which_nobody_knows_may_be_there() {
    let unknown = attempt(DeliveryOutcome::Unknown, 0, "", "nothing happened within 300s");
    let request = RequestHistory { attempts: vec![unknown], ..request(RequestState::Issued, None) };
    let summary = "The mail was handed over at 14:04:00 UTC to relay.example:587, which never answered, so it may have \
                   arrived; the link works until 14:33:00 UTC.";
    let step = NextStep::CheckMailbox { queue_id: String::new() };
    assert_told(request, DeliveryState::OutcomeUnknown, summary, &step);
}

#[test]
fn an_expiry_that_came_too_early_is_a_wrong_clock_and_the_mail_is_tried_again() {
    let expired = attempt(DeliveryOutcome::Expired, 0, "", "");
    let waiting = RequestHistory { attempts: vec![expired.clone()], ..request(RequestState::Issued, None) };
    let told = explain(vec![waiting], OPEN);
    assert_eq!(told.requests[0].state, DeliveryState::WaitingForRetry);
    let summary = "Attempt 1 at 14:04:00 UTC took the mail's time for over, which it is not: that worker's clock is \
                   wrong; it is tried again.";
    assert!(told.summary.starts_with(summary), "{}", told.summary);
    let ambiguous = attempt(DeliveryOutcome::Ambiguous, 0, "", "the relay host closed the connection");
    let attempts = vec![ambiguous, AttemptHistory { number: 2, ..expired }];
    let told = explain(vec![RequestHistory { attempts, ..request(RequestState::Issued, None) }], OPEN);
    assert_eq!(told.requests[0].state, DeliveryState::OutcomeUnknown, "the first may have arrived");
}

#[test]
fn a_refusal_of_a_second_copy_leaves_the_first_in_doubt() {
    let ambiguous = attempt(DeliveryOutcome::Ambiguous, 0, "", "the relay host closed the connection");
    let refused = attempt(DeliveryOutcome::Refused, 550, "5.7.1", "no");
    let attempts = vec![ambiguous, AttemptHistory { stage: DeliveryStage::Rcpt, number: 2, ..refused }];
    let request = RequestHistory { attempts, ..request(RequestState::Issued, None) };
    let told = explain(vec![request], OPEN);
    assert_eq!(told.requests[0].state, DeliveryState::OutcomeUnknown);
    assert!(told.summary.starts_with("The mail was handed over at 14:04:00 UTC"), "{}", told.summary);
}

#[test]
fn a_mail_whose_second_copy_failed_is_in_doubt_with_what_failed() {
    let refused = attempt(DeliveryOutcome::Unknown, 554, "5.7.1", "no");
    let request = RequestHistory { attempts: vec![refused], ..request(RequestState::Issued, None) };
    let summary = "Whether the mail arrived nobody knows, and a second copy failed at 14:04:00 UTC: relay.example:587 \
                   said 554 5.7.1 no; the link works until 14:33:00 UTC.";
    let step = NextStep::CheckMailbox { queue_id: String::new() };
    assert_told(request, DeliveryState::OutcomeUnknown, summary, &step);
}

#[test]
fn a_link_whose_time_is_over_is_not_said_to_have_arrived_if_nobody_knows() {
    let over = |attempts| {
        let mut request = RequestHistory { attempts, ..request(RequestState::Issued, None) };
        request.link.as_mut().unwrap().ends_at = NOW;
        request
    };
    let ends = "; the link was not opened, and nobody used it before its time was over at 14:10:00 UTC.";
    for (attempts, begins) in [
        (
            vec![attempt(DeliveryOutcome::Ambiguous, 0, "", "the relay host closed the connection")],
            "The mail was handed over at 14:04:00 UTC to relay.example:587, which never answered, so it may have arrived",
        ),
        (vec![], "Whether the mail arrived nobody knows"),
    ] {
        let summary = format!("{begins}{ends}");
        assert_told(over(attempts), DeliveryState::Expired, &summary, &NextStep::AskAgain);
    }
}

#[test]
fn a_mail_that_could_not_be_made_is_for_the_operators() {
    let failed = attempt(DeliveryOutcome::Undeliverable, 0, "", "unknown_app: there is no brand for it");
    let undeliverable = request(RequestState::Undeliverable, Some(EndReason::Undeliverable));
    let request = RequestHistory { attempts: vec![failed], ..undeliverable };
    let summary = "The mail could not be made at 14:09:00 UTC: unknown_app: there is no brand for it.";
    assert_told(request, DeliveryState::Undeliverable, summary, &NextStep::TellOperators);
}

#[test]
fn a_mail_that_an_operator_sent_again_waits_as_a_new_one_does() {
    let failed = attempt(DeliveryOutcome::Undeliverable, 0, "", "unknown_app: there is no brand for it");
    let redriven = |published| {
        let issued = request(RequestState::Issued, None);
        let link = issued.link.clone().map(|link| LinkHistory { published, ..link });
        RequestHistory { attempts: vec![failed.clone()], link, ..issued }
    };
    let before = "Attempt 1 at 14:04:00 UTC failed: unknown_app: there is no brand for it; an operator sent the mail \
                  again, and it";
    for (published, after) in [
        (Some(0), "waits to be handed to the queue"),
        (Some(2), "is in the queue, and no attempt is reported since"),
    ] {
        let summary = format!("{before} {after}.");
        assert_told(redriven(published), DeliveryState::Queued, &summary, &NextStep::Wait);
    }
}

#[test]
fn a_mail_that_was_never_tried_in_time_is_told_so() {
    let request = request(RequestState::Expired, Some(EndReason::ExpiredBeforeDelivery));
    let summary =
        "The mail could not be delivered in time and was given up at 14:09:00 UTC, before any attempt.";
    assert_told(request, DeliveryState::ExpiredBeforeDelivery, summary, &NextStep::AskAgain);
}

#[test]
fn each_end_of_a_link_has_its_reason() {
    for (reason, summary, step) in [
        (
            EndReason::AnotherLinkUsed,
            "The link ended at 14:09:00 UTC, when another link of the account was used: the password was changed.",
            NextStep::Nothing,
        ),
        (
            EndReason::LinksEndedMeanwhile,
            "Somebody asked at 14:03:00 UTC, just before the links of the account were ended: no mail was sent.",
            NextStep::AskAgain,
        ),
    ] {
        assert_told(request(RequestState::Revoked, Some(reason)), DeliveryState::Revoked, summary, &step);
    }
}

#[test]
fn a_link_whose_time_is_over_is_expired_before_anybody_has_written_it_down() {
    let mut opened = request(RequestState::Issued, None);
    let link = opened.link.as_mut().unwrap();
    (link.opened_at, link.ends_at) = (Some(NOW - Duration::minutes(3)), NOW);
    opened.attempts = vec![attempt(DeliveryOutcome::Accepted, 250, "2.0.0", "ok")];
    let summary = "The mail was accepted at 14:04:00 UTC by relay.example:587; the link was opened at 14:07:00 UTC (perhaps \
                   by a mail scanner), and nobody used it before its time was over at 14:10:00 UTC.";
    assert_told(opened, DeliveryState::Expired, summary, &NextStep::AskAgain);
}

#[test]
fn what_a_refusal_asks_for_is_read_from_its_code() {
    for (code, enhanced, step) in [
        (550, "5.1.1", NextStep::CorrectAddress),
        (550, "5.1.10", NextStep::CorrectAddress),
        (550, "", NextStep::CorrectAddress),
        (552, "5.2.2", NextStep::MakeRoom),
        (552, "", NextStep::MakeRoom),
        (550, "5.7.1", NextStep::TellOperators),
        (554, "", NextStep::TellOperators),
    ] {
        let refused = request(RequestState::Undeliverable, Some(EndReason::Refused));
        let attempts = vec![attempt(DeliveryOutcome::Refused, code, enhanced, "no")];
        let told = explain(vec![RequestHistory { attempts, ..refused }], OPEN);
        assert_eq!(
            (told.requests[0].state, told.next_step),
            (DeliveryState::Refused, step),
            "{code} {enhanced}"
        );
    }
}

#[test]
fn a_mail_whose_next_attempt_is_late_is_told_so() {
    let late = NOW - Duration::seconds(5);
    let waiting = attempt(DeliveryOutcome::Transient, 451, "4.3.0", "later");
    let attempts = vec![AttemptHistory { next_attempt_at: Some(late), ..waiting }];
    let told = explain(vec![RequestHistory { attempts, ..request(RequestState::Issued, None) }], OPEN);
    assert!(told.summary.ends_with("; the next attempt was due at 14:09:55 UTC."), "{}", told.summary);
    assert!(told.next_step.text(NOW).starts_with("look again in a minute"), "{}", told.next_step.text(NOW));
}

#[test]
fn a_throttle_that_is_away_is_not_taken_for_an_open_one() {
    let away = AddressStanding { counter: Counter::StandIn, ..OPEN };
    let told = explain(vec![], away);
    assert_eq!(told.asking, Asking::Untold);
    assert!(told.summary.ends_with("cannot be told: the throttle's server is away."), "{}", told.summary);
}

#[test]
fn the_summary_is_about_the_mail_that_the_newest_request_shares() {
    let first = RequestHistory {
        attempts: vec![attempt(DeliveryOutcome::Accepted, 250, "2.0.0", "ok")],
        ..request(RequestState::Issued, None)
    };
    let shares = RequestHistory {
        id: Uuid::from_u128(2),
        accepted_at: NOW - Duration::minutes(2),
        coalesced_into: Some(first.id),
        link: None,
        ..request(RequestState::Coalesced, None)
    };
    let told = explain(vec![shares, first], OPEN);
    assert!(
        told.summary.starts_with(
            "Somebody asked at 14:08:00 UTC; that shares the mail of the request of 14:03:00 UTC. The mail was accepted"
        ),
        "{}",
        told.summary
    );
    assert_eq!(told.next_step.word(), "check_mailbox");
    assert_eq!(told.requests[0].next_step, NextStep::SeeRequest { id: Uuid::from_u128(1) });
}

#[test]
fn what_reached_the_timeline_unmasked_is_masked_before_it_is_shown() {
    let hostile = AttemptHistory {
        relay_host: "evil@example.org".to_owned(),
        queue_id: "4F\u{202e}".to_owned(),
        ..attempt(DeliveryOutcome::Accepted, 250, "2.0.0", "to ada@example.org \u{1b}[2J")
    };
    let request = RequestHistory { attempts: vec![hostile], ..request(RequestState::Issued, None) };
    let all = format!("{:?}", explain(vec![request], OPEN));
    assert!(!all.contains("evil@") && !all.contains("ada@") && !all.contains('\u{1b}'), "{all}");
    assert!(all.contains("[address]"), "{all}");
}

#[test]
fn an_owner_who_is_locked_out_by_not_me_asks_again() {
    let address = EmailAddress::parse("ada@example.org").unwrap();
    let requests = vec![request(RequestState::Revoked, Some(EndReason::NotMe))];
    for (standing, step) in
        [(AccountStanding::LogInRefused, NextStep::AskAgain), (AccountStanding::Active, NextStep::Nothing)]
    {
        let history =
            History { now: NOW, account: Some(standing), suppression: None, requests: requests.clone() };
        assert_eq!(explanation(&address, history, OPEN).next_step, step, "{standing:?}");
    }
}
