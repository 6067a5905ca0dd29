//! What waits in the file.

use super::length;
use crate::store::StoreError;
use crate::store::backlog::{Backlog, MOST_COUNTED, age, made_at};
use common::clock::{from_micros, to_micros};
use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;
use time::{Duration, OffsetDateTime};

/// As on Postgres.
pub(super) async fn look(
    readers: &SqlitePool,
    now: OffsetDateTime,
    lease: Duration,
) -> Result<Backlog, StoreError> {
    let row = sqlx::query(
        "WITH requests AS MATERIALIZED (
                  SELECT accepted_at FROM reset_requests WHERE state = 'accepted' ORDER BY accepted_at LIMIT ?2),
              events AS MATERIALIZED (
                  SELECT event_id FROM outbox WHERE due_at <= ?1 AND publishes = 0 ORDER BY due_at LIMIT ?2)
         SELECT (SELECT count(*) FROM requests) AS requests, (SELECT min(accepted_at) FROM requests) AS oldest_request,
             (SELECT count(*) FROM events) AS events, (SELECT min(event_id) FROM events) AS oldest_event",
    )
    .bind(to_micros(now) + length(lease))
    .bind(MOST_COUNTED)
    .fetch_one(readers)
    .await?;
    let oldest_request: Option<i64> = row.try_get("oldest_request")?;
    let oldest_event: Option<uuid::Uuid> = row.try_get("oldest_event")?;
    Ok(Backlog {
        requests: row.try_get::<i64, _>("requests")?.unsigned_abs(),
        oldest_request: age(now, oldest_request.map(from_micros)),
        events: row.try_get::<i64, _>("events")?.unsigned_abs(),
        oldest_event: age(now, oldest_event.and_then(made_at)),
    })
}
