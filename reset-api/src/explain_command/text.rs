//! The explanation as text: the summary, each request with what happened when, and the next thing to do.

use crate::explain::{Explanation, RequestExplanation, reply};
use crate::store::{AttemptHistory, MailKind};
use common::event::{DeliveryOutcome, stage_word};
use std::fmt::Write as _;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const TIME: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");

/// All of it.
pub(super) fn report(explanation: &Explanation) -> String {
    let mut text = format!("{}\n{}\n", explanation.masked_email, explanation.summary);
    for request in &explanation.requests {
        let _ = write!(text, "\n{}", block(request, explanation.at));
    }
    let _ = write!(text, "\nnext: {}\n", explanation.next_step.text(explanation.at));
    text
}

fn block(request: &RequestExplanation, now: OffsetDateTime) -> String {
    let state = request.state.word().replace('_', " ");
    let mut block = format!("request {}: {state}\n", request.id);
    let mut events = events(request, now);
    events.sort_by_key(|(at, _)| *at);
    for (at, event) in events {
        let _ = writeln!(block, "  {}  {event}", time(at));
    }
    block
}

/// What happened when, and what is to happen.
fn events(request: &RequestExplanation, now: OffsetDateTime) -> Vec<(OffsetDateTime, String)> {
    let asked = format!("asked for through {}, app {}", request.gateway, request.app_id);
    let mut events = vec![(request.accepted_at, asked)];
    events.extend(request.coalesced_into.map(|id| (request.accepted_at, format!("shares the mail of {id}"))));
    for attempt in &request.attempts {
        events.push((attempt.at, of_attempt(attempt)));
    }
    let last = request.attempts.last();
    let next = last.and_then(|attempt| attempt.next_attempt_at);
    events.extend(next.filter(|next| *next > now).map(|next| (next, "next attempt".to_owned())));
    if let Some(link) = &request.link {
        events.push((link.issued_at, "link made".to_owned()));
        events.extend(link.opened_at.map(|at| (at, "link opened, perhaps by a mail scanner".to_owned())));
        events.extend(link.used_at.map(|at| (at, "link used: password changed".to_owned())));
        if request.state.is_live() {
            events.push((link.ends_at, "link's time is over".to_owned()));
        }
    }
    events
}

fn of_attempt(attempt: &AttemptHistory) -> String {
    let mail = match attempt.mail {
        MailKind::ResetLink => "mail",
        MailKind::ChangeNotice => "notice of the change",
    };
    let mut line = format!("{mail}, attempt {}: {}", attempt.number, outcome(attempt.outcome));
    if !attempt.relay_host.is_empty() {
        let _ = write!(line, " by {}", attempt.relay_host);
    }
    if !stage_word(attempt.stage).is_empty() && attempt.outcome != DeliveryOutcome::Accepted {
        let _ = write!(line, " at {}", stage_word(attempt.stage).to_uppercase());
    }
    let reply = reply(attempt);
    if !reply.is_empty() {
        let _ = write!(line, ": {reply}");
    }
    line
}

fn outcome(outcome: DeliveryOutcome) -> &'static str {
    match outcome {
        DeliveryOutcome::Accepted => "accepted",
        DeliveryOutcome::Ambiguous => "handed over and not answered",
        DeliveryOutcome::Transient => "put off",
        DeliveryOutcome::Refused => "refused for good",
        DeliveryOutcome::Expired => "given up, its time was over",
        DeliveryOutcome::Undeliverable => "not made",
        DeliveryOutcome::Unknown | DeliveryOutcome::Unspecified => "handed over and never answered",
    }
}

fn time(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(TIME).unwrap_or_default()
}
