//! What a worker tells of one attempt to deliver, and the words in which that is kept.

use super::{DecodeError, check_text, id, instant, timestamp, wire};
use bytes::Bytes;
use prost::Message as _;
use time::OffsetDateTime;
use uuid::Uuid;

pub use wire::{DeliveryOutcome, DeliveryStage};

/// One attempt to deliver, as the worker saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The same in every copy of the report.
    pub report_id: Uuid,
    /// The event that was to be delivered.
    pub event_id: Uuid,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// When, by the worker's clock.
    pub at: OffsetDateTime,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// `host:port`, or empty.
    pub relay_host: String,
    /// How far it came.
    pub stage: DeliveryStage,
    /// The SMTP reply code, or 0.
    pub reply_code: u16,
    /// The enhanced status code, or empty.
    pub enhanced_code: String,
    /// The reply's text, masked.
    pub text: String,
    /// When it is tried next, if it is.
    pub next_attempt_at: Option<OffsetDateTime>,
    /// What the relay host calls the mail it took, or empty.
    pub queue_id: String,
    /// In which life of the mail: how often it had been redriven.
    pub redrives: u32,
}

/// The enhanced codes by which a mail server says that an address does not exist: no mailbox, no host, a host that takes
/// no mail (RFC 3463 §3.2, RFC 7505 §4.1).
pub const NO_SUCH_ADDRESS: [&str; 3] = ["5.1.1", "5.1.2", "5.1.10"];

impl DeliveryReport {
    /// Whether nothing more will be tried.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self.outcome, DeliveryOutcome::Transient | DeliveryOutcome::Ambiguous)
    }

    /// Whether a mail server says that there is no such address. At MAIL the same codes are about the sender.
    #[must_use]
    pub fn is_about_address(&self) -> bool {
        self.outcome == DeliveryOutcome::Refused
            && matches!(self.stage, DeliveryStage::Rcpt | DeliveryStage::Data | DeliveryStage::Dot)
            && NO_SUCH_ADDRESS.contains(&&*self.enhanced_code)
    }

    /// The bytes for the envelope's body.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let report = wire::DeliveryReport {
            report_id: self.report_id.to_string(),
            event_id: self.event_id.to_string(),
            outcome: self.outcome.into(),
            at: Some(timestamp(self.at)),
            attempt: self.attempt,
            relay_host: self.relay_host.clone(),
            stage: self.stage.into(),
            reply_code: self.reply_code.into(),
            enhanced_code: self.enhanced_code.clone(),
            text: self.text.clone(),
            next_attempt_at: self.next_attempt_at.map(timestamp),
            queue_id: self.queue_id.clone(),
            redrives: self.redrives,
        };
        report.encode_to_vec().into()
    }

    /// Reads the body of an envelope whose kind is a report.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(body: Bytes) -> Result<Self, DecodeError> {
        let wire = wire::DeliveryReport::decode(body).map_err(|_| DecodeError::Protobuf)?;
        let (outcome, stage) = (wire.outcome(), wire.stage());
        if outcome == DeliveryOutcome::Unspecified {
            return Err(DecodeError::Field("outcome"));
        }
        check_text(&wire.relay_host, "relay_host")?;
        check_text(&wire.enhanced_code, "enhanced_code")?;
        check_text(&wire.text, "text")?;
        check_text(&wire.queue_id, "queue_id")?;
        Ok(Self {
            report_id: id(&wire.report_id, "report_id")?,
            event_id: id(&wire.event_id, "event_id")?,
            outcome,
            at: instant(wire.at, "at")?,
            attempt: wire.attempt,
            relay_host: wire.relay_host,
            stage,
            reply_code: u16::try_from(wire.reply_code).map_err(|_| DecodeError::Field("reply_code"))?,
            enhanced_code: wire.enhanced_code,
            text: wire.text,
            next_attempt_at: wire
                .next_attempt_at
                .map(|at| instant(Some(at), "next_attempt_at"))
                .transpose()?,
            queue_id: wire.queue_id,
            redrives: wire.redrives,
        })
    }
}

/// An outcome in a word, as the timeline and telemetry keep it.
#[must_use]
pub fn outcome_word(outcome: DeliveryOutcome) -> &'static str {
    match outcome {
        DeliveryOutcome::Accepted => "accepted",
        DeliveryOutcome::Ambiguous => "ambiguous",
        DeliveryOutcome::Transient => "transient",
        DeliveryOutcome::Refused => "refused",
        DeliveryOutcome::Expired => "expired",
        DeliveryOutcome::Undeliverable => "undeliverable",
        DeliveryOutcome::Unknown | DeliveryOutcome::Unspecified => "unknown",
    }
}

/// Every outcome that is reported.
pub const OUTCOMES: [DeliveryOutcome; 7] = [
    DeliveryOutcome::Accepted,
    DeliveryOutcome::Ambiguous,
    DeliveryOutcome::Transient,
    DeliveryOutcome::Refused,
    DeliveryOutcome::Expired,
    DeliveryOutcome::Undeliverable,
    DeliveryOutcome::Unknown,
];

/// The outcome that is kept in this word; what no report of ours says is none.
#[must_use]
pub fn outcome_of_word(word: &str) -> Option<DeliveryOutcome> {
    OUTCOMES.into_iter().find(|outcome| outcome_word(*outcome) == word)
}

/// How far an attempt came, likewise.
#[must_use]
pub fn stage_word(stage: DeliveryStage) -> &'static str {
    match stage {
        DeliveryStage::Unspecified => "",
        DeliveryStage::Connect => "connect",
        DeliveryStage::Mail => "mail",
        DeliveryStage::Rcpt => "rcpt",
        DeliveryStage::Data => "data",
        DeliveryStage::Dot => "dot",
        DeliveryStage::Render => "render",
    }
}

/// The stage that is kept in this word.
#[must_use]
pub fn stage_of_word(word: &str) -> Option<DeliveryStage> {
    [
        DeliveryStage::Unspecified,
        DeliveryStage::Connect,
        DeliveryStage::Mail,
        DeliveryStage::Rcpt,
        DeliveryStage::Data,
        DeliveryStage::Dot,
        DeliveryStage::Render,
    ]
    .into_iter()
    .find(|stage| stage_word(*stage) == word)
}
