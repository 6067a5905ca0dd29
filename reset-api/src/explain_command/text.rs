//! The explanation as text: the summary, each request with what happened when, and the next thing to do.

use crate::explain::{Explanation, RequestExplanation, reply};
use crate::store::{AttemptHistory, MailKind};
use common::event::{DeliveryOutcome, DeliveryStage, stage_word};
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
    let mut line = format!("{mail}, attempt {}: {}", attempt.number, outcome(attempt));
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

fn outcome(attempt: &AttemptHistory) -> &'static str {
    let is_answered = attempt.reply_code > 0 || attempt.stage != DeliveryStage::Dot;
    match attempt.outcome {
        DeliveryOutcome::Accepted => "accepted",
        DeliveryOutcome::Ambiguous => "handed over and not answered",
        DeliveryOutcome::Transient => "put off",
        DeliveryOutcome::Refused => "refused for good",
        DeliveryOutcome::Expired => "given up, its time was over",
        DeliveryOutcome::Undeliverable => "not made",
        DeliveryOutcome::Unknown if is_answered => "given up, an earlier copy may have arrived",
        DeliveryOutcome::Unknown | DeliveryOutcome::Unspecified => "handed over and never answered",
    }
}

fn time(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(TIME).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Asking, DeliveryState, NextStep};
    use crate::store::{AccountStanding, LinkHistory};
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const ASKED: OffsetDateTime = datetime!(2026-11-25 23:59:30 UTC);

    fn attempt(number: u32, after: i64, outcome: DeliveryOutcome) -> AttemptHistory {
        AttemptHistory {
            mail: MailKind::ResetLink,
            at: ASKED + Duration::seconds(after),
            number,
            outcome,
            relay_host: "relay.example:587".to_owned(),
            stage: DeliveryStage::Rcpt,
            reply_code: 451,
            enhanced_code: "4.7.1".to_owned(),
            text: "greylisted".to_owned(),
            queue_id: String::new(),
            next_attempt_at: Some(ASKED + Duration::seconds(after + 60)),
        }
    }

    #[test]
    fn the_report_is_the_summary_then_what_happened_in_order_and_then_the_next_step() {
        let taken = AttemptHistory {
            reply_code: 250,
            enhanced_code: "2.0.0".to_owned(),
            text: "Ok: queued as 4F1CB2A3D9".to_owned(),
            queue_id: "4F1CB2A3D9".to_owned(),
            next_attempt_at: None,
            ..attempt(2, 61, DeliveryOutcome::Accepted)
        };
        let request = RequestExplanation {
            id: Uuid::from_u128(1),
            accepted_at: ASKED,
            app_id: "tapo".to_owned(),
            gateway: "web".to_owned(),
            state: DeliveryState::Opened,
            coalesced_into: None,
            link: Some(LinkHistory {
                issued_at: ASKED,
                ends_at: ASKED + Duration::seconds(61 + 1_800),
                opened_at: Some(ASKED + Duration::seconds(70)),
                used_at: None,
                published: None,
            }),
            attempts: vec![attempt(1, 1, DeliveryOutcome::Transient), taken],
            sentence: "It was opened.".to_owned(),
            next_step: NextStep::AskAgain,
        };
        let explanation = Explanation {
            masked_email: "a***@example.org".to_owned(),
            at: ASKED + Duration::seconds(120),
            account: Some(AccountStanding::Active),
            suppression: None,
            asking: Asking::Granted,
            summary: "It was opened.".to_owned(),
            next_step: NextStep::AskAgain,
            requests: vec![request],
        };
        assert_eq!(
            report(&explanation),
            "a***@example.org\nIt was opened.\n\n\
             request 00000000-0000-0000-0000-000000000001: opened\n  \
             2026-11-25 23:59:30 UTC  asked for through web, app tapo\n  \
             2026-11-25 23:59:30 UTC  link made\n  \
             2026-11-25 23:59:31 UTC  mail, attempt 1: put off by relay.example:587 at RCPT: 451 4.7.1 greylisted\n  \
             2026-11-26 00:00:31 UTC  mail, attempt 2: accepted by relay.example:587: 250 2.0.0 Ok: queued as 4F1CB2A3D9\n  \
             2026-11-26 00:00:40 UTC  link opened, perhaps by a mail scanner\n  \
             2026-11-26 00:30:31 UTC  link's time is over\n\n\
             next: ask the owner to ask for a new link, with this address\n"
        );
    }
}
