//! KEEP: links whose time is over, and requests old enough to be forgotten.

use super::begin;
use crate::store::StoreError;
use crate::store::rows::TIME_OVER;
use sqlx::{PgPool, Row as _};
use time::Duration;
use uuid::Uuid;

pub(super) async fn expire_links(pool: &PgPool, offset: i64, limit: u32) -> Result<u64, StoreError> {
    let mut tx = begin(pool).await?;
    let expired = sqlx::query(
        "WITH over AS MATERIALIZED (
             SELECT digest FROM reset_tokens
             WHERE purpose = 'reset' AND used_at IS NULL AND ended_at IS NULL
                 AND coalesce(expires_at, hard_end) <= reset_now($1)
             ORDER BY coalesce(expires_at, hard_end) LIMIT $2 FOR UPDATE SKIP LOCKED),
         ended AS (
             UPDATE reset_tokens t SET ended_at = reset_now($1), end_reason = $3 FROM over
             WHERE t.digest = over.digest RETURNING t.request_id)
         UPDATE reset_requests r SET state = 'expired', reason = $3, state_at = reset_now($1)
         FROM ended WHERE r.id = ended.request_id AND r.state = 'issued' RETURNING r.id",
    )
    .bind(offset)
    .bind(i64::from(limit))
    .bind(TIME_OVER)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(expired.len() as u64)
}

pub(super) async fn purge(
    pool: &PgPool,
    offset: i64,
    limit: u32,
    retention: Duration,
) -> Result<u64, StoreError> {
    let mut tx = begin(pool).await?;
    let old = sqlx::query(
        "WITH old AS MATERIALIZED (
             SELECT id FROM reset_requests
             WHERE state NOT IN ('accepted', 'issued') AND state_at + $2 < reset_now($1)
             ORDER BY state_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         DELETE FROM reset_requests r USING old WHERE r.id = old.id RETURNING r.id",
    )
    .bind(offset)
    .bind(retention)
    .bind(i64::from(limit))
    .fetch_all(&mut *tx)
    .await?;
    let ids = old.iter().map(|row| row.try_get("id")).collect::<Result<Vec<Uuid>, _>>()?;
    sqlx::query(
        "WITH gone AS (DELETE FROM reset_tokens WHERE request_id = ANY($1) RETURNING event_id)
         DELETE FROM delivery_attempts d USING gone WHERE d.event_id = gone.event_id",
    )
    .bind(&ids)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "DELETE FROM suppressions WHERE address_key IN
             (SELECT address_key FROM suppressions WHERE until <= reset_now($1) LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind(offset)
    .bind(i64::from(limit))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(ids.len() as u64)
}
