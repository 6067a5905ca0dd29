//! What handling a message came to, before anything is decided about it.

use crate::dedup::{Fence, SentRecord};
use crate::smtp::{Fault, SendError};
use std::time::Duration;
use uuid::Uuid;

/// What handling one message came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A relay host took the mail, in this attempt or an earlier one.
    Accepted(SentRecord),
    /// The mail may be out, nobody will ever know, and it may not be sent again.
    Unknown,
    /// Its time was over before anything was tried.
    Expired,
    /// Somebody else is sending it, under a lease of which so much is left.
    Held(Duration),
    /// It will never be a mail.
    Undeliverable {
        /// The reason.
        why: Undeliverable,
        /// More about it, without a secret.
        detail: String,
        /// What is known of earlier attempts.
        history: History,
    },
    /// The transport could not send it.
    Failed {
        /// What went wrong.
        error: SendError,
        /// What is known of earlier attempts.
        history: History,
    },
    /// The worker itself failed.
    Crashed(History),
}

impl Outcome {
    /// What was known of earlier attempts, where that is not the outcome itself.
    pub(crate) fn history(&self) -> History {
        match self {
            Self::Undeliverable { history, .. } | Self::Failed { history, .. } | Self::Crashed(history) => {
                *history
            }
            Self::Accepted(_) | Self::Unknown | Self::Expired | Self::Held(_) => History::Clean,
        }
    }
}

/// Whether a mail was refused for what it is or whence it comes (RFC 3463 §3.8), and not for its address: the next one will
/// fare the same.
pub(crate) fn is_by_policy(error: &SendError) -> bool {
    let by_policy = error.reply.as_ref().is_some_and(|reply| reply.enhanced.starts_with("5.7."));
    error.fault == Fault::Permanent && by_policy
}

/// Why a message will never be a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undeliverable {
    /// It is not a mail event.
    Undecodable,
    /// Its sealed part stays closed.
    Unsealable,
    /// It is sealed to a key that this worker does not have.
    UnknownKey,
    /// There is no brand for its app.
    UnknownApp,
    /// Its template failed.
    RenderFailed,
    /// The worker failed at it, again and again.
    WorkerFailed,
}

impl Undeliverable {
    /// Whether another worker may have what this one lacks, or this one when it is started next: keys and brands come to
    /// the workers one after the other, and maybe too late.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Self::UnknownKey | Self::UnknownApp)
    }

    /// The reason as it stands at the dead letter.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::Unsealable => "unsealable",
            Self::UnknownKey => "unknown_key",
            Self::UnknownApp => "unknown_app",
            Self::RenderFailed => "render_failed",
            Self::WorkerFailed => "worker_failed",
        }
    }
}

/// What is known of earlier attempts at the same mail: from the dedup store, and from the mail itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    /// As far as anybody knows, none of them can have been accepted.
    Clean,
    /// One ended after its final dot without an answer.
    Dotted,
}

impl History {
    /// What the mail itself tells.
    pub(crate) fn of(unanswered_dots: u32) -> Self {
        if unanswered_dots == 0 { Self::Clean } else { Self::Dotted }
    }

    /// How many dots without an answer that is: with more than one a mail is not sent.
    pub(crate) fn dots(self) -> u32 {
        match self {
            Self::Clean => 0,
            Self::Dotted => 1,
        }
    }
}

/// The right to send, and under what history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) event_id: Uuid,
    /// None while the dedup store is away.
    pub(crate) fence: Option<Fence>,
    pub(crate) history: History,
}
