//! A mail from the dead letters begins its next life, or it does not, and the audit trail says which.

use super::{Transaction, audit, rows};
use crate::store::StoreError;
use crate::store::redrive::{Carried, Redrive, Redriven};
use crate::store::rows::{MAIL_FAILED, purpose_name};
use common::clock::to_micros;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use time::OffsetDateTime;

pub(super) async fn redrive(
    tx: &mut Transaction,
    now: OffsetDateTime,
    redrive: &Redrive,
) -> Result<Redriven, StoreError> {
    let judged = redrive.judge(carried(tx, redrive).await?, now);
    let now = to_micros(now);
    if !audit::add(tx, now, &redrive.told(judged.as_ref().err().copied())).await? {
        return Ok(Redriven::ToldBefore);
    }
    match judged {
        Ok(carried) => {
            revive_link(tx, redrive, &carried, now).await?;
            write_event(tx, redrive, &carried, now).await?;
            Ok(Redriven::Due)
        }
        Err(why) => Ok(Redriven::NotSent(why)),
    }
}

async fn carried(tx: &mut Transaction, redrive: &Redrive) -> Result<Option<Carried>, StoreError> {
    let row = sqlx::query(
        "SELECT t.request_id, t.account_id, t.used_at IS NOT NULL AS is_used, t.end_reason,
             t.hard_end - t.lifetime_micros AS deliver_by, coalesce(t.expires_at, t.hard_end) AS ends_at, t.expires_at IS NOT NULL AS has_started, t.redrives,
             NOT a.disabled AND a.address_key = t.address_key AND a.credentials_version = t.credentials_version
                 AS is_of_its_account
         FROM reset_tokens t JOIN accounts a ON a.id = t.account_id WHERE t.event_id = ?1 AND t.purpose = ?2",
    )
    .bind(redrive.event.event_id)
    .bind(purpose_name(redrive.purpose()))
    .fetch_optional(&mut **tx)
    .await?;
    let carried = |row: SqliteRow| {
        Ok(Carried {
            request_id: row.try_get("request_id")?,
            account_id: row.try_get("account_id")?,
            is_used: row.try_get("is_used")?,
            end_reason: row.try_get("end_reason")?,
            deliver_by: rows::instant(&row, "deliver_by")?,
            ends_at: rows::instant(&row, "ends_at")?,
            has_started: row.try_get("has_started")?,
            redrives: row.try_get("redrives")?,
            is_of_its_account: row.try_get("is_of_its_account")?,
        })
    };
    row.map(carried).transpose()
}

/// What ended with the mail in its earlier life is live again, the "not me" of the mail included.
async fn revive_link(
    tx: &mut Transaction,
    redrive: &Redrive,
    carried: &Carried,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE reset_tokens
         SET redrives = ?2,
             ended_at = CASE WHEN end_reason = ?3 THEN NULL ELSE ended_at END,
             end_reason = CASE WHEN end_reason = ?3 THEN NULL ELSE end_reason END
         WHERE event_id = ?1",
    )
    .bind(redrive.event.event_id)
    .bind(redrive.redrives)
    .bind(MAIL_FAILED)
    .execute(&mut **tx)
    .await?;
    // That of a notice is completed.
    sqlx::query(
        "UPDATE reset_requests SET state = 'issued', reason = NULL, state_at = ?2
         WHERE id = ?1 AND state IN ('undeliverable', 'expired')",
    )
    .bind(carried.request_id)
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
    now: i64,
) -> Result<(), StoreError> {
    let event = &redrive.event;
    sqlx::query(
        "INSERT INTO outbox (event_id, kind, body, deliver_by, request_id, account_id, due_at, traceparent, fence)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (event_id) DO UPDATE SET body = excluded.body, due_at = excluded.due_at,
             traceparent = excluded.traceparent, fence = excluded.fence, publishes = 0",
    )
    .bind(event.event_id)
    .bind(i32::from(event.kind))
    .bind(&event.body)
    .bind(to_micros(event.deliver_by))
    .bind(carried.request_id)
    .bind(carried.account_id)
    .bind(now)
    .bind(&event.traceparent)
    .bind(redrive.fence())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
