//! The implementations under test: the one place that names them.

use async_trait::async_trait;
use common::clock::{Clock, to_micros};
use common::server_url::{POSTGRES, ServerUrl};
use reset_api::address_key::AddressKey;
use reset_api::store::Store;
use reset_api::store::postgres::{PostgresSettings, PostgresStore, migrate};
use reset_api::store::sqlite::SqliteStore;
use sqlx::{Connection as _, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::folder::Folder;
use tests::postgres::Postgres;
use time::OffsetDateTime;

/// Where a store keeps what it keeps: outlives the store, so that it can be opened again.
#[async_trait]
pub(super) trait StoreUnderTest: Send + Sync {
    /// Opens the store, as a process does at its start.
    async fn open(&self, clock: Arc<dyn Clock>) -> Arc<dyn Store>;

    /// What a crash of everything, at this moment, leaves.
    async fn after_a_crash(&self) -> Box<dyn StoreUnderTest>;

    /// What a query that gives one text a row finds behind the store's back.
    async fn texts(&self, query: &'static str) -> Vec<String>;

    /// Changes the database behind the store's back.
    async fn execute(&self, statement: &'static str);

    /// Suppresses mail to an address, from now on, as the port has no way to.
    async fn suppress(&self, address: AddressKey, now: OffsetDateTime, until: OffsetDateTime);

    /// Panics unless every transaction that writes is over, or soon will be.
    async fn assert_no_transaction_is_open(&self);
}

/// SQLite, in a folder of its own.
pub(super) struct OnSqlite(Folder);

impl OnSqlite {
    pub(super) fn fresh() -> Self {
        Self(Folder::new().unwrap())
    }

    pub(super) fn alone() -> Self {
        Self::fresh()
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    async fn connect(&self) -> SqliteConnection {
        let url = format!("sqlite://{}", self.path().display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("PRAGMA busy_timeout = 10000").execute(&mut connection).await.unwrap();
        connection
    }
}

#[async_trait]
impl StoreUnderTest for OnSqlite {
    async fn open(&self, clock: Arc<dyn Clock>) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&self.path(), clock).await.unwrap())
    }

    async fn after_a_crash(&self) -> Box<dyn StoreUnderTest> {
        // What kill -9 leaves is what the operating system was given: the files as they are, log included. The
        // shared-memory index (-shm) is made anew by the next process, so leaving it out is the harder case.
        let left = Self::fresh();
        for name in ["store.db", "store.db-wal"] {
            copy_if_there(&self.0.path().join(name), &left.0.path().join(name));
        }
        Box::new(left)
    }

    async fn texts(&self, query: &'static str) -> Vec<String> {
        sqlx::query_scalar(query).fetch_all(&mut self.connect().await).await.unwrap()
    }

    async fn execute(&self, statement: &'static str) {
        sqlx::query(statement).execute(&mut self.connect().await).await.unwrap();
    }

    async fn suppress(&self, address: AddressKey, now: OffsetDateTime, until: OffsetDateTime) {
        sqlx::query("INSERT INTO suppressions VALUES (?1, 'bad address', ?2, ?3)")
            .bind(&address.0[..])
            .bind(to_micros(now))
            .bind(to_micros(until))
            .execute(&mut self.connect().await)
            .await
            .unwrap();
    }

    async fn assert_no_transaction_is_open(&self) {
        let mut connection = self.connect().await;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.expect("nobody holds the write lock");
        sqlx::query("ROLLBACK").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

fn copy_if_there(from: &Path, to: &Path) {
    if from.exists() {
        std::fs::copy(from, to).unwrap();
    }
}

/// Postgres: a database of its own.
#[derive(Clone)]
pub(super) struct OnPostgres {
    server: Server,
    url: String,
}

#[derive(Clone)]
enum Server {
    Shared,
    Own(Arc<Postgres>),
}

impl OnPostgres {
    /// On the server that all tests share.
    pub(super) async fn fresh() -> Self {
        let url = fresh_database(Postgres::shared().await.unwrap()).await;
        Self { server: Server::Shared, url }
    }

    /// On a server of its own, which may be crashed.
    pub(super) async fn alone() -> Self {
        let server = Arc::new(Postgres::start().await.unwrap());
        let url = fresh_database(&server).await;
        Self { server: Server::Own(server), url }
    }

    /// The server, if it may be crashed.
    pub(super) fn own_server(&self) -> &Postgres {
        match &self.server {
            Server::Own(server) => server,
            Server::Shared => panic!("the shared server is not to be crashed"),
        }
    }
}

async fn fresh_database(server: &Postgres) -> String {
    server.fresh_database(async |url: &str| Ok(migrate(&url_of(url)).await?)).await.unwrap()
}

pub(super) fn url_of(text: &str) -> ServerUrl {
    ServerUrl::parse(text, POSTGRES).unwrap()
}

#[async_trait]
impl StoreUnderTest for OnPostgres {
    async fn open(&self, clock: Arc<dyn Clock>) -> Arc<dyn Store> {
        let settings =
            PostgresSettings { url: url_of(&self.url), request_connections: 4, loop_connections: 4 };
        Arc::new(PostgresStore::new(settings, clock).unwrap())
    }

    async fn after_a_crash(&self) -> Box<dyn StoreUnderTest> {
        self.own_server().crash_and_restart().await.unwrap();
        Box::new(self.clone())
    }

    async fn texts(&self, query: &'static str) -> Vec<String> {
        let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
        sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
    }

    async fn execute(&self, statement: &'static str) {
        let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }

    async fn suppress(&self, address: AddressKey, now: OffsetDateTime, until: OffsetDateTime) {
        let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
        sqlx::query("INSERT INTO suppressions VALUES ($1, 'bad address', $2, $3)")
            .bind(&address.0[..])
            .bind(now)
            .bind(until)
            .execute(&mut connection)
            .await
            .unwrap();
    }

    async fn assert_no_transaction_is_open(&self) {
        let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        loop {
            let open: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'",
            )
            .fetch_one(&mut connection)
            .await
            .unwrap();
            if open == 0 {
                return;
            }
            assert!(Instant::now() < deadline, "{open} connections are inside a transaction");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
