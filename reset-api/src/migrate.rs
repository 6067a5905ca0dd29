//! `reset-api migrate`: waits for the database, and brings its schema up to date.

use crate::store::StoreError;
use crate::store::postgres;
use common::backoff::Backoff;
use common::entropy::Entropy;
use common::server_url::ServerUrl;
use std::time::Duration;

/// How long to wait before an absent database is asked again.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(200), ceiling: Duration::from_secs(10) };

/// Migrates. An absent server is waited for, however long it takes: servers may be started in any order.
///
/// # Errors
/// If a migration fails.
pub(crate) async fn migrate(url: &ServerUrl, entropy: &dyn Entropy) -> anyhow::Result<()> {
    let mut failures = 0;
    loop {
        match postgres::migrate(url).await {
            Err(StoreError::Unavailable(reason)) => {
                failures += 1;
                let again_in = BACKOFF.wait(failures, entropy);
                tracing::warn!(server = %url, reason, ?again_in, "postgres is away");
                tokio::time::sleep(again_in).await;
            }
            migrated => {
                migrated?;
                tracing::info!(server = %url, "the schema is up to date");
                return Ok(());
            }
        }
    }
}
