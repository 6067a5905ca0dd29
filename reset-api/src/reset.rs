//! The heart: ask, inspect, complete, revoke. gRPC and the pages are thin coats around this.
//!
//! What a caller may read is in [`ResetError`]; what went wrong inside is logged here and stays here.

use crate::accept::{Acceptor, NotAccepted};
use crate::address_key::Pseudonymiser;
use crate::input::{InvalidInput, Violation};
use crate::metrics::HeartMetrics;
use crate::mint::Minter;
use crate::password::hasher::{HashError, Hasher};
use crate::password::policy::{PasswordPolicy, Violation as BrokenRule};
use crate::store::{Store, StoreError};
use crate::throttle::{Rate, Throttle};
use common::brand::Brands;
use common::clock::Clock;
use common::entropy::Entropy;
use common::telemetry::carried;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

mod ask;
mod complete;
mod judge;
mod link;
mod revoke;

pub(crate) use ask::parse_locale;
pub use ask::{Ask, AskAnswer, ClientText};
pub(crate) use complete::hex;
pub use complete::{Complete, CompletedReset};
pub(crate) use judge::Judge;
pub use link::{ExpiredLink, InspectedLink, InspectedRevocation, Revocation};

/// The limits of the request path.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests from one client network.
    pub network: Rate,
    /// Requests through one gateway.
    pub gateway: Rate,
    /// Unknown tokens tried from one client network.
    pub unknown_token: Rate,
    /// Completions tried with one token.
    pub token: Rate,
    /// Log-ins tried on one address.
    pub log_in: Rate,
}

impl Default for Limits {
    /// The design's throttle defaults.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            network: Rate { burst: 10, refill: seconds(60) },
            gateway: Rate { burst: 1_000, refill: Duration::from_millis(2) },
            unknown_token: Rate { burst: 10, refill: seconds(6) },
            token: Rate { burst: 10, refill: seconds(60) },
            // Too little to guess a password that passed the policy. By address alone, so whoever keeps guessing also keeps
            // the owner waiting: VerifyPassword is not told whose client asks.
            log_in: Rate { burst: 20, refill: seconds(6) },
        }
    }
}

/// What the heart works with. The same parts serve the accounts.
#[derive(Clone)]
pub struct Parts {
    /// Requests, tokens, accounts.
    pub store: Arc<dyn Store>,
    /// Who may ask again, and when.
    pub throttle: Arc<dyn Throttle>,
    /// Makes requests durable.
    pub acceptor: Acceptor,
    /// Makes tokens and events.
    pub minter: Arc<Minter>,
    /// Makes address keys.
    pub pseudonymiser: Arc<Pseudonymiser>,
    /// The apps.
    pub brands: Arc<Brands>,
    /// The rules of a new password.
    pub policy: PasswordPolicy,
    /// Argon2id, bounded.
    pub hasher: Arc<Hasher>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The limits.
    pub limits: Limits,
    /// Wakes the relay.
    pub events: Arc<Notify>,
    /// Counts what is done.
    pub metrics: HeartMetrics,
}

/// Ask, inspect, complete, revoke.
#[derive(Clone)]
pub struct Reset {
    parts: Parts,
}

/// Why something was not done. Everything here may be told to the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResetError {
    /// Fields that are wrong.
    #[error(transparent)]
    Invalid(#[from] InvalidInput),
    /// The policy refused the new password; the link is still live.
    #[error("the password is refused")]
    PasswordRejected(RejectedPassword),
    /// The request id was used with other content.
    #[error("the request id was used with other content")]
    RequestIdReused,
    /// Too early, or too often.
    #[error("throttled")]
    Throttled {
        /// When it would be granted.
        retry_after: Duration,
    },
    /// Nobody issued this token.
    #[error("the link is not one of ours")]
    TokenUnknown,
    /// Its time is over.
    #[error("the link has expired")]
    TokenExpired,
    /// It has set a password.
    #[error("the link was used")]
    TokenUsed,
    /// It was ended.
    #[error("the link was ended")]
    TokenRevoked,
    /// Something behind us is away or full; nothing was done.
    #[error("try again later")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

/// A password that the policy refused. `Debug` and `Display` hold no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedPassword {
    /// The field it came in.
    pub field: &'static str,
    /// Every rule it breaks; at least one.
    pub broken: Vec<BrokenRule>,
}

impl RejectedPassword {
    /// The same as mistakes of a message, in English.
    #[must_use]
    pub fn input(&self) -> InvalidInput {
        let violation = |rule: &BrokenRule| Violation { field: self.field, description: rule.sentence() };
        InvalidInput(self.broken.iter().map(violation).collect())
    }
}

/// When to try again after something behind us failed.
const RETRY_UNAVAILABLE: Duration = Duration::from_secs(2);

impl Reset {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self { parts }
    }

    /// The rules of a new password.
    #[must_use]
    pub fn policy(&self) -> &PasswordPolicy {
        &self.parts.policy
    }
}

/// Does something whole, even if its caller goes away meanwhile: gRPC and HTTP servers drop a call that nobody waits for.
///
/// # Errors
/// Those of the work.
pub(crate) async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, ResetError>> + Send + 'static,
) -> Result<T, ResetError> {
    // A panic was told where it happened.
    tokio::spawn(carried(work))
        .await
        .unwrap_or_else(|_| Err(ResetError::Unavailable { retry_after: RETRY_UNAVAILABLE }))
}

impl From<StoreError> for ResetError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Unavailable { retry_after: RETRY_UNAVAILABLE }
    }
}

impl From<NotAccepted> for ResetError {
    fn from(_: NotAccepted) -> Self {
        Self::Unavailable { retry_after: RETRY_UNAVAILABLE }
    }
}

impl From<HashError> for ResetError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Overloaded { retry_after } => Self::Unavailable { retry_after },
            other => {
                tracing::error!(error = %other, "hashing failed");
                Self::Unavailable { retry_after: RETRY_UNAVAILABLE }
            }
        }
    }
}
