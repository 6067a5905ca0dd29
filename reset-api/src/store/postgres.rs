//! The store on Postgres: the cluster.
//!
//! Requests and loops use separate pools, so that neither can starve the other. A transaction is begun in a task of
//! its own: a caller that goes away while it begins cannot leave a connection inside one.

use super::*;
use common::clock::Clock;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use std::str::FromStr as _;
use std::sync::Arc;

mod accounts;
mod ask;
mod complete;
mod import;
mod issue;
mod keep;
mod learn;
mod relay;
mod rows;
mod tokens;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement may run, and wait for a lock, before the server ends it.
const STATEMENT_TIMEOUT: &str = "5s";
const LOCK_TIMEOUT: &str = "3s";
/// How long a transaction may sit idle, should a client ever leave one behind.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "10s";
/// How long to wait for a connection: longer means the caller has given up anyway.
const ACQUIRE_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(2);
/// How often a transaction is tried that lost a deadlock.
const TRIES: u32 = 4;

/// Where the database is and how many connections it may cost.
#[derive(Debug, Clone)]
pub struct PostgresSettings {
    /// `postgres://…`; holds a password, so it is never printed.
    pub url: String,
    /// Connections for work that a caller waits for.
    pub request_connections: u32,
    /// Connections for the loops.
    pub loop_connections: u32,
}

/// The store on Postgres.
#[derive(Clone)]
pub struct PostgresStore {
    requests: PgPool,
    loops: PgPool,
    clock: Arc<dyn Clock>,
}

/// Brings the schema up to date. Safe to run many times at once: an advisory lock lets one through.
///
/// # Errors
/// [`StoreError`] if the server is away or a migration fails.
pub async fn migrate(url: &str) -> Result<(), StoreError> {
    // Without our timeouts: a migration may be long, and whoever waits for its lock must wait as long.
    let pool = PgPoolOptions::new().max_connections(1).connect_with(parse(url)?).await?;
    MIGRATIONS.run(&pool).await.map_err(|error| StoreError::Broken(error.to_string()))?;
    pool.close().await;
    Ok(())
}

impl PostgresStore {
    /// Connects both pools.
    ///
    /// # Errors
    /// [`StoreError`] if the URL is malformed or the server is away.
    pub async fn connect(settings: PostgresSettings, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let options = options(&settings.url)?;
        let pool = |size| PgPoolOptions::new().max_connections(size).acquire_timeout(ACQUIRE_TIMEOUT);
        let requests = pool(settings.request_connections).connect_with(options.clone()).await?;
        let loops = pool(settings.loop_connections).connect_with(options).await?;
        Ok(Self { requests, loops, clock })
    }

    /// What every statement adds to the server's clock; zero outside tests.
    fn offset(&self) -> i64 {
        i64::try_from(self.clock.offset().whole_microseconds()).unwrap_or(0)
    }
}

fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
    PgConnectOptions::from_str(url).map_err(|_| StoreError::Broken("the URL is malformed".into()))
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    Ok(parse(url)?.application_name("reset-api").options([
        ("statement_timeout", STATEMENT_TIMEOUT),
        ("lock_timeout", LOCK_TIMEOUT),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
    ]))
}

type Transaction = sqlx::Transaction<'static, Postgres>;

/// Begins a transaction in a task that outlives a caller who goes away: dropping `Pool::begin` half-way would
/// leave it open in the pool (transact-rs/sqlx #4393).
async fn begin(pool: &PgPool) -> Result<Transaction, StoreError> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin().await });
    Ok(begun.await.map_err(|error| StoreError::Unavailable(error.to_string()))??)
}

/// Runs a transaction again when the server ended it to break a deadlock.
async fn retrying<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut tries = 1;
    loop {
        match attempt().await {
            Err(StoreError::Conflict) if tries < TRIES => tries += 1,
            Err(StoreError::Conflict) => {
                return Err(StoreError::Unavailable("deadlocked again and again".into()));
            }
            done => return done,
        }
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        Ok(sqlx::query_scalar("SELECT reset_now($1)").bind(self.offset()).fetch_one(&self.requests).await?)
    }

    async fn accept(&self, requests: &[NewRequest]) -> Result<(), StoreError> {
        retrying(|| ask::accept(&self.requests, self.offset(), requests)).await
    }

    async fn issue(&self, limit: u32, mint: &dyn MintLink) -> Result<Issued, StoreError> {
        retrying(|| issue::issue(&self.loops, self.offset(), limit, mint)).await
    }

    async fn claim_outbox(&self, limit: u32, lease: Duration) -> Result<Vec<ClaimedEvent>, StoreError> {
        retrying(|| relay::claim(&self.loops, self.offset(), limit, lease)).await
    }

    async fn mark_published(&self, events: &[ClaimedEvent], silence: Duration) -> Result<(), StoreError> {
        retrying(|| relay::mark_published(&self.loops, self.offset(), events, silence)).await
    }

    async fn release_outbox(&self, events: &[ClaimedEvent], delay: Duration) -> Result<(), StoreError> {
        retrying(|| relay::release(&self.loops, self.offset(), events, delay)).await
    }

    async fn end_overdue(&self, limit: u32, grace: Duration) -> Result<u64, StoreError> {
        retrying(|| relay::end_overdue(&self.loops, self.offset(), limit, grace)).await
    }

    async fn record_reports(&self, reports: &[DeliveryReport], silence: Duration) -> Result<(), StoreError> {
        retrying(|| learn::record(&self.loops, self.offset(), reports, silence)).await
    }

    async fn find_token(&self, token: &TokenDigest, purpose: Purpose) -> Result<TokenState, StoreError> {
        let mut connection = self.requests.acquire().await?;
        tokens::find(&mut connection, self.offset(), token, purpose).await
    }

    async fn complete(&self, completion: &Completion) -> Result<Completed, StoreError> {
        retrying(|| complete::complete(&self.requests, self.offset(), completion)).await
    }

    async fn revoke_request(&self, token: &TokenDigest) -> Result<Revoked, StoreError> {
        retrying(|| complete::revoke_request(&self.requests, self.offset(), token)).await
    }

    async fn revoke_change(&self, revocation: &ChangeRevocation) -> Result<Revoked, StoreError> {
        retrying(|| complete::revoke_change(&self.requests, self.offset(), revocation)).await
    }

    async fn create_account(&self, account: &NewAccount) -> Result<bool, StoreError> {
        accounts::create(&self.requests, self.offset(), account).await
    }

    async fn change_address(
        &self,
        account_id: Uuid,
        address: &EmailAddress,
        address_key: AddressKey,
        key_id: i16,
    ) -> Result<AccountChange, StoreError> {
        let change = accounts::AddressChange { account_id, address, address_key, key_id };
        retrying(|| accounts::change_address(&self.requests, self.offset(), &change)).await
    }

    async fn set_disabled(&self, account_id: Uuid, disabled: bool) -> Result<AccountChange, StoreError> {
        retrying(|| accounts::set_disabled(&self.requests, self.offset(), account_id, disabled)).await
    }

    async fn find_credentials(&self, address: &AddressKey) -> Result<Option<Credentials>, StoreError> {
        accounts::find_credentials(&self.requests, address).await
    }

    async fn rehash(
        &self,
        verified: &Credentials,
        stronger: &PasswordHashString,
    ) -> Result<bool, StoreError> {
        accounts::rehash(&self.requests, verified, stronger).await
    }

    async fn begin_import(
        &self,
        list: ListDigest,
        beginning: Beginning,
    ) -> Result<ImportProgress, StoreError> {
        retrying(|| import::begin_import(&self.loops, self.offset(), list, beginning)).await
    }

    async fn import_accounts(&self, batch: &ImportBatch<'_>) -> Result<BatchOutcome, StoreError> {
        retrying(|| import::import_accounts(&self.loops, self.offset(), batch)).await
    }

    async fn expire_links(&self, limit: u32) -> Result<u64, StoreError> {
        retrying(|| keep::expire_links(&self.loops, self.offset(), limit)).await
    }

    async fn purge(&self, limit: u32, retention: Duration) -> Result<u64, StoreError> {
        retrying(|| keep::purge(&self.loops, self.offset(), limit, retention)).await
    }
}
