//! Issuing: what the minter is given, what it makes, and what became of the requests.

use super::gate;
use super::{Agent, OutboxEvent};
use crate::token_digest::TokenDigest;
use common::address::EmailAddress;
use common::locale::Locale;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// An account as issuing sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueAccount {
    /// Its id.
    pub id: Uuid,
    /// Where its mail goes, as registered.
    pub address: EmailAddress,
    /// Its language.
    pub locale: Option<Locale>,
}

/// A request as issuing sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRequest {
    /// Its id.
    pub id: Uuid,
    /// When it was accepted.
    pub accepted_at: OffsetDateTime,
    /// The app that asked.
    pub app_id: String,
    /// The language asked for.
    pub locale: Option<Locale>,
    /// General words on the asker.
    pub agent: Agent,
    /// How long the link will live.
    pub link_lifetime: Duration,
    /// After this instant the mail is of no use.
    pub deliver_by: OffsetDateTime,
    /// W3C trace context, or empty.
    pub traceparent: String,
}

/// Makes the secrets of a link at the last moment, inside the issuing transaction.
pub trait MintLink: Send + Sync {
    /// Tokens, their digests and the sealed event for one request. Fast, and without any I/O.
    ///
    /// # Errors
    /// Any error rolls the transaction back.
    fn mint(
        &self,
        account: &IssueAccount,
        request: &IssueRequest,
        now: OffsetDateTime,
    ) -> Result<MintedLink, MintError>;

    /// Told of a request that ends in `state` without a link, with the trace context of the request whose fate it
    /// shares, or nothing. The transaction may still be rolled back.
    fn ends(&self, _request: &IssueRequest, _state: &'static str, _shared: &str) {}
}

/// A link could not be made.
#[derive(Debug, thiserror::Error)]
#[error("could not mint a link: {0}")]
pub struct MintError(pub String);

/// What of a link is stored.
#[derive(Debug, Clone)]
pub struct MintedLink {
    /// Of the reset token.
    pub reset: TokenDigest,
    /// Of the revoke token in the same mail.
    pub revoke: TokenDigest,
    /// The mail.
    pub event: OutboxEvent,
}

/// What an issuing step did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Issued {
    /// Requests that became a link and a mail.
    pub issued: u64,
    /// Requests of no active account.
    pub unknown: u64,
    /// Requests that share the fate of another one.
    pub coalesced: u64,
    /// Requests of a suppressed address.
    pub suppressed: u64,
    /// Requests of an account that no mail can be made for.
    pub undeliverable: u64,
    /// Requests made before the account's password was changed, or its links revoked.
    pub revoked: u64,
}

impl Issued {
    pub(super) fn count<'a>(decisions: impl Iterator<Item = &'a gate::Decision>) -> Self {
        let mut counts = Self::default();
        for decision in decisions {
            *match decision {
                gate::Decision::Issue(_) => &mut counts.issued,
                gate::Decision::Coalesced(_) => &mut counts.coalesced,
                gate::Decision::Unknown => &mut counts.unknown,
                gate::Decision::Suppressed => &mut counts.suppressed,
                gate::Decision::Undeliverable => &mut counts.undeliverable,
                gate::Decision::Revoked => &mut counts.revoked,
            } += 1;
        }
        counts
    }

    /// How many requests left the state `accepted`.
    #[must_use]
    pub fn total(self) -> u64 {
        self.issued + self.unknown + self.coalesced + self.suppressed + self.undeliverable + self.revoked
    }
}
