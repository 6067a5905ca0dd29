//! Links: what a token would do, and what using or revoking it writes.

use super::{Credentials, MintedLink, NewRequest, OutboxEvent, PasswordHashString};
use crate::address_key::AddressKey;
use crate::token_digest::TokenDigest;
use common::address::EmailAddress;
use common::locale::Locale;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Sets a password.
    Reset,
    /// "Not me" in the reset mail.
    RevokeRequest,
    /// "Not me" in the notice of a change.
    RevokeChange,
}

/// What the store says of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenState {
    /// It would work now.
    Live(LiveToken),
    /// Its time is over.
    Expired {
        /// The address it was mailed to; none if the account has another one by now.
        address: Option<EmailAddress>,
        /// The app the request came from.
        app_id: String,
    },
    /// It was used.
    Used {
        /// When.
        at: OffsetDateTime,
        /// How long ago, by the store's clock.
        age: Duration,
        /// The account, for recognising a double submit.
        account_id: Uuid,
        /// The app the request came from.
        app_id: String,
        /// The hash and version in force now, to compare a repeated password with; none if log-in is refused.
        credentials: Option<Credentials>,
        /// Whether the version in force is still the one this use set.
        is_latest_change: bool,
    },
    /// It was ended: by another link's use, by "not me", by a change of the account, or with its mail.
    Revoked,
    /// Nobody made it, or it is for another purpose.
    Unknown,
}

/// A token that would work now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveToken {
    /// The request it was issued for.
    pub request_id: Uuid,
    /// Its account.
    pub account_id: Uuid,
    /// The account's address.
    pub address: EmailAddress,
    /// The address's key.
    pub address_key: AddressKey,
    /// The account's language.
    pub locale: Option<Locale>,
    /// The language of the request.
    pub request_locale: Option<Locale>,
    /// The app the request came from.
    pub app_id: String,
    /// The account's credentials version.
    pub credentials_version: i64,
    /// When it ends, as known now.
    pub expires_at: OffsetDateTime,
    /// Whether it was looked at before.
    pub is_opened: bool,
}

/// A password to be set by a token.
#[derive(Debug, Clone)]
pub struct Completion {
    /// The reset token.
    pub token: TokenDigest,
    /// The version the events below were made for: one more than the live token's.
    pub credentials_version: i64,
    /// Argon2id PHC string.
    pub password_hash: PasswordHashString,
    /// When, as the events below say it.
    pub at: OffsetDateTime,
    /// The revoke token of the notice mail.
    pub notice_revoke: TokenDigest,
    /// How long that token lives.
    pub notice_revoke_lifetime: Duration,
    /// The notice mail.
    pub notice: OutboxEvent,
    /// `PasswordChanged`, for the gateways.
    pub account_event: OutboxEvent,
}

/// What became of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one a call, never kept")]
pub enum Completed {
    /// The password is set.
    Done {
        /// When, as [`TokenState::Used`] says from now on.
        at: OffsetDateTime,
    },
    /// The token is not live any more; nothing was set.
    NotLive(TokenState),
}

/// "Not me", from the notice mail: what to write if the token is live.
#[derive(Debug, Clone)]
pub struct ChangeRevocation {
    /// The revoke token of the notice.
    pub token: TokenDigest,
    /// The version the events below were made for: one more than the live token's.
    pub credentials_version: i64,
    /// The new request that the one new link belongs to.
    pub request: NewRequest,
    /// The new link.
    pub link: MintedLink,
    /// How long it lives.
    pub link_lifetime: Duration,
    /// `PasswordChanged`, for the gateways.
    pub account_event: OutboxEvent,
}

/// What became of a revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one a call, never kept")]
pub enum Revoked {
    /// The links are ended.
    Done,
    /// The token is not live any more; nothing was changed.
    NotLive(TokenState),
}
