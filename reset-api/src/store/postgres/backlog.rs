//! What waits in the database. Both looks follow an index and end at the most that is counted.

use crate::store::StoreError;
use crate::store::backlog::{Backlog, MOST_COUNTED, age, made_at};
use sqlx::{PgPool, Row as _};
use time::Duration;

/// An event that was never published is due within a lease; one that was is due much later, and is passed over.
pub(super) async fn look(pool: &PgPool, offset: i64, lease: Duration) -> Result<Backlog, StoreError> {
    let row = sqlx::query(
        "WITH clock AS MATERIALIZED (SELECT reset_now($1) AS now),
              requests AS MATERIALIZED (
                  SELECT accepted_at FROM reset_requests WHERE state = 'accepted' ORDER BY accepted_at LIMIT $2),
              events AS MATERIALIZED (
                  SELECT event_id FROM outbox WHERE due_at <= (SELECT now FROM clock) + $3 AND publishes = 0
                  ORDER BY due_at LIMIT $2)
         SELECT now, (SELECT count(*) FROM requests) AS requests, (SELECT min(accepted_at) FROM requests) AS oldest_request,
             (SELECT count(*) FROM events) AS events, (SELECT event_id FROM events ORDER BY event_id LIMIT 1) AS oldest_event
         FROM clock",
    )
    .bind(offset)
    .bind(i64::from(MOST_COUNTED))
    .bind(lease)
    .fetch_one(pool)
    .await?;
    let now = row.try_get("now")?;
    let oldest_event: Option<uuid::Uuid> = row.try_get("oldest_event")?;
    Ok(Backlog {
        requests: row.try_get::<i64, _>("requests")?.unsigned_abs(),
        oldest_request: age(now, row.try_get("oldest_request")?),
        events: row.try_get::<i64, _>("events")?.unsigned_abs(),
        oldest_event: age(now, oldest_event.and_then(made_at)),
    })
}
