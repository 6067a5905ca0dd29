//! RELAY: the outbox under fenced leases.

use super::{Transaction, length, rows};
use crate::store::rows::{EXPIRED_BEFORE_DELIVERY, MAIL_KINDS, MOST_DOUBLINGS};
use crate::store::{ClaimedEvent, StoreError};
use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;
use time::Duration;
use uuid::Uuid;

pub(super) async fn claim(
    tx: &mut Transaction,
    now: i64,
    limit: u32,
    lease: Duration,
) -> Result<Vec<ClaimedEvent>, StoreError> {
    let due = sqlx::query(
        "SELECT event_id, kind, body, traceparent, deliver_by, fence + 1 AS fence, publishes FROM outbox
         WHERE due_at <= ?1 AND deliver_by > ?1 ORDER BY due_at, event_id LIMIT ?2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    // Also of a row that cannot be read, or it would take a place in every claim.
    sqlx::query(
        "UPDATE outbox SET due_at = ?3, fence = fence + 1 WHERE event_id IN
             (SELECT event_id FROM outbox WHERE due_at <= ?1 AND deliver_by > ?1 ORDER BY due_at, event_id LIMIT ?2)",
    )
    .bind(now)
    .bind(limit)
    .bind(now + length(lease))
    .execute(&mut **tx)
    .await?;
    Ok(due.iter().filter_map(rows::claimed).collect())
}

/// Frees what a dead process had leased. Rows published before wait for a report, and keep their time.
pub(super) async fn free_leases(writer: &SqlitePool, now: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE outbox SET due_at = ?1 WHERE publishes = 0 AND fence > 0 AND due_at > ?1")
        .bind(now)
        .execute(writer)
        .await?;
    Ok(())
}

pub(super) async fn mark_published(
    tx: &mut Transaction,
    now: i64,
    events: &[ClaimedEvent],
    silence: Duration,
) -> Result<(), StoreError> {
    for one in events {
        if MAIL_KINDS.contains(&i32::from(one.event.kind)) {
            mark_mail(tx, now, one, silence).await?;
        } else {
            sqlx::query("DELETE FROM outbox WHERE event_id = ?1 AND fence = ?2")
                .bind(one.event.event_id)
                .bind(one.fence)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

async fn mark_mail(
    tx: &mut Transaction,
    now: i64,
    one: &ClaimedEvent,
    silence: Duration,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET due_at = ?3 + (?4 << min(publishes, ?5)), publishes = publishes + 1
         WHERE event_id = ?1 AND fence = ?2",
    )
    .bind(one.event.event_id)
    .bind(one.fence)
    .bind(now)
    .bind(length(silence))
    .bind(MOST_DOUBLINGS)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn release(
    tx: &mut Transaction,
    now: i64,
    events: &[ClaimedEvent],
    delay: Duration,
) -> Result<(), StoreError> {
    for one in events {
        sqlx::query("UPDATE outbox SET due_at = ?3 WHERE event_id = ?1 AND fence = ?2")
            .bind(one.event.event_id)
            .bind(one.fence)
            .bind(now + length(delay))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn end_overdue(
    tx: &mut Transaction,
    now: i64,
    limit: u32,
    grace: Duration,
) -> Result<u64, StoreError> {
    let ended = sqlx::query(
        "DELETE FROM outbox WHERE event_id IN
             (SELECT event_id FROM outbox WHERE deliver_by + ?2 < ?1 ORDER BY deliver_by LIMIT ?3) RETURNING event_id",
    )
    .bind(now)
    .bind(length(grace))
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    for row in &ended {
        let event_id: Uuid = row.try_get("event_id")?;
        super::learn::end_link(tx, event_id, now, "expired", EXPIRED_BEFORE_DELIVERY).await?;
    }
    Ok(ended.len() as u64)
}
