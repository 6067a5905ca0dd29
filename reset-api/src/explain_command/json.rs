//! The explanation as an object, with the words of SupportService in small letters. Times are RFC 3339, in UTC.

use crate::explain::{Asking, Explanation, RequestExplanation};
use crate::store::{AccountStanding, AttemptHistory, LinkHistory, MailKind};
use common::event::{outcome_word, stage_word};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// All of it, with a line's end.
pub(super) fn object(explanation: &Explanation) -> String {
    let suppression = explanation.suppression.as_ref().map(|suppression| {
        json!({
            "reason": suppression.reason,
            "since": time(suppression.since),
            "until": time(suppression.until),
        })
    });
    let object = json!({
        "masked_email": explanation.masked_email,
        "at": time(explanation.at),
        "summary": explanation.summary,
        "next_step": explanation.next_step.word(),
        "next_step_text": explanation.next_step.text(explanation.at),
        "account": account(explanation.account),
        "asking": asking(explanation.asking),
        "asking_from": match explanation.asking {
            Asking::Throttled { until, .. } => time(until),
            Asking::Granted | Asking::Untold => Value::Null,
        },
        "suppression": suppression,
        "requests": explanation.requests.iter().map(|one| request(one, explanation.at)).collect::<Vec<_>>(),
    });
    format!("{object:#}\n")
}

fn account(account: Option<AccountStanding>) -> &'static str {
    match account {
        None => "none",
        Some(AccountStanding::Active) => "active",
        Some(AccountStanding::LogInRefused) => "log_in_refused",
        Some(AccountStanding::Disabled) => "disabled",
    }
}

fn asking(asking: Asking) -> &'static str {
    match asking {
        Asking::Granted => "granted",
        Asking::Throttled { .. } => "throttled",
        Asking::Untold => "untold",
    }
}

fn request(request: &RequestExplanation, now: OffsetDateTime) -> Value {
    json!({
        "request_id": request.id,
        "accepted_at": time(request.accepted_at),
        "app_id": request.app_id,
        "gateway": request.gateway,
        "state": request.state.word(),
        "sentence": request.sentence,
        "next_step": request.next_step.word(),
        "next_step_text": request.next_step.text(now),
        "coalesced_into": request.coalesced_into,
        "link": request.link.as_ref().map(link),
        "attempts": request.attempts.iter().map(attempt).collect::<Vec<_>>(),
    })
}

fn link(link: &LinkHistory) -> Value {
    json!({
        "issued_at": time(link.issued_at),
        "ends_at": time(link.ends_at),
        "opened_at": link.opened_at.map(time),
        "used_at": link.used_at.map(time),
    })
}

fn attempt(attempt: &AttemptHistory) -> Value {
    json!({
        "mail": match attempt.mail {
            MailKind::ResetLink => "reset_link",
            MailKind::ChangeNotice => "change_notice",
        },
        "at": time(attempt.at),
        "number": attempt.number,
        "outcome": outcome_word(attempt.outcome),
        "relay_host": attempt.relay_host,
        "stage": stage_word(attempt.stage),
        "reply_code": attempt.reply_code,
        "enhanced_code": attempt.enhanced_code,
        "text": attempt.text,
        "queue_id": attempt.queue_id,
        "next_attempt_at": attempt.next_attempt_at.map(time),
    })
}

fn time(at: OffsetDateTime) -> Value {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).map_or(Value::Null, Value::String)
}
