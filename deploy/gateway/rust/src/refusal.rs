//! An error of reset-api, as something to act on.

use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// Why a call was refused. `Display` is for the gateway's log; what the owner reads is in the comments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A mistake of the gateway, or of what the owner typed: show the latter beside its field.
    #[error("{0}: {mistakes}", mistakes = in_one_line(.1))]
    Invalid(String, Vec<Mistake>),
    /// Show these sentences below the new password; the link is still live.
    #[error("the new password is refused: {}", .0.join(" "))]
    PasswordRejected(Vec<String>),
    /// Show a countdown, and do not call before it ends.
    #[error("throttled for {} s", .0.as_secs())]
    Throttled(Duration),
    /// Offer a new link.
    #[error("the link does nothing: {0:?}")]
    Link(DeadLink),
    /// "Address or password is wrong."
    #[error("address or password is wrong")]
    CredentialsRefused,
    /// "Try again in a moment." Nobody answered, or all were busy for the time given.
    #[error("reset-api cannot be reached, or is overloaded")]
    Unavailable(Duration),
    /// Nothing that a gateway can do something about; the reason, if there was one.
    #[error("{0:?} {1}")]
    Unexpected(Code, String),
}

/// A field that is wrong, as the contract calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// For example `client.ip`.
    pub field: String,
    /// What is wrong, in English.
    pub description: String,
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLink {
    /// "This link is not one of ours": half of it was copied, or it is very old.
    Unknown,
    /// "This link has expired."
    Expired,
    /// "This link was used": already done, as a rule.
    Used,
    /// "This link does not work any more": another was used, or its owner said "not me".
    Revoked,
}

impl Refusal {
    /// The time that must pass before the next call, if the service gave one.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        match self {
            Self::Throttled(wait) | Self::Unavailable(wait) => *wait,
            _ => Duration::ZERO,
        }
    }
}

impl From<&Status> for Refusal {
    /// By code first: a reason that this gateway does not know yet must not become a crash.
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
        match (status.code(), &*reason) {
            (Code::InvalidArgument, "PASSWORD_REJECTED") => {
                Self::PasswordRejected(mistakes(&details).into_iter().map(|one| one.description).collect())
            }
            (Code::InvalidArgument, _) => Self::Invalid(reason, mistakes(&details)),
            (Code::ResourceExhausted, _) => Self::Throttled(wait(&details)),
            (Code::NotFound, "TOKEN_UNKNOWN") => Self::Link(DeadLink::Unknown),
            (Code::FailedPrecondition, "TOKEN_EXPIRED") => Self::Link(DeadLink::Expired),
            (Code::FailedPrecondition, "TOKEN_USED") => Self::Link(DeadLink::Used),
            (Code::FailedPrecondition, _) => Self::Link(DeadLink::Revoked),
            (Code::Unauthenticated, _) => Self::CredentialsRefused,
            (Code::Unavailable | Code::DeadlineExceeded, _) => Self::Unavailable(wait(&details)),
            (code, _) => Self::Unexpected(code, reason),
        }
    }
}

fn wait(details: &ErrorDetails) -> Duration {
    details.retry_info().and_then(|info| info.retry_delay).unwrap_or_default()
}

fn mistakes(details: &ErrorDetails) -> Vec<Mistake> {
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    violations.into_iter().map(|one| Mistake { field: one.field, description: one.description }).collect()
}

fn in_one_line(mistakes: &[Mistake]) -> String {
    let told: Vec<_> = mistakes.iter().map(|one| format!("{}: {}", one.field, one.description)).collect();
    told.join("; ")
}
