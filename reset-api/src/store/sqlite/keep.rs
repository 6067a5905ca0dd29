//! KEEP: links whose time is over, and requests old enough to be forgotten.

use super::Transaction;
use crate::store::StoreError;
use crate::store::rows::TIME_OVER;
use sqlx::Row as _;
use uuid::Uuid;

pub(super) async fn expire_links(tx: &mut Transaction, now: i64, limit: u32) -> Result<u64, StoreError> {
    let over = sqlx::query(
        "UPDATE reset_tokens SET ended_at = ?1, end_reason = ?3 WHERE digest IN
             (SELECT digest FROM reset_tokens
              WHERE purpose = 'reset' AND used_at IS NULL AND ended_at IS NULL AND coalesce(expires_at, hard_end) <= ?1
              ORDER BY coalesce(expires_at, hard_end) LIMIT ?2) RETURNING request_id",
    )
    .bind(now)
    .bind(limit)
    .bind(TIME_OVER)
    .fetch_all(&mut **tx)
    .await?;
    let mut expired = 0;
    for row in &over {
        let done = sqlx::query(
            "UPDATE reset_requests SET state = 'expired', reason = ?3, state_at = ?2 WHERE id = ?1 AND state = 'issued'",
        )
        .bind(row.try_get::<Uuid, _>("request_id")?)
        .bind(now)
        .bind(TIME_OVER)
        .execute(&mut **tx)
        .await?;
        expired += done.rows_affected();
    }
    Ok(expired)
}

pub(super) async fn purge(
    tx: &mut Transaction,
    now: i64,
    retention: i64,
    limit: u32,
) -> Result<u64, StoreError> {
    let old = sqlx::query(
        "DELETE FROM reset_requests WHERE id IN
             (SELECT id FROM reset_requests WHERE state NOT IN ('accepted', 'issued') AND state_at < ?1
              ORDER BY state_at LIMIT ?2) RETURNING id",
    )
    .bind(now - retention)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    for row in &old {
        let id: Uuid = row.try_get("id")?;
        sqlx::query(
            "DELETE FROM delivery_attempts WHERE event_id IN (SELECT event_id FROM reset_tokens WHERE request_id = ?1)",
        )
        .bind(id)
        .execute(&mut **tx)
        .await?;
        sqlx::query("DELETE FROM reset_tokens WHERE request_id = ?1").bind(id).execute(&mut **tx).await?;
    }
    sqlx::query(
        "DELETE FROM suppressions WHERE address_key IN
             (SELECT address_key FROM suppressions WHERE until <= ?1 LIMIT ?2)",
    )
    .bind(now)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(old.len() as u64)
}
