//! What became of it, in English: what a support agent reads, and may read out.

use super::moment::moment;
use super::state::{attempts_at, link_attempts};
use super::{Asking, DeliveryState, RequestExplanation, subject};
use crate::store::{AccountStanding, AttemptHistory, EndReason, History, MailKind, RequestHistory};
use common::event::{DeliveryOutcome, DeliveryStage};
use time::OffsetDateTime;

/// The whole look-up.
pub(super) fn of_all(history: &History, asking: Asking, told: &[RequestExplanation]) -> String {
    let mut sentences = Vec::new();
    match (told.first(), subject(told)) {
        (Some(newest), Some(subject)) if newest.id != subject.id => {
            sentences.extend([newest.sentence.clone(), subject.sentence.clone()]);
        }
        (Some(newest), _) => sentences.push(newest.sentence.clone()),
        (None, _) => sentences.push("No request for this address is on record.".into()),
    }
    sentences.push(of_account(history.account).to_owned());
    let is_told = told.first().is_some_and(|newest| newest.state == DeliveryState::Suppressed);
    if let (Some(suppression), false) = (&history.suppression, is_told) {
        let until = moment(suppression.until, history.now);
        sentences.push(format!("No mail is sent to this address until {until}: {}.", suppression.reason));
    }
    sentences.push(of_asking(asking, history.now));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

/// An account that is as it should be need not be told of.
fn of_account(account: Option<AccountStanding>) -> &'static str {
    match account {
        None => "Nobody has an account with this address.",
        Some(AccountStanding::Disabled) => "The account with this address is disabled.",
        Some(AccountStanding::LogInRefused) => {
            "The account refuses log-in until the next reset: its owner said \"this was not me\" of a change."
        }
        Some(AccountStanding::Active) => "",
    }
}

fn of_asking(asking: Asking, now: OffsetDateTime) -> String {
    match asking {
        Asking::Granted => String::new(),
        Asking::Throttled { until, .. } => {
            format!("Asking again is possible from {} on.", moment(until, now))
        }
        Asking::Untold => {
            "Whether asking again is possible cannot be told: the throttle's server is away.".to_owned()
        }
    }
}

/// One request.
pub(super) fn of_request(request: &RequestHistory, state: DeliveryState, history: &History) -> String {
    let now = history.now;
    let asked = moment(request.accepted_at, now);
    match state {
        DeliveryState::Received => format!("Somebody asked at {asked}; the request waits to be looked at."),
        DeliveryState::Unknown => {
            format!("Somebody asked at {asked}, when no active account had this address: no mail was sent.")
        }
        DeliveryState::Coalesced => coalesced(request, history),
        DeliveryState::Suppressed => suppressed(request, history),
        DeliveryState::Queued => queued(request, now),
        DeliveryState::WaitingForRetry => waiting(request, now),
        DeliveryState::Accepted => {
            format!("{}; the link has not been opened and {}.", accepted(request, now), works(request, now))
        }
        DeliveryState::OutcomeUnknown => unknown_outcome(request, now),
        DeliveryState::Refused => refused(request, now),
        DeliveryState::Undeliverable => undeliverable(request, now),
        DeliveryState::ExpiredBeforeDelivery => too_late(request, now),
        DeliveryState::Opened => {
            format!("{}; {} and {}.", accepted(request, now), opened(request, now), works(request, now))
        }
        DeliveryState::Used => used(request, now),
        DeliveryState::Revoked => revoked(request, now),
        DeliveryState::Expired => expired(request, now),
    }
}

fn coalesced(request: &RequestHistory, history: &History) -> String {
    let asked = moment(request.accepted_at, history.now);
    let other = history.requests.iter().find(|other| Some(other.id) == request.coalesced_into);
    let other = other.map_or_else(
        || "an earlier request".to_owned(),
        |other| format!("the request of {}", moment(other.accepted_at, history.now)),
    );
    format!("Somebody asked at {asked}; that shares the mail of {other}.")
}

fn suppressed(request: &RequestHistory, history: &History) -> String {
    let asked = moment(request.accepted_at, history.now);
    match &history.suppression {
        Some(suppression) => {
            let until = moment(suppression.until, history.now);
            let reason = &suppression.reason;
            format!("Somebody asked at {asked}; no mail was sent, because none is until {until}: {reason}.")
        }
        None => format!("Somebody asked at {asked}, when no mail was sent to this address; it is again now."),
    }
}

fn queued(request: &RequestHistory, now: OffsetDateTime) -> String {
    let made = request.link.as_ref().map_or(request.accepted_at, |link| link.issued_at);
    let made = moment(made, now);
    let published = request.link.as_ref().and_then(|link| link.published);
    if let Some(last) = link_attempts(request).next_back() {
        let (number, at, said) = (last.number, moment(last.at, now), said(last));
        let again = match published {
            Some(1..) => "it is in the queue, and no attempt is reported since",
            _ => "it waits to be handed to the queue",
        };
        return format!(
            "Attempt {number} at {at} failed: {said}; an operator sent the mail again, and {again}."
        );
    }
    match published {
        Some(1..) => format!("The mail was made at {made} and is in the queue; no attempt is reported yet."),
        _ => format!("The mail was made at {made} and waits to be handed to the queue."),
    }
}

fn waiting(request: &RequestHistory, now: OffsetDateTime) -> String {
    let Some(last) = link_attempts(request).last() else { return queued(request, now) };
    let (number, at) = (last.number, moment(last.at, now));
    let next = match last.next_attempt_at {
        Some(next) if next > now => format!("the next attempt is at {}", moment(next, now)),
        Some(next) => format!("the next attempt was due at {}", moment(next, now)),
        None => "it is tried again".to_owned(),
    };
    if last.outcome == DeliveryOutcome::Expired {
        return format!(
            "Attempt {number} at {at} took the mail's time for over, which it is not: that worker's clock is wrong; it is \
             tried again."
        );
    }
    if last.outcome == DeliveryOutcome::Ambiguous {
        let host = host(last);
        format!(
            "Attempt {number} at {at} handed the mail over, but {host} never answered, so it may have arrived; {next}."
        )
    } else {
        format!("Attempt {number} at {at} did not get through: {}; {next}.", said(last))
    }
}

/// No attempt may be known to have been accepted, though the link was opened: its report is then still on its way.
fn accepted(request: &RequestHistory, now: OffsetDateTime) -> String {
    match link_attempts(request).find(|attempt| attempt.outcome == DeliveryOutcome::Accepted) {
        Some(attempt) => {
            let (at, host) = (moment(attempt.at, now), host(attempt));
            let id =
                if attempt.queue_id.is_empty() { String::new() } else { format!(" as {}", attempt.queue_id) };
            format!("The mail was accepted at {at} by {host}{id}")
        }
        None => "The mail arrived".to_owned(),
    }
}

fn works(request: &RequestHistory, now: OffsetDateTime) -> String {
    let until = request.link.as_ref().map(|link| moment(link.ends_at, now)).unwrap_or_default();
    format!("works until {until}")
}

fn opened(request: &RequestHistory, now: OffsetDateTime) -> String {
    match request.link.as_ref().and_then(|link| link.opened_at) {
        Some(at) => format!("the link was opened at {} (perhaps by a mail scanner)", moment(at, now)),
        None => "the link was not opened".to_owned(),
    }
}

fn unknown_outcome(request: &RequestHistory, now: OffsetDateTime) -> String {
    format!("{}; the link {}.", in_doubt(request, now), works(request, now))
}

/// No attempt is known to have been accepted, and one may have been.
fn in_doubt(request: &RequestHistory, now: OffsetDateTime) -> String {
    let mut attempts = link_attempts(request);
    if let Some(attempt) = attempts.clone().rfind(|attempt| is_unanswered(attempt)) {
        let (at, host) = (moment(attempt.at, now), host(attempt));
        return format!(
            "The mail was handed over at {at} to {host}, which never answered, so it may have arrived"
        );
    }
    match attempts.rfind(|attempt| attempt.outcome == DeliveryOutcome::Unknown) {
        Some(copy) if !said(copy).is_empty() => format!(
            "Whether the mail arrived nobody knows, and a second copy failed at {}: {}",
            moment(copy.at, now),
            said(copy)
        ),
        _ => "Whether the mail arrived nobody knows".to_owned(),
    }
}

fn is_unanswered(attempt: &AttemptHistory) -> bool {
    let may_be_out = matches!(attempt.outcome, DeliveryOutcome::Ambiguous | DeliveryOutcome::Unknown);
    may_be_out && attempt.stage == DeliveryStage::Dot && attempt.reply_code == 0
}

fn refused(request: &RequestHistory, now: OffsetDateTime) -> String {
    match link_attempts(request).rfind(|attempt| attempt.outcome == DeliveryOutcome::Refused) {
        Some(attempt) => {
            format!("The mail was refused at {} for good: {}.", moment(attempt.at, now), said(attempt))
        }
        None => format!("The mail was refused at {} for good.", moment(request.state_at, now)),
    }
}

fn undeliverable(request: &RequestHistory, now: OffsetDateTime) -> String {
    let why =
        link_attempts(request).next_back().map(|attempt| format!(": {}", attempt.text)).unwrap_or_default();
    format!("The mail could not be made at {}{why}.", moment(request.state_at, now))
}

fn too_late(request: &RequestHistory, now: OffsetDateTime) -> String {
    let given_up = moment(request.state_at, now);
    let tried = link_attempts(request).filter(|attempt| attempt.reply_code > 0 || !attempt.text.is_empty());
    match tried.clone().next_back() {
        Some(last) => format!(
            "The mail could not be delivered in time and was given up at {given_up}; the last attempt, at {}: {}.",
            moment(last.at, now),
            said(last)
        ),
        None => format!(
            "The mail could not be delivered in time and was given up at {given_up}, before any attempt."
        ),
    }
}

fn used(request: &RequestHistory, now: OffsetDateTime) -> String {
    let at = request.link.as_ref().and_then(|link| link.used_at).unwrap_or(request.state_at);
    let used = format!("The link was used at {}: the password was changed.", moment(at, now));
    match attempts_at(request, MailKind::ChangeNotice).next_back() {
        Some(last) if last.outcome == DeliveryOutcome::Accepted => {
            format!("{used} The mail that tells its owner so was accepted at {}.", moment(last.at, now))
        }
        Some(last) => format!("{used} The mail that tells its owner so has not got through: {}.", said(last)),
        None => used,
    }
}

fn revoked(request: &RequestHistory, now: OffsetDateTime) -> String {
    let at = moment(request.state_at, now);
    match request.reason {
        Some(EndReason::NotMe) => format!("The link was ended at {at}: the owner said \"this was not me\"."),
        Some(EndReason::AnotherLinkUsed) => {
            format!(
                "The link ended at {at}, when another link of the account was used: the password was changed."
            )
        }
        Some(EndReason::AccountChanged) => {
            format!("The link ended at {at}, when the account got another address or was disabled.")
        }
        Some(EndReason::LinksEndedMeanwhile) => format!(
            "Somebody asked at {}, just before the links of the account were ended: no mail was sent.",
            moment(request.accepted_at, now)
        ),
        _ => format!("The link was ended at {at}."),
    }
}

fn expired(request: &RequestHistory, now: OffsetDateTime) -> String {
    let link = request.link.as_ref();
    let over = link.map_or(request.state_at, |link| link.ends_at);
    let has_arrived = link.is_some_and(|link| link.opened_at.is_some())
        || link_attempts(request).any(|attempt| attempt.outcome == DeliveryOutcome::Accepted);
    let arrived = if has_arrived { accepted(request, now) } else { in_doubt(request, now) };
    let opened = opened(request, now);
    format!("{arrived}; {opened}, and nobody used it before its time was over at {}.", moment(over, now))
}

fn host(attempt: &AttemptHistory) -> &str {
    if attempt.relay_host.is_empty() { "the relay host" } else { &attempt.relay_host }
}

/// Who said what.
fn said(attempt: &AttemptHistory) -> String {
    let reply = reply(attempt);
    if attempt.reply_code > 0 { format!("{} said {reply}", host(attempt)) } else { reply }
}

/// The reply as it was given, masked; without one, what happened.
pub(crate) fn reply(attempt: &AttemptHistory) -> String {
    let code = if attempt.reply_code > 0 { attempt.reply_code.to_string() } else { String::new() };
    let words = [code.as_str(), &attempt.enhanced_code, &attempt.text];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
