//! LEARN: reports become the timeline, and start or end a link's clock.

use super::{Transaction, length};
use crate::address_key::AddressKey;
use crate::store::StoreError;
use crate::store::gate::SUPPRESSED_FOR;
use crate::store::learned::{Acceptances, CLOCK_TOLERANCE, latest_next_attempt};
use crate::store::rows::{LinkEffect, MAIL_FAILED, NO_SUCH_MAILBOX, link_effect};
use common::clock::{from_micros, to_micros};
use common::event::{DeliveryOutcome, DeliveryReport, outcome_word, stage_word};
use sqlx::Row as _;
use time::Duration;
use uuid::Uuid;

/// Whether it was new.
pub(super) async fn record(
    tx: &mut Transaction,
    now: i64,
    report: &DeliveryReport,
    silence: Duration,
) -> Result<bool, StoreError> {
    if !write_attempt(tx, report, now).await? {
        return Ok(false);
    }
    suppress(tx, report, now).await?;
    if is_too_early(tx, report, now).await? || is_of_a_former_life(tx, report).await? {
        return Ok(true);
    }
    move_event(tx, report, now, silence).await?;
    match link_effect(report.outcome) {
        LinkEffect::None => {}
        LinkEffect::StartClock => start_clock(tx, report, now).await?,
        LinkEffect::End { state, reason } => end_link(tx, report.event_id, now, state, reason).await?,
    }
    Ok(true)
}

/// How long after their requests these mails were taken.
pub(super) async fn accepted_after(
    tx: &mut Transaction,
    acceptances: &Acceptances,
) -> Result<Vec<Duration>, StoreError> {
    let mut all = Vec::new();
    for event in acceptances.events() {
        let row = sqlx::query(
            "SELECT r.accepted_at, (SELECT count(*) FROM delivery_attempts d
                                    WHERE d.event_id = t.event_id AND d.outcome = ?2) AS known
             FROM reset_tokens t JOIN reset_requests r ON r.id = t.request_id
             WHERE t.event_id = ?1 AND t.purpose = 'reset'",
        )
        .bind(event)
        .bind(outcome_word(DeliveryOutcome::Accepted))
        .fetch_optional(&mut **tx)
        .await?;
        if let Some(row) = row {
            let accepted_at = from_micros(row.try_get("accepted_at")?);
            all.extend(acceptances.after(event, accepted_at, row.try_get("known")?));
        }
    }
    Ok(all)
}

/// The timeline's row; `false` if it is there already, or if nobody knows the event: it has no timeline, and its row would
/// never be purged.
async fn write_attempt(tx: &mut Transaction, report: &DeliveryReport, now: i64) -> Result<bool, StoreError> {
    let written = sqlx::query(
        "INSERT INTO delivery_attempts (report_id, event_id, at, received_at, attempt, outcome, relay_host, stage,
             reply_code, enhanced_code, reply_text, next_attempt_at, queue_id)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
         WHERE EXISTS (SELECT 1 FROM reset_tokens WHERE event_id = ?2)
         ON CONFLICT (report_id) DO NOTHING",
    )
    .bind(report.report_id)
    .bind(report.event_id)
    .bind(to_micros(report.at))
    .bind(now)
    .bind(report.attempt)
    .bind(outcome_word(report.outcome))
    .bind(&report.relay_host)
    .bind(stage_word(report.stage))
    .bind(report.reply_code)
    .bind(&report.enhanced_code)
    .bind(&report.text)
    .bind(report.next_attempt_at.map(to_micros))
    .bind(&report.queue_id)
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Whether a worker calls a mail expired whose time, by the clock of this store, is not over: the worker's clock is wrong.
/// The event stays as it is, and is published again when the next sign of life is due.
async fn is_too_early(tx: &mut Transaction, report: &DeliveryReport, now: i64) -> Result<bool, StoreError> {
    if report.outcome != DeliveryOutcome::Expired {
        return Ok(false);
    }
    let waits = sqlx::query("SELECT 1 FROM outbox WHERE event_id = ?1 AND deliver_by > ?2")
        .bind(report.event_id)
        .bind(now + length(CLOCK_TOLERANCE))
        .fetch_optional(&mut **tx)
        .await?;
    Ok(waits.is_some())
}

/// Whether it tells of a failure in a life of the mail before its last redrive: it ends nothing of the next.
async fn is_of_a_former_life(tx: &mut Transaction, report: &DeliveryReport) -> Result<bool, StoreError> {
    if link_effect(report.outcome) == LinkEffect::StartClock {
        return Ok(false);
    }
    let later = sqlx::query("SELECT 1 FROM reset_tokens WHERE event_id = ?1 AND redrives > ?2 LIMIT 1")
        .bind(report.event_id)
        .bind(report.redrives)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(later.is_some())
}

/// A final report takes the event from the outbox; any other tells when the next sign of life is due.
async fn move_event(
    tx: &mut Transaction,
    report: &DeliveryReport,
    now: i64,
    silence: Duration,
) -> Result<(), StoreError> {
    if report.is_final() {
        sqlx::query("DELETE FROM outbox WHERE event_id = ?1")
            .bind(report.event_id)
            .execute(&mut **tx)
            .await?;
        return Ok(());
    }
    // The worker's clock may be wrong: what is believed is never before now, and neither after the longest wait nor
    // after the event's end.
    let latest = to_micros(latest_next_attempt(from_micros(now)));
    let next = report.next_attempt_at.map_or(now, to_micros).max(now).min(latest);
    sqlx::query("UPDATE outbox SET due_at = min(?2, deliver_by) + ?3 WHERE event_id = ?1")
        .bind(report.event_id)
        .bind(next)
        .bind(length(silence))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// An address that a mail server calls unknown is left alone for a while, the mail of either kind that told so.
async fn suppress(tx: &mut Transaction, report: &DeliveryReport, now: i64) -> Result<(), StoreError> {
    if report.is_about_address() {
        sqlx::query(
            "INSERT INTO suppressions (address_key, reason, since, until)
             SELECT address_key, ?2, ?3, ?4 FROM reset_tokens WHERE event_id = ?1 LIMIT 1
             ON CONFLICT (address_key) DO UPDATE SET since = excluded.since, until = excluded.until",
        )
        .bind(report.event_id)
        .bind(NO_SUCH_MAILBOX)
        .bind(now)
        .bind(now + length(SUPPRESSED_FOR))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Addresses that took a mail are known again.
pub(super) async fn end_suppressions(
    tx: &mut Transaction,
    acceptances: &Acceptances,
) -> Result<(), StoreError> {
    for event in acceptances.events() {
        sqlx::query(
            "DELETE FROM suppressions WHERE address_key IN (SELECT address_key FROM reset_tokens WHERE event_id = ?1)",
        )
        .bind(event)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Whether one was in force.
pub(super) async fn lift_suppression(
    tx: &mut Transaction,
    now: i64,
    address: &AddressKey,
) -> Result<bool, StoreError> {
    let lifted: Option<i64> =
        sqlx::query_scalar("DELETE FROM suppressions WHERE address_key = ?1 RETURNING until")
            .bind(&address.0[..])
            .fetch_optional(&mut **tx)
            .await?;
    Ok(lifted.is_some_and(|until| until > now))
}

/// Sets the link's end, once. A link that another report had ended with its mail is live again: one copy of the mail
/// was, or may have been, accepted.
async fn start_clock(tx: &mut Transaction, report: &DeliveryReport, now: i64) -> Result<(), StoreError> {
    let started = sqlx::query(
        "UPDATE reset_tokens
         SET expires_at = min(max(issued_at, min(?2, ?3)) + lifetime_micros, hard_end),
             ended_at = CASE WHEN end_reason = ?4 THEN NULL ELSE ended_at END,
             end_reason = CASE WHEN end_reason = ?4 THEN NULL ELSE end_reason END
         WHERE event_id = ?1 AND expires_at IS NULL AND used_at IS NULL",
    )
    .bind(report.event_id)
    .bind(to_micros(report.at))
    .bind(now)
    .bind(MAIL_FAILED)
    .execute(&mut **tx)
    .await?;
    if started.rows_affected() > 0 {
        sqlx::query(
            "UPDATE reset_requests SET state = 'issued', reason = NULL, state_at = ?2
             WHERE state IN ('undeliverable', 'expired') AND id IN
                 (SELECT request_id FROM reset_tokens WHERE event_id = ?1 AND purpose = 'reset' AND ended_at IS NULL)",
        )
        .bind(report.event_id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Ends the link of a mail that will never arrive; one whose clock has started may have arrived, and keeps its time.
pub(super) async fn end_link(
    tx: &mut Transaction,
    event_id: Uuid,
    now: i64,
    state: &str,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE reset_requests SET state = ?2, reason = ?3, state_at = ?4
         WHERE state = 'issued' AND id IN
             (SELECT request_id FROM reset_tokens WHERE event_id = ?1 AND purpose = 'reset'
                  AND expires_at IS NULL AND used_at IS NULL AND ended_at IS NULL)",
    )
    .bind(event_id)
    .bind(state)
    .bind(reason)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE reset_tokens SET ended_at = ?2, end_reason = ?3
         WHERE event_id = ?1 AND expires_at IS NULL AND used_at IS NULL AND ended_at IS NULL",
    )
    .bind(event_id)
    .bind(now)
    .bind(MAIL_FAILED)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
