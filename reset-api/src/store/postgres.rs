//! The store on Postgres: the cluster.
//!
//! Requests and loops use separate pools, so that neither can starve the other. A transaction is begun in a task of
//! its own: a caller that goes away while it begins cannot leave a connection inside one.

use self::pool::Pool;
use super::*;
use common::clock::Clock;
use common::server_url::ServerUrl;
use sqlx::postgres::{PgConnectOptions, PgPool, Postgres};
use std::str::FromStr as _;
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
mod pool;
mod redrive;
mod relay;
mod rows;
mod schema;
mod tokens;

pub(crate) use pool::ANSWER_TIMEOUT;
pub use schema::migrate;

/// How long a statement may run, and wait for a lock, before the server ends it.
const STATEMENT_TIMEOUT: &str = "5s";
const LOCK_TIMEOUT: &str = "3s";
/// How long a transaction may sit idle, should a client ever leave one behind.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "10s";

/// Where the database is and how many connections it may cost.
#[derive(Debug, Clone)]
pub struct PostgresSettings {
    /// `postgres://…`.
    pub url: ServerUrl,
    /// Connections for work that a caller waits for.
    pub request_connections: u32,
    /// Connections for the loops.
    pub loop_connections: u32,
}

/// The store on Postgres.
#[derive(Clone)]
pub struct PostgresStore {
    url: ServerUrl,
    options: PgConnectOptions,
    requests: Pool,
    loops: Pool,
    clock: Arc<dyn Clock>,
}

impl PostgresStore {
    /// Takes the settings. Nothing is connected yet: the server may come up later.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the URL is malformed.
    pub fn new(settings: PostgresSettings, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let options = options(&settings.url)?;
        Ok(Self {
            requests: Pool::new(options.clone(), settings.request_connections),
            loops: Pool::new(options.clone(), settings.loop_connections),
            url: settings.url,
            options,
            clock,
        })
    }

    /// What every statement adds to the server's clock; zero outside tests.
    fn offset(&self) -> i64 {
        i64::try_from(self.clock.offset().whole_microseconds()).unwrap_or(0)
    }
}

fn parse(url: &ServerUrl) -> Result<PgConnectOptions, StoreError> {
    PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| StoreError::Broken("the URL is malformed".into()))
}

fn options(url: &ServerUrl) -> Result<PgConnectOptions, StoreError> {
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

#[async_trait]
impl Store for PostgresStore {
    async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        let now = async |pool: &PgPool| {
            Ok(sqlx::query_scalar("SELECT reset_now($1)").bind(self.offset()).fetch_one(pool).await?)
        };
        self.requests.lend().run(now).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        match self.requests.lend().run(schema::check).await {
            Err(StoreError::Unavailable(_)) => {
                let why = schema::reason(&self.options).await;
                Err(StoreError::Unavailable(format!("postgres at {}: {why}", self.url)))
            }
            checked => checked,
        }
    }

    async fn accept(&self, requests: &[NewRequest]) -> Result<(), StoreError> {
        self.requests.lend().run(|pool| ask::accept(pool, self.offset(), requests)).await
    }

    async fn issue(&self, limit: u32, mint: &dyn MintLink) -> Result<Issued, StoreError> {
        self.loops.lend().run(|pool| issue::issue(pool, self.offset(), limit, mint)).await
    }

    async fn claim_outbox(&self, limit: u32, lease: Duration) -> Result<Vec<ClaimedEvent>, StoreError> {
        self.loops.lend().run(|pool| relay::claim(pool, self.offset(), limit, lease)).await
    }

    async fn mark_published(&self, events: &[ClaimedEvent], silence: Duration) -> Result<(), StoreError> {
        self.loops.lend().run(|pool| relay::mark_published(pool, self.offset(), events, silence)).await
    }

    async fn release_outbox(&self, events: &[ClaimedEvent], delay: Duration) -> Result<(), StoreError> {
        self.loops.lend().run(|pool| relay::release(pool, self.offset(), events, delay)).await
    }

    async fn end_overdue(&self, limit: u32, grace: Duration) -> Result<u64, StoreError> {
        self.loops.lend().run(|pool| relay::end_overdue(pool, self.offset(), limit, grace)).await
    }

    async fn record_reports(
        &self,
        reports: &[DeliveryReport],
        silence: Duration,
    ) -> Result<Learned, StoreError> {
        self.loops.lend().run(|pool| learn::record(pool, self.offset(), reports, silence)).await
    }

    async fn redrive(&self, redrive: &Redrive) -> Result<Redriven, StoreError> {
        self.loops.lend().run(|pool| redrive::redrive(pool, self.offset(), redrive)).await
    }

    async fn find_token(&self, token: &TokenDigest, purpose: Purpose) -> Result<TokenState, StoreError> {
        let find = async |pool: &PgPool| {
            tokens::find(&mut *pool.acquire().await?, self.offset(), token, purpose).await
        };
        self.requests.lend().run(find).await
    }

    async fn note_opened(&self, token: &TokenDigest) -> Result<(), StoreError> {
        // With the loops' connections: nobody waits for it, and nobody is to wait because of it.
        self.loops.lend().run(|pool| tokens::note_opened(pool, self.offset(), token)).await
    }

    async fn complete(&self, completion: &Completion) -> Result<Completed, StoreError> {
        self.requests.lend().run(|pool| complete::complete(pool, self.offset(), completion)).await
    }

    async fn revoke_request(&self, token: &TokenDigest) -> Result<Revoked, StoreError> {
        self.requests.lend().run(|pool| complete::revoke_request(pool, self.offset(), token)).await
    }

    async fn revoke_change(&self, revocation: &ChangeRevocation) -> Result<Revoked, StoreError> {
        self.requests.lend().run(|pool| complete::revoke_change(pool, self.offset(), revocation)).await
    }

    async fn create_account(&self, account: &NewAccount) -> Result<bool, StoreError> {
        self.requests.lend().run(|pool| accounts::create(pool, self.offset(), account)).await
    }

    async fn change_address(
        &self,
        account_id: Uuid,
        address: &EmailAddress,
        address_key: AddressKey,
        key_id: i16,
    ) -> Result<AccountChange, StoreError> {
        let change = accounts::AddressChange { account_id, address, address_key, key_id };
        self.requests.lend().run(|pool| accounts::change_address(pool, self.offset(), &change)).await
    }

    async fn set_disabled(&self, account_id: Uuid, disabled: bool) -> Result<AccountChange, StoreError> {
        self.requests
            .lend()
            .run(|pool| accounts::set_disabled(pool, self.offset(), account_id, disabled))
            .await
    }

    async fn find_credentials(&self, address: &AddressKey) -> Result<Option<Credentials>, StoreError> {
        self.requests.lend().run(|pool| accounts::find_credentials(pool, address)).await
    }

    async fn rehash(
        &self,
        verified: &Credentials,
        stronger: &PasswordHashString,
    ) -> Result<bool, StoreError> {
        self.requests.lend().run(|pool| accounts::rehash(pool, verified, stronger)).await
    }

    async fn begin_import(
        &self,
        list: ListDigest,
        beginning: Beginning,
    ) -> Result<ImportProgress, StoreError> {
        self.loops.lend().run(|pool| import::begin_import(pool, self.offset(), list, beginning)).await
    }

    async fn import_accounts(&self, batch: &ImportBatch<'_>) -> Result<BatchOutcome, StoreError> {
        self.loops.lend().run(|pool| import::import_accounts(pool, self.offset(), batch)).await
    }

    async fn history(&self, address: &AddressKey, limit: u32) -> Result<History, StoreError> {
        self.requests.lend().run(|pool| history::find(pool, self.offset(), address, limit)).await
    }

    async fn lift_suppression(&self, address: &AddressKey, entry: &AuditEntry) -> Result<bool, StoreError> {
        self.requests.lend().run(|pool| learn::lift_suppression(pool, self.offset(), address, entry)).await
    }

    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.requests.lend().run(|pool| audit::add(pool, self.offset(), entry)).await
    }

    async fn expire_links(&self, limit: u32) -> Result<u64, StoreError> {
        self.loops.lend().run(|pool| keep::expire_links(pool, self.offset(), limit)).await
    }

    async fn purge(&self, limit: u32, retention: Duration) -> Result<u64, StoreError> {
        self.loops.lend().run(|pool| keep::purge(pool, self.offset(), limit, retention)).await
    }

    async fn purge_audit(&self, limit: u32, retention: Duration) -> Result<u64, StoreError> {
        self.loops.lend().run(|pool| audit::purge(pool, self.offset(), limit, retention)).await
    }

    async fn backlog(&self, lease: Duration) -> Result<Backlog, StoreError> {
        self.loops.lend().run(|pool| backlog::look(pool, self.offset(), lease)).await
    }
}
