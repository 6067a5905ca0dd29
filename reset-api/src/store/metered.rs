//! A store that is measured: how long each method takes, by the semantic conventions for databases, and what came of
//! those that the flow goes through. It stands around either implementation, and changes nothing of what that promises.

use super::*;
use crate::metrics::links::{LinkMetrics, TokenEvent};
use common::metrics::database::DatabaseMetrics;
use opentelemetry::metrics::Meter;
use std::sync::Arc;

/// The store port, measured.
pub struct MeteredStore {
    inner: Arc<dyn Store>,
    links: LinkMetrics,
    database: DatabaseMetrics,
}

impl MeteredStore {
    /// Measures what goes through it to a database of this kind (`postgresql`, `sqlite`).
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, system: &'static str, meter: &Meter) -> Self {
        Self { inner, links: LinkMetrics::new(meter), database: DatabaseMetrics::new(meter, system) }
    }

    async fn timed<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.database.timed(operation, work, error_type).await
    }

    fn revoked(&self, revoked: &Revoked, and_issued: u64) {
        if *revoked == Revoked::Done {
            self.links.happened(TokenEvent::Revoked, 1);
            self.links.happened(TokenEvent::Issued, and_issued);
        }
    }
}

fn error_type(error: &StoreError) -> Option<&'static str> {
    Some(match error {
        StoreError::Unavailable(_) => "unavailable",
        StoreError::Conflict => "conflict",
        StoreError::SchemaTooOld { .. } => "schema_too_old",
        StoreError::Mint(_) => "mint",
        StoreError::Broken(_) => "broken",
    })
}

#[async_trait]
impl Store for MeteredStore {
    async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        self.timed("now", self.inner.now()).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.timed("ready", self.inner.ready()).await
    }

    async fn accept(&self, requests: &[NewRequest]) -> Result<(), StoreError> {
        self.timed("accept", self.inner.accept(requests)).await
    }

    async fn issue(&self, limit: u32, mint: &dyn MintLink) -> Result<Issued, StoreError> {
        let done = self.timed("issue", self.inner.issue(limit, mint)).await?;
        self.links.issued(&done);
        self.links.happened(TokenEvent::Issued, done.issued);
        Ok(done)
    }

    async fn claim_outbox(&self, limit: u32, lease: Duration) -> Result<Vec<ClaimedEvent>, StoreError> {
        self.timed("claim_outbox", self.inner.claim_outbox(limit, lease)).await
    }

    async fn mark_published(&self, events: &[ClaimedEvent], silence: Duration) -> Result<(), StoreError> {
        self.timed("mark_published", self.inner.mark_published(events, silence)).await
    }

    async fn release_outbox(&self, events: &[ClaimedEvent], delay: Duration) -> Result<(), StoreError> {
        self.timed("release_outbox", self.inner.release_outbox(events, delay)).await
    }

    async fn end_overdue(&self, limit: u32, grace: Duration) -> Result<u64, StoreError> {
        let ended = self.timed("end_overdue", self.inner.end_overdue(limit, grace)).await?;
        self.links.overdue(ended);
        Ok(ended)
    }

    async fn record_reports(
        &self,
        reports: &[DeliveryReport],
        silence: Duration,
    ) -> Result<Learned, StoreError> {
        let learned = self.timed("record_reports", self.inner.record_reports(reports, silence)).await?;
        for after in &learned.accepted_after {
            self.links.mail_accepted(after.unsigned_abs());
        }
        Ok(learned)
    }

    async fn redrive(&self, redrive: &Redrive) -> Result<Redriven, StoreError> {
        self.timed("redrive", self.inner.redrive(redrive)).await
    }

    async fn find_token(&self, token: &TokenDigest, purpose: Purpose) -> Result<TokenState, StoreError> {
        self.timed("find_token", self.inner.find_token(token, purpose)).await
    }

    async fn note_opened(&self, token: &TokenDigest) -> Result<(), StoreError> {
        self.timed("note_opened", self.inner.note_opened(token)).await
    }

    async fn complete(&self, completion: &Completion) -> Result<Completed, StoreError> {
        let completed = self.timed("complete", self.inner.complete(completion)).await?;
        if let Completed::Done { .. } = completed {
            self.links.happened(TokenEvent::Used, 1);
        }
        Ok(completed)
    }

    async fn revoke_request(&self, token: &TokenDigest) -> Result<Revoked, StoreError> {
        let revoked = self.timed("revoke_request", self.inner.revoke_request(token)).await?;
        self.revoked(&revoked, 0);
        Ok(revoked)
    }

    async fn revoke_change(&self, revocation: &ChangeRevocation) -> Result<Revoked, StoreError> {
        let revoked = self.timed("revoke_change", self.inner.revoke_change(revocation)).await?;
        // It comes with the one new link.
        self.revoked(&revoked, 1);
        Ok(revoked)
    }

    async fn create_account(&self, account: &NewAccount) -> Result<bool, StoreError> {
        self.timed("create_account", self.inner.create_account(account)).await
    }

    async fn change_address(
        &self,
        account_id: Uuid,
        address: &EmailAddress,
        address_key: AddressKey,
        key_id: i16,
    ) -> Result<AccountChange, StoreError> {
        let changing = self.inner.change_address(account_id, address, address_key, key_id);
        self.timed("change_address", changing).await
    }

    async fn set_disabled(&self, account_id: Uuid, disabled: bool) -> Result<AccountChange, StoreError> {
        self.timed("set_disabled", self.inner.set_disabled(account_id, disabled)).await
    }

    async fn find_credentials(&self, address: &AddressKey) -> Result<Option<Credentials>, StoreError> {
        self.timed("find_credentials", self.inner.find_credentials(address)).await
    }

    async fn rehash(
        &self,
        verified: &Credentials,
        stronger: &PasswordHashString,
    ) -> Result<bool, StoreError> {
        self.timed("rehash", self.inner.rehash(verified, stronger)).await
    }

    async fn begin_import(
        &self,
        list: ListDigest,
        beginning: Beginning,
    ) -> Result<ImportProgress, StoreError> {
        self.timed("begin_import", self.inner.begin_import(list, beginning)).await
    }

    async fn import_accounts(&self, batch: &ImportBatch<'_>) -> Result<BatchOutcome, StoreError> {
        self.timed("import_accounts", self.inner.import_accounts(batch)).await
    }

    async fn history(&self, address: &AddressKey, limit: u32) -> Result<History, StoreError> {
        self.timed("history", self.inner.history(address, limit)).await
    }

    async fn lift_suppression(&self, address: &AddressKey, entry: &AuditEntry) -> Result<bool, StoreError> {
        self.timed("lift_suppression", self.inner.lift_suppression(address, entry)).await
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.timed("audit", self.inner.audit(entry)).await
    }

    async fn expire_links(&self, limit: u32) -> Result<u64, StoreError> {
        let expired = self.timed("expire_links", self.inner.expire_links(limit)).await?;
        self.links.happened(TokenEvent::Expired, expired);
        Ok(expired)
    }

    async fn purge(&self, limit: u32, retention: Duration) -> Result<u64, StoreError> {
        self.timed("purge", self.inner.purge(limit, retention)).await
    }

    async fn purge_audit(&self, limit: u32, retention: Duration) -> Result<u64, StoreError> {
        self.timed("purge_audit", self.inner.purge_audit(limit, retention)).await
    }

    async fn backlog(&self, lease: Duration) -> Result<Backlog, StoreError> {
        self.timed("backlog", self.inner.backlog(lease)).await
    }
}
