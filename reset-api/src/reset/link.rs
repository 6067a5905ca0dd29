//! Looking at a link. Mail scanners open links, so looking consumes nothing.

use super::{Reset, ResetError};
use crate::input::InvalidInput;
use crate::metrics::links::TokenEvent;
use crate::network::ClientNetwork;
use crate::store::{LiveToken, Purpose, TokenState};
use crate::throttle::{Bucket, Scope, Take};
use crate::token_digest::TokenDigest;
use common::address::EmailAddress;
use common::telemetry::carried;
use common::token::Token;
use time::OffsetDateTime;

/// What a live link would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedLink {
    /// The app the reset was asked from.
    pub app_id: String,
    /// The account's address, mostly hidden.
    pub masked_email: String,
    /// The address itself: only for the page, where password managers file the new password under it.
    pub email: EmailAddress,
    /// When it ends, as known now.
    pub expires_at: OffsetDateTime,
}

/// A link whose time is over. Whoever holds it may have a new one mailed to where it was mailed itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredLink {
    /// The app the reset was asked from.
    pub app_id: String,
    /// Where it was mailed to.
    pub email: EmailAddress,
}

/// What "this was not me" does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// From the mail with the link: ends the account's links.
    EndsLinks,
    /// From the notice of a change: refuses log-in until a new reset, and mails one new link.
    LocksAccount,
}

/// What a revoke link would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedRevocation {
    /// The app the reset was asked from.
    pub app_id: String,
    /// What it does.
    pub revocation: Revocation,
    /// It was done before: doing it again changes nothing.
    pub is_done: bool,
}

impl Reset {
    /// Says what a reset link would do. `network` is the client's, where it is known.
    ///
    /// # Errors
    /// [`ResetError::Invalid`] for a malformed token, the `Token…` errors, [`ResetError::Throttled`] where unknown
    /// tokens were tried too often, [`ResetError::Unavailable`].
    pub async fn inspect(
        &self,
        token: &str,
        network: Option<&ClientNetwork>,
    ) -> Result<InspectedLink, ResetError> {
        let digest = parse_token(token)?;
        let state = self.parts.store.find_token(&digest, Purpose::Reset).await?;
        let live = self.live(state, network).await?;
        self.parts.metrics.links.happened(TokenEvent::Opened, 1);
        if !live.is_opened {
            self.note_opened(digest);
        }
        Ok(InspectedLink {
            app_id: live.app_id,
            masked_email: live.address.masked(),
            email: live.address,
            expires_at: live.expires_at,
        })
    }

    /// Notes the first look, for whoever is asked what became of the mail. Nobody waits for it: a store that is busy, or a
    /// process that ends, loses a note and nothing else.
    fn note_opened(&self, digest: TokenDigest) {
        let store = self.parts.store.clone();
        tokio::spawn(carried(async move {
            if let Err(error) = store.note_opened(&digest).await {
                tracing::warn!(%error, "that a link was opened was not noted");
            }
        }));
    }

    /// The expired link of that token; none if the token is anything else, or the account has another address since.
    ///
    /// # Errors
    /// [`ResetError::Invalid`], [`ResetError::TokenUnknown`], [`ResetError::Throttled`] and [`ResetError::Unavailable`],
    /// as [`Reset::inspect`].
    pub async fn expired_link(
        &self,
        token: &str,
        network: Option<&ClientNetwork>,
    ) -> Result<Option<ExpiredLink>, ResetError> {
        let digest = parse_token(token)?;
        match self.parts.store.find_token(&digest, Purpose::Reset).await? {
            TokenState::Expired { address, app_id } => Ok(address.map(|email| ExpiredLink { app_id, email })),
            TokenState::Unknown => Err(self.unknown_token(network).await),
            _ => Ok(None),
        }
    }

    /// Says what a revoke link would do. `network` is the client's, where it is known.
    ///
    /// # Errors
    /// Those of [`Reset::inspect`], but for a used link: that is done.
    pub async fn inspect_revocation(
        &self,
        token: &str,
        network: Option<&ClientNetwork>,
    ) -> Result<InspectedRevocation, ResetError> {
        let digest = parse_token(token)?;
        let state = self.parts.store.find_token(&digest, Purpose::RevokeRequest).await?;
        let (revocation, state) = match state {
            TokenState::Unknown => {
                let state = self.parts.store.find_token(&digest, Purpose::RevokeChange).await?;
                (Revocation::LocksAccount, state)
            }
            state => (Revocation::EndsLinks, state),
        };
        if let TokenState::Used { app_id, .. } = state {
            return Ok(InspectedRevocation { app_id, revocation, is_done: true });
        }
        let live = self.live(state, network).await?;
        Ok(InspectedRevocation { app_id: live.app_id, revocation, is_done: false })
    }

    /// The live token, or the error of any other state.
    pub(super) async fn live(
        &self,
        state: TokenState,
        network: Option<&ClientNetwork>,
    ) -> Result<LiveToken, ResetError> {
        let refused = match state {
            TokenState::Live(live) => return Ok(live),
            TokenState::Expired { .. } => ResetError::TokenExpired,
            TokenState::Used { .. } => ResetError::TokenUsed,
            TokenState::Revoked => ResetError::TokenRevoked,
            TokenState::Unknown => self.unknown_token(network).await,
        };
        self.parts.metrics.links.refused(&refused);
        Err(refused)
    }

    /// Only unknown tokens count against a network: a neighbour behind the same address cannot block the owner.
    pub(super) async fn unknown_token(&self, network: Option<&ClientNetwork>) -> ResetError {
        let Some(network) = network else { return ResetError::TokenUnknown };
        let bucket = Bucket { scope: Scope::UnknownToken, key: network.to_string() };
        match self.parts.throttle.take(&bucket, self.parts.limits.unknown_token).await {
            Take::Granted { .. } => ResetError::TokenUnknown,
            Take::Refused { retry_after } => ResetError::Throttled { retry_after },
        }
    }
}

/// Reads a token from a message.
pub(super) fn parse_token(text: &str) -> Result<TokenDigest, InvalidInput> {
    Token::parse(text).map(|token| TokenDigest::of(&token)).map_err(|error| InvalidInput::one("token", error))
}
