//! The audit trail: added to, and purged.

use super::Transaction;
use crate::store::{AuditEntry, StoreError};
use common::clock::to_micros;

/// `false`: it is written down already.
pub(super) async fn add(tx: &mut Transaction, now: i64, entry: &AuditEntry) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO audit (id, at, actor_role, actor_name, network, action, address_key, request_id, detail)
         VALUES (?1, min(coalesce(?10, ?2), ?2), ?3, ?4, ?5, ?6,
             coalesce(?7, (SELECT address_key FROM reset_tokens WHERE event_id = ?11 LIMIT 1)),
             coalesce(?8, (SELECT request_id FROM reset_tokens WHERE event_id = ?11 LIMIT 1)), ?9)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(entry.id)
    .bind(now)
    .bind(&entry.actor.role)
    .bind(&entry.actor.name)
    .bind(&entry.actor.network)
    .bind(entry.action.word())
    .bind(entry.address_key.map(|key| key.0.to_vec()))
    .bind(entry.request_id)
    .bind(&entry.detail)
    .bind(entry.at.map(to_micros))
    .bind(entry.event_id)
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() == 1)
}

pub(super) async fn purge(tx: &mut Transaction, before: i64, limit: u32) -> Result<u64, StoreError> {
    let purged = sqlx::query(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )
    .bind(before)
    .bind(limit)
    .execute(&mut **tx)
    .await?;
    Ok(purged.rows_affected())
}
