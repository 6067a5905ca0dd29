//! What accounts are made of.

use crate::address_key::Pseudonymiser;
use crate::metrics::HeartMetrics;
use crate::password::hasher::Hasher;
use crate::password::policy::PasswordPolicy;
use crate::reset::{Judge, Limits, Parts};
use crate::store::Store;
use crate::throttle::Throttle;
use common::brand::Brands;
use common::clock::Clock;
use common::entropy::Entropy;
use std::sync::Arc;

/// What accounts work with: of the heart's parts those that make no links.
#[derive(Clone)]
pub struct AccountParts {
    /// The accounts.
    pub store: Arc<dyn Store>,
    /// Who may try again, and when.
    pub throttle: Arc<dyn Throttle>,
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
    /// Counts what is done.
    pub metrics: HeartMetrics,
}

impl AccountParts {
    /// What new passwords are judged by.
    pub(super) fn judge(&self) -> Judge {
        let metrics = self.metrics.passwords.clone();
        Judge { policy: self.policy, brands: self.brands.clone(), metrics }
    }
}

impl From<Parts> for AccountParts {
    fn from(parts: Parts) -> Self {
        Self {
            store: parts.store,
            throttle: parts.throttle,
            pseudonymiser: parts.pseudonymiser,
            brands: parts.brands,
            policy: parts.policy,
            hasher: parts.hasher,
            clock: parts.clock,
            entropy: parts.entropy,
            limits: parts.limits,
            metrics: parts.metrics,
        }
    }
}
