//! LEARN: reports become the timeline, and start or end a link's clock.

use super::{Transaction, begin};
use crate::address_key::AddressKey;
use crate::store::gate::SUPPRESSED_FOR;
use crate::store::learned::{Acceptances, CLOCK_TOLERANCE, latest_next_attempt};
use crate::store::rows::{LinkEffect, MAIL_FAILED, NO_SUCH_MAILBOX, link_effect};
use crate::store::{AuditEntry, Learned, StoreError};
use common::event::{DeliveryOutcome, DeliveryReport, outcome_word, stage_word};
use sqlx::{PgPool, Row as _};
use time::{Duration, OffsetDateTime};

pub(super) async fn record(
    pool: &PgPool,
    offset: i64,
    reports: &[DeliveryReport],
    silence: Duration,
) -> Result<Learned, StoreError> {
    let mut tx = begin(pool).await?;
    let now: OffsetDateTime =
        sqlx::query_scalar("SELECT reset_now($1)").bind(offset).fetch_one(&mut *tx).await?;
    // One order for every recorder, so that two of them cannot wait for each other.
    let mut reports: Vec<_> = reports.iter().collect();
    reports.sort_by_key(|report| report.event_id);
    let mut acceptances = Acceptances::default();
    for report in reports {
        if write_attempt(&mut tx, report, now).await? {
            acceptances.note(report);
            suppress(&mut tx, report, now).await?;
            if is_too_early(&mut tx, report, now).await? || is_of_a_former_life(&mut tx, report).await? {
                continue;
            }
            move_event(&mut tx, report, now, silence).await?;
            move_link(&mut tx, report, now).await?;
        }
    }
    end_suppressions(&mut tx, &acceptances).await?;
    let accepted_after = accepted_after(&mut tx, &acceptances).await?;
    tx.commit().await?;
    Ok(Learned { accepted_after })
}

/// How long after their requests these mails were taken.
async fn accepted_after(
    tx: &mut Transaction,
    acceptances: &Acceptances,
) -> Result<Vec<Duration>, StoreError> {
    let events = acceptances.events();
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT t.event_id, r.accepted_at, (SELECT count(*) FROM delivery_attempts d
                                            WHERE d.event_id = t.event_id AND d.outcome = $2) AS known
         FROM reset_tokens t JOIN reset_requests r ON r.id = t.request_id
         WHERE t.event_id = ANY($1) AND t.purpose = 'reset'",
    )
    .bind(events)
    .bind(outcome_word(DeliveryOutcome::Accepted))
    .fetch_all(&mut **tx)
    .await?;
    let mut all = Vec::new();
    for row in rows {
        let (event, accepted_at) = (row.try_get("event_id")?, row.try_get("accepted_at")?);
        all.extend(acceptances.after(event, accepted_at, row.try_get("known")?));
    }
    Ok(all)
}

/// The timeline's row; `false` if it is there already, or if nobody knows the event: it has no timeline, and its row would
/// never be purged.
async fn write_attempt(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO delivery_attempts (report_id, event_id, at, received_at, attempt, outcome, relay_host, stage,
             reply_code, enhanced_code, reply_text, next_attempt_at, queue_id)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
         WHERE EXISTS (SELECT 1 FROM reset_tokens WHERE event_id = $2)
         ON CONFLICT (report_id) DO NOTHING",
    )
    .bind(report.report_id)
    .bind(report.event_id)
    .bind(report.at)
    .bind(now)
    .bind(i32::try_from(report.attempt).unwrap_or(i32::MAX))
    .bind(outcome_word(report.outcome))
    .bind(&report.relay_host)
    .bind(stage_word(report.stage))
    .bind(i32::from(report.reply_code))
    .bind(&report.enhanced_code)
    .bind(&report.text)
    .bind(report.next_attempt_at)
    .bind(&report.queue_id)
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Whether a worker calls a mail expired whose time, by the clock of this store, is not over: the worker's clock is wrong.
/// The event stays as it is, and is published again when the next sign of life is due.
async fn is_too_early(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    if report.outcome != DeliveryOutcome::Expired {
        return Ok(false);
    }
    let waits = sqlx::query("SELECT FROM outbox WHERE event_id = $1 AND deliver_by > $2")
        .bind(report.event_id)
        .bind(now + CLOCK_TOLERANCE)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(waits.is_some())
}

/// Whether it tells of a failure in a life of the mail before its last redrive. Copies of reset-api read their reports side
/// by side, so the death of a mail may be recorded after the redrive that followed it: it ends nothing of the next life.
async fn is_of_a_former_life(tx: &mut Transaction, report: &DeliveryReport) -> Result<bool, StoreError> {
    if link_effect(report.outcome) == LinkEffect::StartClock {
        return Ok(false);
    }
    // Locked in the order of a redrive, so that none is between this look and what follows from it.
    sqlx::query("SELECT FROM outbox WHERE event_id = $1 FOR UPDATE")
        .bind(report.event_id)
        .execute(&mut **tx)
        .await?;
    let lives: Vec<i32> =
        sqlx::query_scalar("SELECT redrives FROM reset_tokens WHERE event_id = $1 FOR UPDATE")
            .bind(report.event_id)
            .fetch_all(&mut **tx)
            .await?;
    let told_of = i32::try_from(report.redrives).unwrap_or(i32::MAX);
    Ok(lives.into_iter().any(|life| life > told_of))
}

/// A final report takes the event from the outbox; any other tells when the next sign of life is due.
async fn move_event(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: OffsetDateTime,
    silence: Duration,
) -> Result<(), StoreError> {
    if report.is_final() {
        sqlx::query("DELETE FROM outbox WHERE event_id = $1")
            .bind(report.event_id)
            .execute(&mut **tx)
            .await?;
        return Ok(());
    }
    // The worker's clock may be wrong: what is believed is never before now, and neither after the longest wait nor
    // after the event's end.
    let next = report.next_attempt_at.unwrap_or(now).max(now).min(latest_next_attempt(now));
    sqlx::query("UPDATE outbox SET due_at = least($2, deliver_by) + $3 WHERE event_id = $1")
        .bind(report.event_id)
        .bind(next)
        .bind(silence)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn move_link(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    match link_effect(report.outcome) {
        LinkEffect::None => Ok(()),
        LinkEffect::StartClock => start_clock(tx, report, now).await,
        LinkEffect::End { state, reason } => end_link(tx, report, now, state, reason).await,
    }
}

/// An address that a mail server calls unknown is left alone for a while, the mail of either kind that told so.
async fn suppress(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    if report.is_about_address() {
        sqlx::query(
            "INSERT INTO suppressions (address_key, reason, since, until)
             SELECT address_key, $2, $3, $4 FROM reset_tokens WHERE event_id = $1 LIMIT 1
             ON CONFLICT (address_key) DO UPDATE SET since = excluded.since, until = excluded.until",
        )
        .bind(report.event_id)
        .bind(NO_SUCH_MAILBOX)
        .bind(now)
        .bind(now + SUPPRESSED_FOR)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// An address that took a mail is known again.
async fn end_suppressions(tx: &mut Transaction, acceptances: &Acceptances) -> Result<(), StoreError> {
    let events = acceptances.events();
    if events.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "DELETE FROM suppressions
         WHERE address_key IN (SELECT address_key FROM reset_tokens WHERE event_id = ANY($1))",
    )
    .bind(events)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether one was in force. One statement, so that it is written down if it is done.
pub(super) async fn lift_suppression(
    pool: &PgPool,
    offset: i64,
    address: &AddressKey,
    entry: &AuditEntry,
) -> Result<bool, StoreError> {
    let was_there = sqlx::query_scalar(
        "WITH lifted AS (DELETE FROM suppressions WHERE address_key = $1 RETURNING until),
              written AS (
                  INSERT INTO audit (id, at, actor_role, actor_name, network, action, address_key, request_id, detail)
                  VALUES ($3, reset_now($2), $4, $5, $6, $7, $1, NULL, $8) ON CONFLICT (id) DO NOTHING)
         SELECT EXISTS (SELECT 1 FROM lifted WHERE until > reset_now($2))",
    )
    .bind(&address.0[..])
    .bind(offset)
    .bind(entry.id)
    .bind(&entry.actor.role)
    .bind(&entry.actor.name)
    .bind(&entry.actor.network)
    .bind(entry.action.word())
    .bind(&entry.detail)
    .fetch_one(pool)
    .await?;
    Ok(was_there)
}

/// Sets the link's end, once. A link that another report had ended with its mail is live again: one copy of the mail
/// was, or may have been, accepted.
async fn start_clock(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query(
        "WITH started AS (
             UPDATE reset_tokens
             SET expires_at = least(greatest(issued_at, least($2, $3)) + lifetime_micros * interval '1 microsecond', hard_end),
                 ended_at = CASE WHEN end_reason = $4 THEN NULL ELSE ended_at END,
                 end_reason = CASE WHEN end_reason = $4 THEN NULL ELSE end_reason END
             WHERE event_id = $1 AND expires_at IS NULL AND used_at IS NULL
             RETURNING request_id, purpose, ended_at)
         UPDATE reset_requests r SET state = 'issued', reason = NULL, state_at = $3 FROM started
         WHERE started.purpose = 'reset' AND started.ended_at IS NULL AND r.id = started.request_id
             AND r.state IN ('undeliverable', 'expired')",
    )
    .bind(report.event_id)
    .bind(report.at)
    .bind(now)
    .bind(MAIL_FAILED)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends the link of a mail that will never arrive; one whose clock has started may have arrived, and keeps its time.
async fn end_link(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: OffsetDateTime,
    state: &str,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "WITH ended AS (
             UPDATE reset_tokens SET ended_at = $2, end_reason = $3
             WHERE event_id = $1 AND expires_at IS NULL AND used_at IS NULL AND ended_at IS NULL
             RETURNING request_id, purpose)
         UPDATE reset_requests r SET state = $4, reason = $5, state_at = $2
         FROM ended WHERE ended.purpose = 'reset' AND r.id = ended.request_id AND r.state = 'issued'",
    )
    .bind(report.event_id)
    .bind(now)
    .bind(MAIL_FAILED)
    .bind(state)
    .bind(reason)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
