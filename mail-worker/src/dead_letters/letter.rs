//! What may be told of a dead letter. The sealed part stays closed: here nobody has its key.

use super::redrive::{Refusal, refusal};
use common::event::{Envelope, EventKind, MailEvent, type_name};
use common::one_line::one_line;
use common::queue::Source;
use common::queue::dead_letters::DeadLetter;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use time::OffsetDateTime;
use uuid::Uuid;

/// Separates these digests from any other of the same bytes.
const NAME_DOMAIN: &[u8] = b"passwordreset dead letter v1";
/// Enough to tell letters apart, few enough to be typed.
const NAME_BYTES: usize = 6;

/// A dead letter as it is shown. Anybody may have written it, so each text is one line without anything hidden.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// What it is called: made of all that it is, so it stays the same, and only exact copies share one.
    pub(crate) name: String,
    pub(crate) source: Option<Source>,
    pub(crate) reason: String,
    pub(crate) died_at: Option<OffsetDateTime>,
    pub(crate) last_words: String,
    /// The event it carries; `None` if it does not say.
    pub(crate) event_id: Option<Uuid>,
    /// As it was published.
    pub(crate) type_name: String,
    pub(crate) bytes: usize,
    /// `None` if it is no mail that can be read.
    pub(crate) mail: Option<Mail>,
    /// Why it cannot be redriven; `None` if it can.
    pub(crate) refusal: Option<Refusal>,
}

/// What a mail says in the clear.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) kind: &'static str,
    pub(crate) app_id: String,
    pub(crate) locale: String,
    pub(crate) occurred_at: OffsetDateTime,
    pub(crate) deliver_by: OffsetDateTime,
    /// Attempts used up before the one it died in.
    pub(crate) attempts: u32,
    pub(crate) redrives: u32,
    pub(crate) unanswered_dots: u32,
    /// Which of the worker's keys it is sealed to.
    pub(crate) key_id: u32,
}

impl Letter {
    pub(crate) fn of(letter: &DeadLetter, now: OffsetDateTime) -> Self {
        let envelope = Envelope::decode(letter.body.clone()).ok();
        let event_id = envelope.as_ref().map_or(letter.id, |envelope| envelope.event_id);
        Self {
            name: name(letter),
            source: letter.source,
            reason: one_line(&letter.reason),
            died_at: letter.died_at,
            last_words: one_line(&letter.last_words),
            event_id: Some(event_id).filter(|id| !id.is_nil()),
            type_name: one_line(&letter.type_name),
            bytes: letter.body.len(),
            mail: envelope.as_ref().and_then(Mail::of),
            refusal: refusal(letter, now),
        }
    }

    /// Whether an operator who types this means it.
    pub(crate) fn is_named(&self, typed: &str) -> bool {
        let event_id = Uuid::parse_str(typed).ok();
        self.name.eq_ignore_ascii_case(typed) || (event_id.is_some() && event_id == self.event_id)
    }

    /// Where it was taken from, in a word.
    pub(crate) fn source(&self) -> &'static str {
        match self.source {
            Some(Source::Mail) => "mail",
            Some(Source::Reports) => "reports",
            None => "unknown",
        }
    }
}

impl Mail {
    fn of(envelope: &Envelope) -> Option<Self> {
        if !matches!(envelope.kind, EventKind::ResetLinkIssued | EventKind::PasswordChangedNotice) {
            return None;
        }
        let event = MailEvent::decode(envelope.body.clone()).ok()?;
        Some(Self {
            kind: type_name(envelope.kind),
            app_id: one_line(&event.app_id),
            locale: one_line(&event.locale),
            occurred_at: envelope.occurred_at,
            deliver_by: envelope.deliver_by,
            attempts: envelope.attempt,
            redrives: envelope.tally.redrives,
            unanswered_dots: envelope.tally.unanswered_dots,
            key_id: event.sealed.key_id,
        })
    }
}

fn name(letter: &DeadLetter) -> String {
    let mut digest = Sha256::new();
    digest.update(NAME_DOMAIN);
    digest.update(letter.id.as_bytes());
    digest.update(letter.died_at.map_or(0, common::clock::to_micros).to_be_bytes());
    for text in [letter.type_name.as_bytes(), letter.reason.as_bytes(), &letter.body] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    digest.finalize()[..NAME_BYTES].iter().fold(String::new(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}
