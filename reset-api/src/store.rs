//! The store port: requests, tokens, accounts and the outbox.
//!
//! Each method is one transaction with one named outcome, cut along the flow and not along the tables. "Now" is
//! the store's own: the database server's clock plus the test offset, so that replicas agree. No method waits for
//! SMTP, for the queue or for a password hash. The store contract suite runs against each implementation.

use crate::address_key::AddressKey;
use crate::schedule::Step;
use crate::token_digest::TokenDigest;
use async_trait::async_trait;
use common::address::EmailAddress;
use common::event::{DeliveryReport, EventKind};
use common::locale::Locale;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

mod gate;
pub mod postgres;
mod rows;
pub mod sqlite;

/// How long after acceptance a reset mail may still be delivered.
pub const DELIVER_WITHIN: Duration = Duration::hours(4);

/// The store did not do it, and nothing of it was done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, slow or full: try again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The database ended the transaction in favour of another one. Adapters try again; callers never see it.
    #[error("the transaction lost against another one")]
    Conflict,
    /// A link could not be made; everything was rolled back.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The database answered what it never should.
    #[error("the database is not as expected: {0}")]
    Broken(String),
}

impl From<sqlx::Error> for StoreError {
    /// Only the database's own message is kept: it names tables and constraints, never values.
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                Self::from_code(&database.code().unwrap_or_default(), database.message())
            }
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::Decode(_)
            | sqlx::Error::Encode(_)
            | sqlx::Error::RowNotFound => Self::Broken(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl StoreError {
    /// Sorts the SQLSTATE codes of Postgres (Appendix A of its manual) and the result codes of SQLite, which are numbers
    /// of one to four digits.
    fn from_code(code: &str, message: &str) -> Self {
        const SQLITE_BUSY: u32 = 5;
        const SQLITE_FULL: u32 = 13;
        match (code, code.parse::<u32>().ok().filter(|_| code.len() < 5)) {
            ("40001" | "40P01", _) => Self::Conflict,
            ("55P03" | "57014", _) => Self::Unavailable(message.to_owned()),
            (_, Some(sqlite)) if matches!(sqlite & 0xff, SQLITE_BUSY | SQLITE_FULL) => {
                Self::Unavailable(message.to_owned())
            }
            _ if ["08", "25", "53", "57"].iter().any(|class| code.starts_with(class)) => {
                Self::Unavailable(message.to_owned())
            }
            _ => Self::Broken(message.to_owned()),
        }
    }
}

/// What is kept of an accepted request. The address is here only as its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// UUIDv7.
    pub id: Uuid,
    /// Whose password.
    pub address_key: AddressKey,
    /// Which secret made the key.
    pub key_id: i16,
    /// The app that asked.
    pub app_id: String,
    /// The language asked for.
    pub locale: Option<Locale>,
    /// The gateway that asked; `web` for the pages.
    pub gateway: String,
    /// The client's network, for the audit trail.
    pub network: Option<String>,
    /// General words on the asker.
    pub agent: Agent,
    /// The throttle's step.
    pub step: Step,
    /// W3C trace context, or empty.
    pub traceparent: String,
}

/// Families of browser and system, and a device of the app's list: empty where unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    /// A browser family.
    pub browser: String,
    /// A system family.
    pub system: String,
    /// A device name.
    pub device: String,
}

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

/// An event to be published, written in the transaction of its fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEvent {
    /// UUIDv7, the same in every copy.
    pub event_id: Uuid,
    /// What it is.
    pub kind: EventKind,
    /// After this instant it is of no use.
    pub deliver_by: OffsetDateTime,
    /// The encoded envelope.
    pub body: Vec<u8>,
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
    /// Requests made before the account's password was changed, or its links revoked.
    pub revoked: u64,
}

impl Issued {
    fn count<'a>(decisions: impl Iterator<Item = &'a gate::Decision>) -> Self {
        let mut counts = Self::default();
        for decision in decisions {
            *match decision {
                gate::Decision::Issue(_) => &mut counts.issued,
                gate::Decision::Coalesced(_) => &mut counts.coalesced,
                gate::Decision::Unknown => &mut counts.unknown,
                gate::Decision::Suppressed => &mut counts.suppressed,
                gate::Decision::Revoked => &mut counts.revoked,
            } += 1;
        }
        counts
    }

    /// How many requests left the state `accepted`.
    #[must_use]
    pub fn total(self) -> u64 {
        self.issued + self.unknown + self.coalesced + self.suppressed + self.revoked
    }
}

/// An outbox row under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedEvent {
    /// The event.
    pub event: OutboxEvent,
    /// Proves the lease; a later claim has a higher one.
    pub fence: i64,
    /// How often it was published before.
    pub publishes: u32,
}

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
    Expired,
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

/// An Argon2id PHC string. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHashString(pub String);

impl std::fmt::Debug for PasswordHashString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHashString(redacted)")
    }
}

/// What log-in compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub account_id: Uuid,
    /// Its hash.
    pub password_hash: PasswordHashString,
    /// Its version.
    pub credentials_version: i64,
}

/// An account to be created.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// UUIDv7.
    pub id: Uuid,
    /// Its address, as registered.
    pub address: EmailAddress,
    /// The address's key.
    pub address_key: AddressKey,
    /// Which secret made the key.
    pub key_id: i16,
    /// Its language.
    pub locale: Option<Locale>,
    /// Argon2id PHC string.
    pub password_hash: PasswordHashString,
}

/// What became of a change to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It is as asked.
    Done {
        /// The address's key before, whose throttle may be started over.
        address_key: AddressKey,
    },
    /// There is no such account.
    Unknown,
    /// Another account has the address.
    AddressTaken,
}

/// Keeps everything.
///
/// Obligations, beyond those at each method:
/// - A method that returned `Ok` is durable: kill -9 of the process and of the database loses nothing of it.
/// - A method that returned an error, or whose future was dropped, has done all or nothing, and leaves no
///   connection inside a transaction.
/// - Any number of replicas may call anything at the same time.
#[async_trait]
pub trait Store: Send + Sync {
    /// The store's clock.
    async fn now(&self) -> Result<OffsetDateTime, StoreError>;

    // ── ASK ──

    /// Makes requests durable, all in one commit, in the state `accepted`.
    async fn accept(&self, requests: &[NewRequest]) -> Result<(), StoreError>;

    // ── ISSUE ──

    /// Takes up to `limit` accepted requests, oldest first, to their next state.
    ///
    /// The account is looked up here for the first time. The gate lets at most one mail an account a cool-down
    /// through, judged by `accepted_at` on the [`crate::schedule`]; of several waiting requests of one account
    /// the newest is issued and the others are coalesced into it; a request the gate refuses is coalesced into the
    /// last issued one. A link lives as long as the higher of the throttle's and the gate's step says.
    async fn issue(&self, limit: u32, mint: &dyn MintLink) -> Result<Issued, StoreError>;

    // ── RELAY ──

    /// Leases up to `limit` due events to the caller, oldest first. Nobody else gets them before `lease` is over.
    /// Events past their `deliver_by` are never claimed.
    async fn claim_outbox(&self, limit: u32, lease: Duration) -> Result<Vec<ClaimedEvent>, StoreError>;

    /// The queue has confirmed these. A mail stays, due again after `silence` doubled by each earlier publish, until
    /// its final report; an account event goes. Rows whose lease was lost are left alone.
    async fn mark_published(&self, events: &[ClaimedEvent], silence: Duration) -> Result<(), StoreError>;

    /// The queue did not confirm these: due again after `delay`. Rows whose lease was lost are left alone.
    async fn release_outbox(&self, events: &[ClaimedEvent], delay: Duration) -> Result<(), StoreError>;

    /// Ends up to `limit` events past their `deliver_by` by more than `grace`: the event goes, its link ends, its
    /// request becomes `expired` with the reason `expired_before_delivery`. Returns how many.
    async fn end_overdue(&self, limit: u32, grace: Duration) -> Result<u64, StoreError>;

    // ── LEARN ──

    /// Writes attempts into the timeline, each once however often it is reported, in any order.
    ///
    /// The first accepting or ambiguous report sets the link's end, once:
    /// min(clamp(at, issued_at, now) + lifetime, hard end), where the hard end is deliver_by + lifetime. A refusal
    /// ends the link and the request (`undeliverable`), an expiry likewise (`expired`), unless some report, before or
    /// after, says that a copy was or may have been accepted: such a link keeps its time. A final report takes the
    /// event from the outbox; any other makes it due again after `silence` from the announced next attempt.
    async fn record_reports(&self, reports: &[DeliveryReport], silence: Duration) -> Result<(), StoreError>;

    // ── CLICK AND COMPLETE ──

    /// What a token would do now. Consumes nothing. A live token also needs its account active, at the same address
    /// and at the credentials version it was issued at.
    async fn find_token(&self, token: &TokenDigest, purpose: Purpose) -> Result<TokenState, StoreError>;

    /// Sets a password, if the token is live: one guarded consume, the hash, the end of every other token of the
    /// account, a higher credentials version, a fresh gate, the request `completed`, and both events.
    async fn complete(&self, completion: &Completion) -> Result<Completed, StoreError>;

    /// "Not me" before a change, if the token is live: ends every live token of the account; their requests become
    /// `revoked`; the gate starts over.
    async fn revoke_request(&self, token: &TokenDigest) -> Result<Revoked, StoreError>;

    /// "Not me" after a change, if the token is live: raises the credentials version, refuses password log-in until
    /// the next reset, ends every token of the account, and writes the one new link.
    async fn revoke_change(&self, revocation: &ChangeRevocation) -> Result<Revoked, StoreError>;

    // ── ACCOUNTS ──

    /// Creates an account. `false`: the address has one.
    async fn create_account(&self, account: &NewAccount) -> Result<bool, StoreError>;

    /// Gives an account another address. Its live tokens end with that.
    async fn change_address(
        &self,
        account_id: Uuid,
        address: &EmailAddress,
        address_key: AddressKey,
        key_id: i16,
    ) -> Result<AccountChange, StoreError>;

    /// Disables an account, or enables it again. Disabling ends its live tokens.
    async fn set_disabled(&self, account_id: Uuid, disabled: bool) -> Result<AccountChange, StoreError>;

    /// What log-in compares with. `None` for an unknown, disabled or log-in-refused account.
    async fn find_credentials(&self, address: &AddressKey) -> Result<Option<Credentials>, StoreError>;

    /// Replaces the hash by one of higher cost, only where the verified hash still stands.
    async fn rehash(&self, verified: &Credentials, stronger: &PasswordHashString)
    -> Result<bool, StoreError>;

    // ── KEEP ──

    /// Ends up to `limit` requests whose link's time is over (`expired`). Returns how many.
    async fn expire_links(&self, limit: u32) -> Result<u64, StoreError>;

    /// Deletes up to `limit` requests that ended longer than `retention` ago, with their tokens and timeline.
    async fn purge(&self, limit: u32, retention: Duration) -> Result<u64, StoreError>;
}
