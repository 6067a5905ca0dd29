//! A mail from the dead letters begins its next life, or it does not, and the audit trail says which.

use super::{Transaction, audit, begin};
use crate::store::redrive::{Carried, Redrive, Redriven};
use crate::store::rows::{MAIL_FAILED, purpose_name};
use crate::store::{OutboxEvent, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row as _};
use time::OffsetDateTime;

pub(super) async fn redrive(pool: &PgPool, offset: i64, redrive: &Redrive) -> Result<Redriven, StoreError> {
    let mut tx = begin(pool).await?;
    lock(&mut tx, &redrive.event).await?;
    let now: OffsetDateTime =
        sqlx::query_scalar("SELECT reset_now($1)").bind(offset).fetch_one(&mut *tx).await?;
    let judged = redrive.judge(carried(&mut tx, redrive).await?, now);
    if !audit::write(&mut *tx, offset, &redrive.told(judged.as_ref().err().copied())).await? {
        return Ok(Redriven::ToldBefore);
    }
    let redriven = match judged {
        Ok(carried) => {
            revive_link(&mut tx, redrive, now).await?;
            write_event(&mut tx, redrive, &carried, now).await?;
            Redriven::Due
        }
        Err(why) => Redriven::NotSent(why),
    };
    tx.commit().await?;
    Ok(redriven)
}

/// The account first, as whoever uses or ends a link does, so that its conditions hold until the commit; then the event and
/// the link, in the order of whoever records a report.
async fn lock(tx: &mut Transaction, event: &OutboxEvent) -> Result<(), StoreError> {
    for locking in [
        "SELECT FROM accounts WHERE id = (SELECT account_id FROM reset_tokens WHERE event_id = $1 LIMIT 1) FOR UPDATE",
        "SELECT FROM outbox WHERE event_id = $1 FOR UPDATE",
        "SELECT FROM reset_tokens WHERE event_id = $1 FOR UPDATE",
    ] {
        sqlx::query(locking).bind(event.event_id).execute(&mut **tx).await?;
    }
    Ok(())
}

async fn carried(tx: &mut Transaction, redrive: &Redrive) -> Result<Option<Carried>, StoreError> {
    let row = sqlx::query(
        "SELECT t.request_id, t.account_id, t.used_at IS NOT NULL AS is_used, t.end_reason,
             t.hard_end - t.lifetime_micros * interval '1 microsecond' AS deliver_by,
             coalesce(t.expires_at, t.hard_end) AS ends_at, t.expires_at IS NOT NULL AS has_started, t.redrives,
             NOT a.disabled AND a.address_key = t.address_key AND a.credentials_version = t.credentials_version
                 AS is_of_its_account
         FROM reset_tokens t JOIN accounts a ON a.id = t.account_id WHERE t.event_id = $1 AND t.purpose = $2",
    )
    .bind(redrive.event.event_id)
    .bind(purpose_name(redrive.purpose()))
    .fetch_optional(&mut **tx)
    .await?;
    let carried = |row: PgRow| {
        let redrives: i32 = row.try_get("redrives")?;
        Ok(Carried {
            request_id: row.try_get("request_id")?,
            account_id: row.try_get("account_id")?,
            is_used: row.try_get("is_used")?,
            end_reason: row.try_get("end_reason")?,
            deliver_by: row.try_get("deliver_by")?,
            ends_at: row.try_get("ends_at")?,
            has_started: row.try_get("has_started")?,
            redrives: u32::try_from(redrives).unwrap_or(0),
            is_of_its_account: row.try_get("is_of_its_account")?,
        })
    };
    row.map(carried).transpose()
}

/// What ended with the mail in its earlier life is live again, the "not me" of the mail included.
async fn revive_link(tx: &mut Transaction, redrive: &Redrive, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query(
        "WITH revived AS (
             UPDATE reset_tokens
             SET redrives = $2,
                 ended_at = CASE WHEN end_reason = $3 THEN NULL ELSE ended_at END,
                 end_reason = CASE WHEN end_reason = $3 THEN NULL ELSE end_reason END
             WHERE event_id = $1 RETURNING request_id, purpose)
         UPDATE reset_requests r SET state = 'issued', reason = NULL, state_at = $4 FROM revived
         WHERE revived.purpose = 'reset' AND r.id = revived.request_id AND r.state IN ('undeliverable', 'expired')",
    )
    .bind(redrive.event.event_id)
    .bind(i32::try_from(redrive.redrives).unwrap_or(i32::MAX))
    .bind(MAIL_FAILED)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A row that is still there keeps its end.
async fn write_event(
    tx: &mut Transaction,
    redrive: &Redrive,
    carried: &Carried,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let event = &redrive.event;
    sqlx::query(
        "INSERT INTO outbox (event_id, kind, body, deliver_by, request_id, account_id, due_at, traceparent, fence)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (event_id) DO UPDATE SET body = excluded.body, due_at = excluded.due_at,
             traceparent = excluded.traceparent, fence = excluded.fence, publishes = 0",
    )
    .bind(event.event_id)
    .bind(i32::from(event.kind))
    .bind(&event.body)
    .bind(event.deliver_by)
    .bind(carried.request_id)
    .bind(carried.account_id)
    .bind(now)
    .bind(&event.traceparent)
    .bind(redrive.fence())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
