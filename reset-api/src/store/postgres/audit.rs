//! The audit trail: added to, and purged.

use crate::store::{AuditEntry, StoreError};
use sqlx::{PgExecutor, PgPool};
use time::Duration;

pub(super) async fn add(pool: &PgPool, offset: i64, entry: &AuditEntry) -> Result<(), StoreError> {
    write(pool, offset, entry).await?;
    Ok(())
}

/// `false`: it is written down already.
pub(super) async fn write(
    db: impl PgExecutor<'_>,
    offset: i64,
    entry: &AuditEntry,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO audit (id, at, actor_role, actor_name, network, action, address_key, request_id, detail)
         VALUES ($1, least($10, reset_now($2)), $3, $4, $5, $6,
             coalesce($7, (SELECT address_key FROM reset_tokens WHERE event_id = $11 LIMIT 1)),
             coalesce($8, (SELECT request_id FROM reset_tokens WHERE event_id = $11 LIMIT 1)), $9)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(entry.id)
    .bind(offset)
    .bind(&entry.actor.role)
    .bind(&entry.actor.name)
    .bind(&entry.actor.network)
    .bind(entry.action.word())
    .bind(entry.address_key.map(|key| key.0.to_vec()))
    .bind(entry.request_id)
    .bind(&entry.detail)
    .bind(entry.at)
    .bind(entry.event_id)
    .execute(db)
    .await?;
    Ok(written.rows_affected() == 1)
}

pub(super) async fn purge(
    pool: &PgPool,
    offset: i64,
    limit: u32,
    retention: Duration,
) -> Result<u64, StoreError> {
    let purged = sqlx::query(
        "DELETE FROM audit WHERE id IN
             (SELECT id FROM audit WHERE at < reset_now($1) - $2 ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED)",
    )
    .bind(offset)
    .bind(retention)
    .bind(i64::from(limit))
    .execute(pool)
    .await?;
    Ok(purged.rows_affected())
}
