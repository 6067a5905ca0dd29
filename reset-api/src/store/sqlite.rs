//! The store on SQLite: the standalone.
//!
//! One process owns the file. Writes go through one connection, each transaction begun as a writer, so none fails half-way
//! on a lock; reads have their own. `synchronous=FULL`: what was committed survives a power cut. Times are microseconds
//! since 1970 by the process's clock, which here is the server's.

use super::learned::Acceptances;
use super::*;
use common::clock::{Clock, to_micros};
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::sync::Arc;

mod accounts;
mod ask;
mod audit;
mod backlog;
mod complete;
mod history;
mod import;
mod issue;
mod keep;
mod learn;
mod redrive;
mod relay;
mod rows;
mod tokens;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a statement waits for another process that looks into the file.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
/// How many connections read at once.
const READERS: u32 = 4;

/// As a writer, so that no transaction fails half-way on a lock.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// The store on SQLite.
#[derive(Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
}

type Transaction = sqlx::Transaction<'static, Sqlite>;

impl SqliteStore {
    /// Opens the file, making it and its tables where they are missing. Events that the last process had leased and not
    /// marked as published are due at once: nobody else can hold them.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be opened or is not ours.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&writer).await.map_err(|error| StoreError::Broken(error.to_string()))?;
        relay::free_leases(&writer, to_micros(clock.now())).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
        Ok(Self { writer, readers, clock })
    }

    /// Closes the file: everything is in it, and no side file is needed to read it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    fn micros(&self) -> i64 {
        to_micros(self.clock.now())
    }

    /// Begins as a writer, in a task that outlives a caller who goes away.
    async fn begin(&self) -> Result<Transaction, StoreError> {
        let writer = self.writer.clone();
        let begun = tokio::spawn(async move {
            match writer.begin_with(BEGIN).await {
                // SQLite ended the transaction before by itself, as it does when the disk is full; sqlx still counts it,
                // and no transaction could ever begin on this connection again.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    writer.acquire().await?.close().await?;
                    writer.begin_with(BEGIN).await
                }
                begun => begun,
            }
        });
        Ok(begun.await.map_err(|error| StoreError::Unavailable(error.to_string()))??)
    }
}

/// A length of time as it is stored.
fn length(of: Duration) -> i64 {
    i64::try_from(of.whole_microseconds()).unwrap_or(i64::MAX)
}

#[async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        Ok(self.clock.now())
    }

    /// Opening the file has migrated it.
    async fn ready(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    async fn accept(&self, requests: &[NewRequest]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        ask::accept(&mut tx, self.micros(), requests).await?;
        Ok(tx.commit().await?)
    }

    async fn issue(&self, limit: u32, mint: &dyn MintLink) -> Result<Issued, StoreError> {
        let mut tx = self.begin().await?;
        let issued = issue::issue(&mut tx, self.clock.now(), limit, mint).await?;
        tx.commit().await?;
        Ok(issued)
    }

    async fn claim_outbox(&self, limit: u32, lease: Duration) -> Result<Vec<ClaimedEvent>, StoreError> {
        let mut tx = self.begin().await?;
        let claimed = relay::claim(&mut tx, self.micros(), limit, lease).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn mark_published(&self, events: &[ClaimedEvent], silence: Duration) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        relay::mark_published(&mut tx, self.micros(), events, silence).await?;
        Ok(tx.commit().await?)
    }

    async fn release_outbox(&self, events: &[ClaimedEvent], delay: Duration) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        relay::release(&mut tx, self.micros(), events, delay).await?;
        Ok(tx.commit().await?)
    }

    async fn end_overdue(&self, limit: u32, grace: Duration) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let ended = relay::end_overdue(&mut tx, self.micros(), limit, grace).await?;
        tx.commit().await?;
        Ok(ended)
    }

    async fn record_reports(
        &self,
        reports: &[DeliveryReport],
        silence: Duration,
    ) -> Result<Learned, StoreError> {
        let mut tx = self.begin().await?;
        let mut acceptances = Acceptances::default();
        for report in reports {
            if learn::record(&mut tx, self.micros(), report, silence).await? {
                acceptances.note(report);
            }
        }
        learn::end_suppressions(&mut tx, &acceptances).await?;
        let accepted_after = learn::accepted_after(&mut tx, &acceptances).await?;
        tx.commit().await?;
        Ok(Learned { accepted_after })
    }

    async fn redrive(&self, redrive: &Redrive) -> Result<Redriven, StoreError> {
        let mut tx = self.begin().await?;
        let redriven = redrive::redrive(&mut tx, self.clock.now(), redrive).await?;
        tx.commit().await?;
        Ok(redriven)
    }

    async fn find_token(&self, token: &TokenDigest, purpose: Purpose) -> Result<TokenState, StoreError> {
        let mut connection = self.readers.acquire().await?;
        tokens::find(&mut connection, self.clock.now(), token, purpose).await
    }

    async fn note_opened(&self, token: &TokenDigest) -> Result<(), StoreError> {
        tokens::note_opened(&self.writer, self.micros(), token).await
    }

    async fn complete(&self, completion: &Completion) -> Result<Completed, StoreError> {
        let mut tx = self.begin().await?;
        let completed = complete::complete(&mut tx, self.clock.now(), completion).await?;
        tx.commit().await?;
        Ok(completed)
    }

    async fn revoke_request(&self, token: &TokenDigest) -> Result<Revoked, StoreError> {
        let mut tx = self.begin().await?;
        let revoked = complete::revoke_request(&mut tx, self.clock.now(), token).await?;
        tx.commit().await?;
        Ok(revoked)
    }

    async fn revoke_change(&self, revocation: &ChangeRevocation) -> Result<Revoked, StoreError> {
        let mut tx = self.begin().await?;
        let revoked = complete::revoke_change(&mut tx, self.clock.now(), revocation).await?;
        tx.commit().await?;
        Ok(revoked)
    }

    async fn create_account(&self, account: &NewAccount) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let created = accounts::create(&mut tx, self.micros(), account).await?;
        tx.commit().await?;
        Ok(created)
    }

    async fn change_address(
        &self,
        account_id: Uuid,
        address: &EmailAddress,
        address_key: AddressKey,
        key_id: i16,
    ) -> Result<AccountChange, StoreError> {
        let mut tx = self.begin().await?;
        let change = accounts::AddressChange { account_id, address, address_key, key_id };
        let changed = accounts::change_address(&mut tx, self.micros(), &change).await?;
        tx.commit().await?;
        Ok(changed)
    }

    async fn set_disabled(&self, account_id: Uuid, disabled: bool) -> Result<AccountChange, StoreError> {
        let mut tx = self.begin().await?;
        let changed = accounts::set_disabled(&mut tx, self.micros(), account_id, disabled).await?;
        tx.commit().await?;
        Ok(changed)
    }

    async fn find_credentials(&self, address: &AddressKey) -> Result<Option<Credentials>, StoreError> {
        accounts::find_credentials(&self.readers, address).await
    }

    async fn rehash(
        &self,
        verified: &Credentials,
        stronger: &PasswordHashString,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let replaced = accounts::rehash(&mut tx, verified, stronger).await?;
        tx.commit().await?;
        Ok(replaced)
    }

    async fn begin_import(
        &self,
        list: ListDigest,
        beginning: Beginning,
    ) -> Result<ImportProgress, StoreError> {
        let mut tx = self.begin().await?;
        let progress = import::begin_import(&mut tx, self.micros(), list, beginning).await?;
        tx.commit().await?;
        Ok(progress)
    }

    async fn import_accounts(&self, batch: &ImportBatch<'_>) -> Result<BatchOutcome, StoreError> {
        let mut tx = self.begin().await?;
        let outcome = import::import_accounts(&mut tx, self.micros(), batch).await?;
        if let BatchOutcome::Written(_) = outcome {
            tx.commit().await?;
        }
        Ok(outcome)
    }

    async fn history(&self, address: &AddressKey, limit: u32) -> Result<History, StoreError> {
        history::find(&self.readers, self.clock.now(), address, limit).await
    }

    async fn lift_suppression(&self, address: &AddressKey, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let was_there = learn::lift_suppression(&mut tx, self.micros(), address).await?;
        audit::add(&mut tx, self.micros(), entry).await?;
        tx.commit().await?;
        Ok(was_there)
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        audit::add(&mut tx, self.micros(), entry).await?;
        Ok(tx.commit().await?)
    }

    async fn expire_links(&self, limit: u32) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let expired = keep::expire_links(&mut tx, self.micros(), limit).await?;
        tx.commit().await?;
        Ok(expired)
    }

    async fn purge(&self, limit: u32, retention: Duration) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let purged = keep::purge(&mut tx, self.micros(), length(retention), limit).await?;
        tx.commit().await?;
        Ok(purged)
    }

    async fn purge_audit(&self, limit: u32, retention: Duration) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let purged = audit::purge(&mut tx, self.micros() - length(retention), limit).await?;
        tx.commit().await?;
        Ok(purged)
    }

    async fn backlog(&self, lease: Duration) -> Result<Backlog, StoreError> {
        backlog::look(&self.readers, self.clock.now(), lease).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Step;
    use common::clock::SystemClock;

    fn requests(first: u128, many: u128) -> Vec<NewRequest> {
        let one = |id| NewRequest {
            id: Uuid::from_u128(id),
            address_key: AddressKey([1; 32]),
            key_id: 1,
            app_id: "tapo".into(),
            locale: None,
            gateway: "test".into(),
            network: None,
            agent: Agent::default(),
            step: Step::FIRST,
            traceparent: String::new(),
        };
        (first..first + many).map(one).collect()
    }

    #[tokio::test]
    async fn a_full_disk_is_over_when_there_is_room_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("store.db"), Arc::new(SystemClock)).await.unwrap();
        let limit = |pages: &str| format!("PRAGMA max_page_count = {pages}");
        sqlx::query(sqlx::AssertSqlSafe(limit("1"))).execute(&store.writer).await.unwrap();
        let full = store.accept(&requests(1, 2_000)).await;
        assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
        // Ends the limit if the connection is still the same one.
        sqlx::query(sqlx::AssertSqlSafe(limit("1000000"))).execute(&store.writer).await.unwrap();
        store.accept(&requests(1, 1)).await.unwrap();
    }
}
