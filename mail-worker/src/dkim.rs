//! DKIM (RFC 6376, RFC 8463): a brand's mails signed with the brand's keys.
//!
//! Ours, because of what there is one cannot name From twice (lettre), and the other brings a DNS resolver for the
//! receiving side (mail-auth). A mail is signed each time it is sent and not when it was asked for: a dead letter that
//! is sent again after weeks must not carry a signature that has expired. Headers and body stay the same, byte for byte.

mod canonical;
mod key;
mod settings;
mod signature;

pub use key::{KeyError, SigningFailed};
pub use settings::DkimError;

use crate::mail::OutgoingMail;
use common::brand::AppId;
use signature::{Signable, Signer};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The keys of every brand that has some; mails of the others are left for the relay host to sign.
#[derive(Debug, Default)]
pub struct Dkim(BTreeMap<AppId, Vec<Signer>>);

/// The times of a mail that its signatures tell. They are those of its event, not of an attempt, so that every copy of a
/// mail has the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct Lifetime {
    /// When the mail was decided on: its Date, and the time of its signatures.
    pub occurred_at: OffsetDateTime,
    /// Until when it is tried; its signatures hold beyond that.
    pub deliver_by: OffsetDateTime,
}

impl Dkim {
    /// Puts a signature of each of the brand's keys above the message.
    ///
    /// # Errors
    /// [`SigningFailed`]; the mail is as it was.
    pub fn sign(
        &self,
        app: &AppId,
        mail: &mut OutgoingMail,
        lifetime: Lifetime,
    ) -> Result<(), SigningFailed> {
        let Some(signers) = self.0.get(app) else { return Ok(()) };
        let message = Signable::of(&mail.message).ok_or(SigningFailed)?;
        let mut signed = Vec::new();
        for signer in signers {
            signed.extend(signer.field(&message, lifetime)?.into_bytes());
        }
        signed.append(&mut mail.message);
        mail.message = signed;
        Ok(())
    }
}
