//! The audit trail: added to, and purged.

use super::Transaction;
use crate::store::{AuditEntry, StoreError};

pub(super) async fn add(tx: &mut Transaction, now: i64, entry: &AuditEntry) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (id, at, actor_role, actor_name, network, action, address_key, request_id, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
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
    .execute(&mut **tx)
    .await?;
    Ok(())
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
