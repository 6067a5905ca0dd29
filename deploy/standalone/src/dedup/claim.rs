//! Deciding a claim.

use crate::queue::commit::Write;
use crate::queue::database::{Shared, later};
use async_trait::async_trait;
use mail_worker::dedup::{Claim, Fence, SentRecord};
use sqlx::SqliteConnection;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a mail that was not sent is remembered after its last lease. No copy of its message comes later: it is
/// of no use 4 h after the request was accepted.
pub(super) const UNSENT_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Old rows that each claim clears away: more than the one it may add, so the table shrinks to what must be kept.
const PURGED_PER_CLAIM: i64 = 4;

/// Claims an event, if it is free.
pub(super) struct TryClaim {
    pub(super) db: Arc<Shared>,
    pub(super) event_id: Uuid,
    /// How many the mail knows of itself.
    pub(super) unanswered_dots: u32,
    pub(super) lease: Duration,
}

#[derive(sqlx::FromRow)]
struct Known {
    lease_until: i64,
    dotted: bool,
    unanswered: i64,
    #[sqlx(flatten)]
    sent: Record,
}

/// The columns of [`SentRecord`], empty until the mail was sent.
#[derive(sqlx::FromRow)]
struct Record {
    accepted_at: Option<i64>,
    attempt: Option<u32>,
    relay_host: Option<String>,
    reply_code: Option<u16>,
    reply_text: Option<String>,
    enhanced_code: Option<String>,
}

enum Decision {
    /// Nobody holds it, and so many dots of earlier claims have no answer.
    Free { unanswered: i64 },
    /// To be answered so.
    Settled(Claim),
}

#[async_trait]
impl Write for TryClaim {
    type Answer = Claim;

    async fn write(&self, db: &mut SqliteConnection) -> Result<Claim, sqlx::Error> {
        let now = self.db.now();
        purge(db, now).await?;
        match known(db, self.event_id).await?.map_or(Decision::Free { unanswered: 0 }, |it| it.decide(now)) {
            Decision::Free { unanswered } => self.grant_or_stop(db, now, unanswered).await,
            Decision::Settled(claim) => Ok(claim),
        }
    }
}

impl TryClaim {
    async fn grant_or_stop(
        &self,
        db: &mut SqliteConnection,
        now: i64,
        unanswered: i64,
    ) -> Result<Claim, sqlx::Error> {
        let told = i64::from(self.unanswered_dots);
        if unanswered.max(told) < 2 {
            return self.grant(db, now, unanswered.max(told)).await;
        }
        if told > 1 {
            self.keep_told(db, now, told).await?;
        }
        Ok(Claim::OutcomeUnknown)
    }

    /// So that a copy of the mail that knows of none is stopped, too.
    async fn keep_told(&self, db: &mut SqliteConnection, now: i64, told: i64) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO claims (event_id, fence, lease_until, unanswered, keep_until) VALUES (?, 0, 0, ?, ?)
             ON CONFLICT (event_id) DO UPDATE SET unanswered = excluded.unanswered,
                 keep_until = excluded.keep_until",
        )
        .bind(self.event_id)
        .bind(told)
        .bind(later(now, UNSENT_KEPT))
        .execute(db)
        .await?;
        Ok(())
    }

    async fn grant(
        &self,
        db: &mut SqliteConnection,
        now: i64,
        unanswered: i64,
    ) -> Result<Claim, sqlx::Error> {
        let number = next_fence(db).await?;
        let lease_until = later(now, self.lease);
        sqlx::query(
            "INSERT INTO claims (event_id, fence, lease_until, unanswered, keep_until) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (event_id) DO UPDATE SET fence = excluded.fence, lease_until = excluded.lease_until,
                 dotted = 0, unanswered = excluded.unanswered, keep_until = excluded.keep_until",
        )
        .bind(self.event_id)
        .bind(number)
        .bind(lease_until)
        .bind(unanswered)
        .bind(later(lease_until, UNSENT_KEPT))
        .execute(db)
        .await?;
        let fence = Fence { event_id: self.event_id, number: number.cast_unsigned() };
        Ok(if unanswered == 0 { Claim::Fresh(fence) } else { Claim::Resend(fence) })
    }
}

impl Known {
    fn decide(self, now: i64) -> Decision {
        if let Some(record) = self.sent.into_record() {
            return Decision::Settled(Claim::Sent(record));
        }
        if self.lease_until > now {
            let left = u64::try_from(self.lease_until.saturating_sub(now)).unwrap_or(0);
            return Decision::Settled(Claim::Held(Duration::from_micros(left)));
        }
        Decision::Free { unanswered: self.unanswered + i64::from(self.dotted) }
    }
}

impl Record {
    fn into_record(self) -> Option<SentRecord> {
        Some(SentRecord {
            accepted_at: self.accepted_at?,
            attempt: self.attempt?,
            relay_host: self.relay_host?,
            reply_code: self.reply_code?,
            reply_text: self.reply_text?,
            // A version before this one wrote none.
            enhanced_code: self.enhanced_code.unwrap_or_default(),
        })
    }
}

async fn known(db: &mut SqliteConnection, event_id: Uuid) -> Result<Option<Known>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM claims WHERE event_id = ?").bind(event_id).fetch_optional(db).await
}

async fn next_fence(db: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("UPDATE fences SET last = last + 1 RETURNING last").fetch_one(db).await
}

async fn purge(db: &mut SqliteConnection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM claims WHERE event_id IN (
             SELECT event_id FROM claims WHERE keep_until <= ? ORDER BY keep_until LIMIT ?)",
    )
    .bind(now)
    .bind(PURGED_PER_CLAIM)
    .execute(db)
    .await?;
    Ok(())
}
