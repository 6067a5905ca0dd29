//! Looking at a link. Mail scanners open links, so looking consumes nothing.

use super::{Reset, ResetError};
use crate::input::InvalidInput;
use crate::network::ClientNetwork;
use crate::store::{LiveToken, Purpose, TokenState};
use crate::throttle::{Bucket, Scope, Take};
use crate::token_digest::TokenDigest;
use common::token::Token;
use time::OffsetDateTime;

/// What a live link would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedLink {
    /// The app the reset was asked from.
    pub app_id: String,
    /// The account's address, mostly hidden.
    pub masked_email: String,
    /// When it ends, as known now.
    pub expires_at: OffsetDateTime,
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
        Ok(InspectedLink {
            app_id: live.app_id,
            masked_email: live.address.masked(),
            expires_at: live.expires_at,
        })
    }

    /// The live token, or the error of any other state.
    pub(super) async fn live(
        &self,
        state: TokenState,
        network: Option<&ClientNetwork>,
    ) -> Result<LiveToken, ResetError> {
        match state {
            TokenState::Live(live) => Ok(live),
            TokenState::Expired => Err(ResetError::TokenExpired),
            TokenState::Used { .. } => Err(ResetError::TokenUsed),
            TokenState::Revoked => Err(ResetError::TokenRevoked),
            TokenState::Unknown => Err(self.unknown_token(network).await),
        }
    }

    /// Only unknown tokens count against a network: a neighbour behind the same address cannot block the owner.
    pub(super) async fn unknown_token(&self, network: Option<&ClientNetwork>) -> ResetError {
        let Some(network) = network else { return ResetError::TokenUnknown };
        let bucket = Bucket { scope: Scope::UnknownToken, key: network.to_string() };
        match self.parts.throttle.take(&bucket, self.parts.limits.unknown_token).await {
            Take::Granted => ResetError::TokenUnknown,
            Take::Refused { retry_after } => ResetError::Throttled { retry_after },
        }
    }
}

/// Reads a token from a message.
pub(super) fn parse_token(text: &str) -> Result<TokenDigest, InvalidInput> {
    Token::parse(text).map(|token| TokenDigest::of(&token)).map_err(|error| InvalidInput::one("token", error))
}
