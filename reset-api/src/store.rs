//! The store port: requests, tokens, accounts and the outbox.
//!
//! Each method is one transaction with one named outcome, cut along the flow and not along the tables. "Now" is
//! the store's own: the database server's clock plus the test offset, so that replicas agree. No method waits for
//! SMTP, for the queue or for a password hash. The store contract suite runs against each implementation.

use crate::address_key::AddressKey;
use crate::token_digest::TokenDigest;
use async_trait::async_trait;
use common::address::EmailAddress;
use common::event::DeliveryReport;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

mod account;
mod audit;
mod backlog;
mod failure;
mod gate;
mod history;
mod import;
mod issue;
mod learned;
mod link;
pub mod metered;
mod outbox;
pub mod postgres;
mod redrive;
mod request;
mod rows;
pub mod sqlite;

pub use account::{AccountChange, Credentials, NewAccount, PasswordHashString};
pub use audit::{Actor, AuditAction, AuditEntry, OPERATOR};
pub use backlog::{Backlog, MOST_COUNTED};
pub use failure::StoreError;
pub use history::{
    AccountStanding, AttemptHistory, EndReason, History, LinkHistory, MailKind, RequestHistory, RequestState,
    Suppression,
};
pub use import::{
    BatchOutcome, Beginning, ImportBatch, ImportProgress, ImportedAccount, ListDigest, ListPosition,
    OnConflict,
};
pub use issue::{IssueAccount, IssueRequest, Issued, MintError, MintLink, MintedLink};
pub use learned::Learned;
pub use link::{ChangeRevocation, Completed, Completion, LiveToken, Purpose, Revoked, TokenState};
pub use outbox::{ClaimedEvent, OutboxEvent};
pub use redrive::{Redrive, Redriven, WhyNotSent};
pub use request::{Agent, NewRequest};

/// How long after acceptance a reset mail may still be delivered.
pub const DELIVER_WITHIN: Duration = Duration::hours(4);

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

    /// Whether the database answers, and its schema is not too old for this build.
    async fn ready(&self) -> Result<(), StoreError>;

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

    /// Writes attempts into the timeline, each once however often it is reported, in any order. What is said of an event
    /// that nobody knows, or that was purged, is not kept.
    ///
    /// The first accepting or ambiguous report sets the link's end, once:
    /// min(clamp(at, issued_at, now) + lifetime, hard end), where the hard end is deliver_by + lifetime. A refusal
    /// ends the link and the request (`undeliverable`), an expiry likewise (`expired`), unless some report, before or
    /// after, says that a copy was or may have been accepted: such a link keeps its time. A final report takes the
    /// event from the outbox; any other makes it due again after `silence` from the announced next attempt, as far ahead
    /// as a worker may wait. An expiry before deliver_by, by this store's clock and give or take a minute, is noted and
    /// changes nothing: the worker's clock is wrong.
    /// A failure in a life of the mail before its last redrive is noted likewise: it ends neither the event nor the link.
    /// Returns what is known for the first time.
    async fn record_reports(
        &self,
        reports: &[DeliveryReport],
        silence: Duration,
    ) -> Result<Learned, StoreError>;

    /// Begins the next life of a mail from the dead letters, if the link that it carries can still live, and writes the act
    /// down with what came of it; told again, it changes nothing.
    ///
    /// The mail is due at once, in place of what was still to be sent of its earlier lives, and a link that had ended with
    /// it is live again. It is not sent if the link is unknown, was used or was ended by anything else, if its time or
    /// that of the mail is over, if a report says that a copy was or may have been accepted, and if that life has
    /// begun before.
    async fn redrive(&self, redrive: &Redrive) -> Result<Redriven, StoreError>;

    // ── CLICK AND COMPLETE ──

    /// What a token would do now. Consumes nothing. A live token also needs its account active, at the same address
    /// and at the credentials version it was issued at.
    async fn find_token(&self, token: &TokenDigest, purpose: Purpose) -> Result<TokenState, StoreError>;

    /// Notes that a reset link was looked at, the first time it is. Consumes nothing, and changes nothing of what the token
    /// does. Whether its owner or a mail scanner looked, nobody can tell.
    async fn note_opened(&self, token: &TokenDigest) -> Result<(), StoreError>;

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

    // ── IMPORT ──

    /// How far the import of a list has come; the first time, nothing of it is done.
    async fn begin_import(
        &self,
        list: ListDigest,
        beginning: Beginning,
    ) -> Result<ImportProgress, StoreError>;

    /// Creates the accounts of a piece of a list, and moves its import on to the end of the piece, if it has come to the
    /// beginning of the piece and no further. An account whose address or id is taken, also by an earlier one of
    /// the batch, changes nothing of the one that is there.
    async fn import_accounts(&self, batch: &ImportBatch<'_>) -> Result<BatchOutcome, StoreError>;

    // ── EXPLAIN ──

    /// What is stored about an address: whose it is, and its newest requests with every attempt at their mails.
    async fn history(&self, address: &AddressKey, limit: u32) -> Result<History, StoreError>;

    /// Lets mails go to an address again that a mail server had called unknown, and writes the act down, also where nothing
    /// kept them from it. Whether something did.
    async fn lift_suppression(&self, address: &AddressKey, entry: &AuditEntry) -> Result<bool, StoreError>;

    /// Writes an act into the audit trail, once however often it is told.
    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    // ── KEEP ──

    /// Ends up to `limit` requests whose link's time is over (`expired`). Returns how many.
    async fn expire_links(&self, limit: u32) -> Result<u64, StoreError>;

    /// Deletes up to `limit` requests that ended longer than `retention` ago, with their tokens and timeline, and up to
    /// `limit` suppressions that are over. Returns how many requests.
    async fn purge(&self, limit: u32, retention: Duration) -> Result<u64, StoreError>;

    /// Deletes up to `limit` entries of the audit trail older than `retention`. Returns how many.
    async fn purge_audit(&self, limit: u32, retention: Duration) -> Result<u64, StoreError>;

    /// What waits: accepted requests, and events that were never published; either is counted up to
    /// [`MOST_COUNTED`]. `lease` is the longest for which events are claimed.
    async fn backlog(&self, lease: Duration) -> Result<Backlog, StoreError>;
}
