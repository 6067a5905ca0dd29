//! Judging a new password by the policy, off the async threads: estimating strength takes milliseconds.

use super::{Parts, RejectedPassword, ResetError};
use crate::metrics::passwords::PasswordMetrics;
use crate::password::Password;
use crate::password::policy::{Forbidden, PasswordPolicy};
use common::address::EmailAddress;
use common::brand::Brands;
use std::sync::Arc;

/// What a new password is judged by.
#[derive(Clone)]
pub(crate) struct Judge {
    /// The rules.
    pub(crate) policy: PasswordPolicy,
    /// The apps, whose names are no password.
    pub(crate) brands: Arc<Brands>,
    /// Counts what is refused.
    pub(crate) metrics: PasswordMetrics,
}

impl Parts {
    /// What new passwords are judged by.
    pub(crate) fn judge(&self) -> Judge {
        Judge { policy: self.policy, brands: self.brands.clone(), metrics: self.metrics.passwords.clone() }
    }
}

impl Judge {
    /// Refuses a password that breaks a rule; `field` is where it came in.
    ///
    /// # Errors
    /// [`ResetError::PasswordRejected`].
    pub(crate) async fn check(
        self,
        password: &Password,
        address: &EmailAddress,
        field: &'static str,
    ) -> Result<(), ResetError> {
        let (password, address) = (password.clone(), address.clone());
        let judged = tokio::task::spawn_blocking(move || self.broken_rules(&password, &address, field)).await;
        match judged {
            Ok(judged) => judged.map_err(ResetError::PasswordRejected),
            Err(_) => Err(ResetError::Unavailable { retry_after: super::RETRY_UNAVAILABLE }),
        }
    }

    fn broken_rules(
        &self,
        password: &Password,
        address: &EmailAddress,
        field: &'static str,
    ) -> Result<(), RejectedPassword> {
        let brands: Vec<&str> =
            self.brands.iter().flat_map(|brand| [&*brand.name, &*brand.account_name]).collect();
        let forbidden = Forbidden { address, brands: &brands };
        self.policy.check(password, &forbidden).map_err(|broken| {
            self.metrics.rejected(&broken);
            RejectedPassword { field, broken }
        })
    }
}
