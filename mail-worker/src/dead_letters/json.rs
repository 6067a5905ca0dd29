//! For a program. Times are RFC 3339, in UTC.

use super::acting::{Done, Fate};
use super::letter::{Letter, Mail};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Every letter, with a line's end.
pub(super) fn list(letters: &[Letter], now: OffsetDateTime) -> String {
    let letters: Vec<_> = letters.iter().map(|one| letter(one, now)).collect();
    format!("{:#}\n", json!({ "at": time(now), "letters": letters }))
}

/// What became of each, with a line's end.
pub(super) fn done(done: &[Done]) -> String {
    let letters: Vec<_> = done.iter().map(one).collect();
    format!("{:#}\n", json!({ "letters": letters }))
}

fn letter(letter: &Letter, now: OffsetDateTime) -> Value {
    json!({
        "letter": letter.name,
        "reason": letter.reason,
        "died_at": letter.died_at.map(time),
        "age_seconds": letter.died_at.map(|died_at| (now - died_at).whole_seconds()),
        "last_words": letter.last_words,
        "source": letter.source(),
        "event_id": letter.event_id,
        "type": letter.type_name,
        "bytes": letter.bytes,
        "mail": letter.mail.as_ref().map(mail),
        "redrive": letter.refusal.map_or("possible", super::redrive::Refusal::word),
    })
}

fn mail(mail: &Mail) -> Value {
    json!({
        "kind": mail.kind,
        "app_id": mail.app_id,
        "locale": mail.locale,
        "made_at": time(mail.occurred_at),
        "deliver_by": time(mail.deliver_by),
        "attempts": mail.attempts.saturating_add(1),
        "redrives": mail.redrives,
        "unanswered_dots": mail.unanswered_dots,
        "key_id": mail.key_id,
    })
}

fn one(Done { letter, fate }: &Done) -> Value {
    let (word, why) = match fate {
        Fate::Redriven => ("redriven", None),
        Fate::WouldBeRedriven => ("would_be_redriven", None),
        Fate::Dropped => ("dropped", None),
        Fate::Refused(refusal) => ("refused", Some(refusal.word().to_owned())),
        Fate::Failed(why) => ("failed", Some(why.clone())),
    };
    json!({ "letter": letter.name, "event_id": letter.event_id, "reason": letter.reason, "fate": word, "why": why })
}

fn time(at: OffsetDateTime) -> Value {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).map_or(Value::Null, Value::String)
}
