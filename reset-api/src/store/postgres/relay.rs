//! RELAY: the outbox under fenced leases.

use super::{begin, rows};
use crate::store::rows::{EXPIRED_BEFORE_DELIVERY, MAIL_FAILED, MAIL_KINDS, MOST_DOUBLINGS};
use crate::store::{ClaimedEvent, StoreError};
use sqlx::{PgPool, Row as _};
use time::Duration;
use uuid::Uuid;

pub(super) async fn claim(
    pool: &PgPool,
    offset: i64,
    limit: u32,
    lease: Duration,
) -> Result<Vec<ClaimedEvent>, StoreError> {
    let claimed = sqlx::query(
        "WITH clock AS MATERIALIZED (SELECT reset_now($1) AS now),
              due AS MATERIALIZED (
                  SELECT event_id, due_at FROM outbox, clock WHERE due_at <= clock.now AND deliver_by > clock.now
                  ORDER BY due_at LIMIT $2 FOR UPDATE OF outbox SKIP LOCKED),
              claimed AS (
                  UPDATE outbox o SET due_at = clock.now + $3, fence = o.fence + 1
                  FROM due, clock WHERE o.event_id = due.event_id
                  RETURNING o.event_id, o.kind, o.body, o.traceparent, o.deliver_by, o.fence, o.publishes,
                      due.due_at AS was_due)
         SELECT * FROM claimed ORDER BY was_due, event_id",
    )
    .bind(offset)
    .bind(i64::from(limit))
    .bind(lease)
    .fetch_all(pool)
    .await?;
    Ok(claimed.iter().filter_map(rows::claimed).collect())
}

pub(super) async fn mark_published(
    pool: &PgPool,
    offset: i64,
    events: &[ClaimedEvent],
    silence: Duration,
) -> Result<(), StoreError> {
    let (mails, others): (Vec<_>, Vec<_>) =
        events.iter().partition(|one| MAIL_KINDS.contains(&i32::from(one.event.kind)));
    let mut tx = begin(pool).await?;
    if !others.is_empty() {
        sqlx::query(
            "DELETE FROM outbox o USING unnest($1::uuid[], $2::bigint[]) AS d (id, fence)
             WHERE o.event_id = d.id AND o.fence = d.fence",
        )
        .bind(ids(&others))
        .bind(fences(&others))
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "UPDATE outbox o SET due_at = reset_now($1) + $2 * power(2, least(o.publishes, $3)), publishes = o.publishes + 1
         FROM unnest($4::uuid[], $5::bigint[]) AS d (id, fence) WHERE o.event_id = d.id AND o.fence = d.fence",
    )
    .bind(offset)
    .bind(silence)
    .bind(MOST_DOUBLINGS)
    .bind(ids(&mails))
    .bind(fences(&mails))
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn release(
    pool: &PgPool,
    offset: i64,
    events: &[ClaimedEvent],
    delay: Duration,
) -> Result<(), StoreError> {
    let events: Vec<_> = events.iter().collect();
    sqlx::query(
        "UPDATE outbox o SET due_at = reset_now($1) + $2
         FROM unnest($3::uuid[], $4::bigint[]) AS d (id, fence) WHERE o.event_id = d.id AND o.fence = d.fence",
    )
    .bind(offset)
    .bind(delay)
    .bind(ids(&events))
    .bind(fences(&events))
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn end_overdue(
    pool: &PgPool,
    offset: i64,
    limit: u32,
    grace: Duration,
) -> Result<u64, StoreError> {
    let mut tx = begin(pool).await?;
    let ended = sqlx::query(
        "WITH overdue AS MATERIALIZED (
             SELECT event_id FROM outbox WHERE deliver_by + $2 < reset_now($1)
             ORDER BY deliver_by LIMIT $3 FOR UPDATE SKIP LOCKED)
         DELETE FROM outbox o USING overdue WHERE o.event_id = overdue.event_id RETURNING o.event_id",
    )
    .bind(offset)
    .bind(grace)
    .bind(i64::from(limit))
    .fetch_all(&mut *tx)
    .await?;
    let events = ended.iter().map(|row| row.try_get("event_id")).collect::<Result<Vec<Uuid>, _>>()?;
    // A mail that may have arrived has started its link's clock: such a link keeps its time.
    sqlx::query(
        "WITH ended AS (
             UPDATE reset_tokens SET ended_at = reset_now($1), end_reason = $2
             WHERE event_id = ANY($3) AND expires_at IS NULL AND used_at IS NULL AND ended_at IS NULL
             RETURNING request_id, purpose)
         UPDATE reset_requests r SET state = 'expired', reason = $4, state_at = reset_now($1)
         FROM ended WHERE ended.purpose = 'reset' AND r.id = ended.request_id AND r.state = 'issued'",
    )
    .bind(offset)
    .bind(MAIL_FAILED)
    .bind(&events)
    .bind(EXPIRED_BEFORE_DELIVERY)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(events.len() as u64)
}

fn ids(events: &[&ClaimedEvent]) -> Vec<Uuid> {
    events.iter().map(|one| one.event.event_id).collect()
}

fn fences(events: &[&ClaimedEvent]) -> Vec<i64> {
    events.iter().map(|one| one.fence).collect()
}
