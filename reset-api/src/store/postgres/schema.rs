//! The schema's version: brought up by `migrate`, asked for before work is taken.

use super::{StoreError, parse};
use common::server_url::ServerUrl;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use sqlx::{ConnectOptions as _, Connection as _};
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// SQLSTATE of a table that is not there: nothing was ever migrated.
const UNDEFINED_TABLE: &str = "42P01";
/// How long connecting for a migration may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a look at an absent server may take.
const LOOK: Duration = Duration::from_secs(1);

/// Brings the schema up to date. Safe to run many times at once: an advisory lock lets one through.
///
/// # Errors
/// [`StoreError`] if the server is away or a migration fails.
pub async fn migrate(url: &ServerUrl) -> Result<(), StoreError> {
    // Without our timeouts: a migration may be long, and whoever waits for its lock must wait as long.
    let options = parse(url)?;
    let mut connection = tokio::time::timeout(CONNECT, options.connect())
        .await
        .map_err(|_| StoreError::Unavailable("it does not answer".into()))??;
    MIGRATIONS.run(&mut connection).await.map_err(migration_failed)?;
    leave(connection).await;
    Ok(())
}

fn migration_failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        error => StoreError::Broken(error.to_string()),
    }
}

/// Whether the schema is one this build can work with: as new as its own, or newer, since each step only adds what
/// an older build does not look at.
pub(super) async fn check(pool: &PgPool) -> Result<(), StoreError> {
    let needed = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let found = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success");
    let found = match found.fetch_one(pool).await {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => 0,
        found => found?,
    };
    if found < needed { Err(StoreError::SchemaTooOld { found, needed }) } else { Ok(()) }
}

/// Why no connection could be had: the pool only says that its time ran out.
pub(super) async fn reason(options: &PgConnectOptions) -> String {
    match tokio::time::timeout(LOOK, options.connect()).await {
        Ok(Ok(connection)) => {
            leave(connection).await;
            "all connections are in use".to_owned()
        }
        Ok(Err(error)) => StoreError::from(error).to_string(),
        Err(_) => "it does not answer".to_owned(),
    }
}

async fn leave(connection: PgConnection) {
    // It was there; whether the farewell arrives changes nothing.
    let _ = tokio::time::timeout(LOOK, connection.close()).await;
}
