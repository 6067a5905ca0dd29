//! The store as the ask path may see it: it accepts, and whoever asks it for anything else panics.

use super::gate::Gate;
use super::journal::Journal;
use async_trait::async_trait;
use common::address::EmailAddress;
use common::event::DeliveryReport;
use reset_api::address_key::AddressKey;
use reset_api::store::sqlite::SqliteStore;
use reset_api::store::{
    AccountChange, AuditEntry, Backlog, BatchOutcome, Beginning, ChangeRevocation, ClaimedEvent, Completed,
    Completion, Credentials, History, ImportBatch, ImportProgress, Issued, Learned, ListDigest, MintLink,
    NewAccount, NewRequest, PasswordHashString, Purpose, Redrive, Redriven, Revoked, Store, StoreError,
    TokenState,
};
use reset_api::token_digest::TokenDigest;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub(super) struct AskStore {
    pub(super) inner: Arc<SqliteStore>,
    pub(super) journal: Arc<Journal>,
    /// Passed before each commit.
    pub(super) before_commit: Gate,
    pub(super) fails: AtomicBool,
    /// Whether a commit panics.
    pub(super) panics: AtomicBool,
    /// What was stored.
    pub(super) stored: Mutex<Vec<NewRequest>>,
}

fn trespass<T>(method: &str) -> Result<T, StoreError> {
    panic!("the ask path called {method}")
}

#[async_trait]
impl Store for AskStore {
    async fn accept(&self, requests: &[NewRequest]) -> Result<(), StoreError> {
        self.journal.write(format!("accept {}", requests.len()));
        self.before_commit.pass().await;
        assert!(!self.panics.load(Ordering::SeqCst), "as the test wants it");
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("as the test wants it".to_owned()));
        }
        self.inner.accept(requests).await?;
        self.stored.lock().unwrap().extend_from_slice(requests);
        Ok(())
    }

    async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        trespass("now")
    }

    async fn ready(&self) -> Result<(), StoreError> {
        trespass("ready")
    }

    async fn issue(&self, _: u32, _: &dyn MintLink) -> Result<Issued, StoreError> {
        trespass("issue")
    }

    async fn claim_outbox(&self, _: u32, _: Duration) -> Result<Vec<ClaimedEvent>, StoreError> {
        trespass("claim_outbox")
    }

    async fn mark_published(&self, _: &[ClaimedEvent], _: Duration) -> Result<(), StoreError> {
        trespass("mark_published")
    }

    async fn release_outbox(&self, _: &[ClaimedEvent], _: Duration) -> Result<(), StoreError> {
        trespass("release_outbox")
    }

    async fn end_overdue(&self, _: u32, _: Duration) -> Result<u64, StoreError> {
        trespass("end_overdue")
    }

    async fn record_reports(&self, _: &[DeliveryReport], _: Duration) -> Result<Learned, StoreError> {
        trespass("record_reports")
    }

    async fn redrive(&self, _: &Redrive) -> Result<Redriven, StoreError> {
        trespass("redrive")
    }

    async fn find_token(&self, _: &TokenDigest, _: Purpose) -> Result<TokenState, StoreError> {
        trespass("find_token")
    }

    async fn note_opened(&self, _: &TokenDigest) -> Result<(), StoreError> {
        trespass("note_opened")
    }

    async fn complete(&self, _: &Completion) -> Result<Completed, StoreError> {
        trespass("complete")
    }

    async fn revoke_request(&self, _: &TokenDigest) -> Result<Revoked, StoreError> {
        trespass("revoke_request")
    }

    async fn revoke_change(&self, _: &ChangeRevocation) -> Result<Revoked, StoreError> {
        trespass("revoke_change")
    }

    async fn create_account(&self, _: &NewAccount) -> Result<bool, StoreError> {
        trespass("create_account")
    }

    async fn change_address(
        &self,
        _: Uuid,
        _: &EmailAddress,
        _: AddressKey,
        _: i16,
    ) -> Result<AccountChange, StoreError> {
        trespass("change_address")
    }

    async fn set_disabled(&self, _: Uuid, _: bool) -> Result<AccountChange, StoreError> {
        trespass("set_disabled")
    }

    async fn find_credentials(&self, _: &AddressKey) -> Result<Option<Credentials>, StoreError> {
        trespass("find_credentials")
    }

    async fn rehash(&self, _: &Credentials, _: &PasswordHashString) -> Result<bool, StoreError> {
        trespass("rehash")
    }

    async fn begin_import(&self, _: ListDigest, _: Beginning) -> Result<ImportProgress, StoreError> {
        trespass("begin_import")
    }

    async fn import_accounts(&self, _: &ImportBatch<'_>) -> Result<BatchOutcome, StoreError> {
        trespass("import_accounts")
    }

    async fn history(&self, _: &AddressKey, _: u32) -> Result<History, StoreError> {
        trespass("history")
    }

    async fn audit(&self, _: &AuditEntry) -> Result<(), StoreError> {
        trespass("audit")
    }

    async fn expire_links(&self, _: u32) -> Result<u64, StoreError> {
        trespass("expire_links")
    }

    async fn purge(&self, _: u32, _: Duration) -> Result<u64, StoreError> {
        trespass("purge")
    }

    async fn lift_suppression(&self, _: &AddressKey, _: &AuditEntry) -> Result<bool, StoreError> {
        trespass("lift_suppression")
    }

    async fn purge_audit(&self, _: u32, _: Duration) -> Result<u64, StoreError> {
        trespass("purge_audit")
    }

    async fn backlog(&self, _: Duration) -> Result<Backlog, StoreError> {
        trespass("backlog")
    }
}
