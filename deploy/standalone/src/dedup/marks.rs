//! What the holder of a claim writes down. Each mark is one guarded statement; its answer says whether it counted.

use super::claim::UNSENT_KEPT;
use crate::queue::commit::Write;
use crate::queue::database::{Shared, later};
use async_trait::async_trait;
use mail_worker::dedup::{Fence, SentRecord};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteQueryResult;
use std::sync::Arc;
use std::time::Duration;

/// The attempt goes on: the lease begins anew, also one that ran out, if nobody claimed since. A claim that ended has
/// none.
pub(super) struct Renewal {
    pub(super) db: Arc<Shared>,
    pub(super) fence: Fence,
    pub(super) lease: Duration,
}

#[async_trait]
impl Write for Renewal {
    type Answer = bool;

    async fn write(&self, db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let lease_until = later(self.db.now(), self.lease);
        sqlx::query(
            "UPDATE claims SET lease_until = ?, keep_until = ?
             WHERE event_id = ? AND fence = ? AND lease_until > 0",
        )
        .bind(lease_until)
        .bind(later(lease_until, UNSENT_KEPT))
        .bind(self.fence.event_id)
        .bind(self.fence.number.cast_signed())
        .execute(db)
        .await
        .map(counted)
    }
}

/// The final dot is about to be written. Saying it twice under one claim is saying it once.
pub(super) struct Dot {
    pub(super) db: Arc<Shared>,
    pub(super) fence: Fence,
}

#[async_trait]
impl Write for Dot {
    type Answer = bool;

    async fn write(&self, db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        sqlx::query(
            "UPDATE claims SET dotted = 1
             WHERE event_id = ? AND fence = ? AND lease_until > ? AND accepted_at IS NULL",
        )
        .bind(self.fence.event_id)
        .bind(self.fence.number.cast_signed())
        .bind(self.db.now())
        .execute(db)
        .await
        .map(counted)
    }
}

/// The mail was accepted; true however late, so only a newer claim stands against it.
pub(super) struct Sent {
    pub(super) db: Arc<Shared>,
    pub(super) fence: Fence,
    pub(super) record: SentRecord,
    pub(super) keep: Duration,
}

#[async_trait]
impl Write for Sent {
    type Answer = bool;

    async fn write(&self, db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        sqlx::query(
            "UPDATE claims SET lease_until = 0, accepted_at = ?, attempt = ?, relay_host = ?, reply_code = ?,
                 reply_text = ?, enhanced_code = ?, keep_until = ?
             WHERE event_id = ? AND fence = ?",
        )
        .bind(self.record.accepted_at)
        .bind(self.record.attempt)
        .bind(self.record.relay_host.as_str())
        .bind(self.record.reply_code)
        .bind(self.record.reply_text.as_str())
        .bind(self.record.enhanced_code.as_str())
        .bind(later(self.db.now(), self.keep))
        .bind(self.fence.event_id)
        .bind(self.fence.number.cast_signed())
        .execute(db)
        .await
        .map(counted)
    }
}

/// The claim ends; surely nothing was accepted under it.
pub(super) struct Release {
    pub(super) fence: Fence,
}

#[async_trait]
impl Write for Release {
    type Answer = bool;

    async fn write(&self, db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        sqlx::query(
            "UPDATE claims SET lease_until = 0, dotted = 0
             WHERE event_id = ? AND fence = ? AND accepted_at IS NULL",
        )
        .bind(self.fence.event_id)
        .bind(self.fence.number.cast_signed())
        .execute(db)
        .await
        .map(counted)
    }
}

/// The claim ends; its dot becomes one without an answer, which no later release takes back.
pub(super) struct ReleaseAmbiguous {
    pub(super) fence: Fence,
}

#[async_trait]
impl Write for ReleaseAmbiguous {
    type Answer = bool;

    async fn write(&self, db: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        sqlx::query(
            "UPDATE claims SET lease_until = 0, unanswered = unanswered + dotted, dotted = 0
             WHERE event_id = ? AND fence = ? AND accepted_at IS NULL",
        )
        .bind(self.fence.event_id)
        .bind(self.fence.number.cast_signed())
        .execute(db)
        .await
        .map(counted)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where the owned result is mapped")]
fn counted(result: SqliteQueryResult) -> bool {
    result.rows_affected() == 1
}
