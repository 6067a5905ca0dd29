//! The event codec: what goes into a message body, and how hostile bytes are kept out.
//!
//! An [`Envelope`] surrounds every event. Times are cut to microseconds, so that what was sealed over them
//! is what every reader sees, whichever store they travelled through.

use crate::clock::{from_micros, to_micros};
use crate::sealing::Sealed;
use crate::telemetry::TraceContext;
use bytes::Bytes;
use prost::Message as _;
use proto::internal::v1 as wire;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

mod delivery_report;
mod mail_redriven;
mod operator_action;

pub use delivery_report::{
    DeliveryOutcome, DeliveryReport, DeliveryStage, NO_SUCH_ADDRESS, OUTCOMES, outcome_of_word, outcome_word,
    stage_of_word, stage_word,
};
pub use mail_redriven::{MOST_REDRIVEN_BYTES, MailRedriven};
pub use operator_action::{OperatorAct, OperatorAction};
pub use wire::EventKind;

/// The most bytes of an encoded envelope; far above what any mail needs.
pub const MAX_BYTES: usize = 64 * 1024;

/// What surrounds an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The same in every copy of the event.
    pub event_id: Uuid,
    /// What the event is.
    pub kind: EventKind,
    /// When the fact was written.
    pub occurred_at: OffsetDateTime,
    /// After this instant the event is of no use.
    pub deliver_by: OffsetDateTime,
    /// Attempts already used.
    pub attempt: u32,
    /// W3C trace context of what published it, or empty.
    pub traceparent: String,
    /// W3C trace context of the attempt before, or empty.
    pub former_attempt: String,
    /// What the attempts so far came to.
    pub tally: Tally,
    /// The event, as `kind` says.
    pub body: Bytes,
}

/// What the attempts at a mail came to so far. It travels with the mail, so that the next attempt knows it whatever the
/// dedup store says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Final dots that had no answer: after each the mail may be out.
    pub unanswered_dots: u32,
    /// Attempts that met a full mailbox.
    pub full_mailboxes: u32,
    /// Attempts at which the worker itself failed.
    pub crashes: u32,
    /// How often an operator took it back from the dead letters, each time with a fresh attempt count.
    pub redrives: u32,
}

/// A mail to be sent, as the envelope's body carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailEvent {
    /// The app the mail is branded for.
    pub app_id: String,
    /// The mail's language tag.
    pub locale: String,
    /// What the mail tells of the request.
    pub facts: RequestFacts,
    /// Recipient, link base and tokens, for the worker's eyes.
    pub sealed: Sealed,
}

/// General words on a request; nothing here is the asker's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFacts {
    /// When it was asked, or when the password was changed.
    pub at: OffsetDateTime,
    /// A browser family, or empty.
    pub browser: String,
    /// An operating system family, or empty.
    pub system: String,
    /// A device name of the app's list, or empty.
    pub device: String,
    /// How long the link lives once the mail is delivered; zero in a notice.
    pub link_lifetime: Duration,
}

/// Bytes that are not the event they should be. A message like this is a dead letter: reading it again cannot help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Larger than [`MAX_BYTES`].
    #[error("an event of {0} bytes is over the limit of {MAX_BYTES}")]
    TooLarge(usize),
    /// Not the protobuf message it should be.
    #[error("not a protobuf message of this kind")]
    Protobuf,
    /// A field is missing or out of range.
    #[error("the field {0} is missing or out of range")]
    Field(&'static str),
}

/// The name of an event's type, as it travels beside the message for whoever looks into the broker.
#[must_use]
pub fn type_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Unspecified => "",
        EventKind::ResetLinkIssued => "ResetLinkIssued",
        EventKind::PasswordChangedNotice => "PasswordChangedNotice",
        EventKind::DeliveryReport => "DeliveryReport",
        EventKind::PasswordChanged => "PasswordChanged",
        EventKind::OperatorAction => "OperatorAction",
        EventKind::MailRedriven => "MailRedriven",
    }
}

impl Envelope {
    /// The bytes for the queue.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        wire::Envelope {
            event_id: self.event_id.to_string(),
            kind: self.kind.into(),
            occurred_at: Some(timestamp(self.occurred_at)),
            deliver_by: Some(timestamp(self.deliver_by)),
            attempt: self.attempt,
            traceparent: self.traceparent.clone(),
            former_attempt: self.former_attempt.clone(),
            tally: Some(self.tally.into()),
            body: self.body.clone(),
        }
        .encode_to_vec()
    }

    /// Reads an envelope from bytes anybody may have written. A malformed trace context counts as none: it is no reason
    /// to lose a mail.
    ///
    /// # Errors
    /// [`DecodeError`]; the body is not looked into.
    pub fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_BYTES {
            return Err(DecodeError::TooLarge(bytes.len()));
        }
        let wire = wire::Envelope::decode(bytes).map_err(|_| DecodeError::Protobuf)?;
        let kind = wire.kind();
        if kind == EventKind::Unspecified {
            return Err(DecodeError::Field("kind"));
        }
        Ok(Self {
            event_id: id(&wire.event_id, "event_id")?,
            kind,
            occurred_at: instant(wire.occurred_at, "occurred_at")?,
            deliver_by: instant(wire.deliver_by, "deliver_by")?,
            attempt: wire.attempt,
            traceparent: TraceContext::parse(&wire.traceparent).to_string(),
            former_attempt: TraceContext::parse(&wire.former_attempt).to_string(),
            // A version before this one, and whoever publishes first, sends none.
            tally: wire.tally.unwrap_or_default().into(),
            body: wire.body,
        })
    }

    /// The same event after one more attempt.
    #[must_use]
    pub fn after_attempt(&self) -> Self {
        Self { attempt: self.attempt.saturating_add(1), ..self.clone() }
    }

    /// The same event for a life of its own after this one ended among the dead letters: its attempts are counted anew.
    #[must_use]
    pub fn redriven(&self) -> Self {
        let Tally { unanswered_dots, redrives, .. } = self.tally;
        let redrives = redrives.saturating_add(1);
        Self { attempt: 0, tally: Tally { unanswered_dots, redrives, ..Tally::default() }, ..self.clone() }
    }
}

/// An encoded envelope as part of another trace context; bytes that are no envelope stay as they are.
#[must_use]
pub fn retraced(encoded: Bytes, context: &TraceContext) -> Bytes {
    match Envelope::decode(encoded.clone()) {
        Ok(envelope) => Envelope { traceparent: context.to_string(), ..envelope }.encode().into(),
        Err(_) => encoded,
    }
}

/// The trace context of an encoded envelope; none where the bytes are no envelope.
#[must_use]
pub fn context_of(encoded: &Bytes) -> TraceContext {
    let envelope = Envelope::decode(encoded.clone());
    envelope.map(|envelope| TraceContext::parse(&envelope.traceparent)).unwrap_or_default()
}

impl From<Tally> for wire::Tally {
    fn from(tally: Tally) -> Self {
        let Tally { unanswered_dots, full_mailboxes, crashes, redrives } = tally;
        Self { unanswered_dots, full_mailboxes, crashes, redrives }
    }
}

impl From<wire::Tally> for Tally {
    fn from(tally: wire::Tally) -> Self {
        let wire::Tally { unanswered_dots, full_mailboxes, crashes, redrives } = tally;
        Self { unanswered_dots, full_mailboxes, crashes, redrives }
    }
}

impl MailEvent {
    /// The bytes for the envelope's body.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let facts = wire::RequestFacts {
            at: Some(timestamp(self.facts.at)),
            browser: self.facts.browser.clone(),
            system: self.facts.system.clone(),
            device: self.facts.device.clone(),
            link_lifetime: Some(prost_duration(self.facts.link_lifetime)),
        };
        let event = wire::MailEvent {
            app_id: self.app_id.clone(),
            locale: self.locale.clone(),
            facts: Some(facts),
            key_id: self.sealed.key_id,
            sealed: self.sealed.bytes.clone(),
        };
        event.encode_to_vec().into()
    }

    /// Reads the body of an envelope whose kind is a mail.
    ///
    /// # Errors
    /// [`DecodeError`]; nothing is unsealed.
    pub fn decode(body: Bytes) -> Result<Self, DecodeError> {
        let wire = wire::MailEvent::decode(body).map_err(|_| DecodeError::Protobuf)?;
        let facts = wire.facts.ok_or(DecodeError::Field("facts"))?;
        let link_lifetime = length(facts.link_lifetime, "facts.link_lifetime")?;
        Ok(Self {
            app_id: wire.app_id,
            locale: wire.locale,
            facts: RequestFacts {
                at: instant(facts.at, "facts.at")?,
                browser: facts.browser,
                system: facts.system,
                device: facts.device,
                link_lifetime,
            },
            sealed: Sealed { key_id: wire.key_id, bytes: wire.sealed },
        })
    }
}

/// A point in time as protobuf writes it, cut to microseconds.
#[must_use]
pub fn timestamp(at: OffsetDateTime) -> prost_types::Timestamp {
    let micros = to_micros(at);
    let nanos = micros.rem_euclid(1_000_000) * 1_000;
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos: i32::try_from(nanos).unwrap_or(0) }
}

/// A length of time as protobuf writes it.
#[must_use]
pub fn prost_duration(length: Duration) -> prost_types::Duration {
    prost_types::Duration { seconds: length.whole_seconds(), nanos: length.subsec_nanoseconds() }
}

/// Years 1 to 9999, as protobuf allows; anything else came from nobody we know.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

fn instant(at: Option<prost_types::Timestamp>, field: &'static str) -> Result<OffsetDateTime, DecodeError> {
    let at = at.filter(|at| SECONDS.contains(&at.seconds) && (0..1_000_000_000).contains(&at.nanos));
    let at = at.ok_or(DecodeError::Field(field))?;
    Ok(from_micros(at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000))
}

/// What the timeline can keep: Postgres has no NUL in text, and nobody wants a line break or 64 KiB there.
fn check_text(text: &str, field: &'static str) -> Result<(), DecodeError> {
    const MAX_BYTES: usize = 1_024;
    if text.len() > MAX_BYTES || text.contains(char::is_control) {
        Err(DecodeError::Field(field))
    } else {
        Ok(())
    }
}

/// As protobuf allows; more would be no length that arithmetic can bear.
fn length(length: Option<prost_types::Duration>, field: &'static str) -> Result<Duration, DecodeError> {
    const MOST_SECONDS: i64 = 315_576_000_000;
    length
        .filter(|it| (0..=MOST_SECONDS).contains(&it.seconds) && (0..1_000_000_000).contains(&it.nanos))
        .map(|it| Duration::new(it.seconds, it.nanos))
        .ok_or(DecodeError::Field(field))
}

fn id(text: &str, field: &'static str) -> Result<Uuid, DecodeError> {
    Uuid::try_parse(text).map_err(|_| DecodeError::Field(field))
}

#[cfg(test)]
mod tests;
