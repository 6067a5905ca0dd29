//! Settling: each way is one transaction, so that the copy and the ack of a retry or a dead letter are one step.

use super::commit::Write;
use super::database::{Shared, later};
use async_trait::async_trait;
use bytes::Bytes;
use common::clock::to_micros;
use common::queue::{Death, QueueError, Source};
use sqlx::SqliteConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Settles one message, if the holder still has it.
pub(super) struct Settle {
    pub(super) db: Arc<Shared>,
    pub(super) source: Source,
    pub(super) holder: i64,
    pub(super) seq: i64,
    pub(super) how: How,
    /// Rings when the holder has room for another delivery.
    pub(super) room: Arc<Notify>,
}

/// What becomes of the message.
pub(super) enum How {
    Ack,
    Retry { body: Bytes, after: Duration },
    DeadLetter(Death),
}

#[async_trait]
impl Write for Settle {
    type Answer = Result<(), QueueError>;

    async fn write(&self, db: &mut SqliteConnection) -> Result<Self::Answer, sqlx::Error> {
        match &self.how {
            How::Ack => {}
            How::Retry { body, after } => self.copy_to_delayed(db, body, *after).await?,
            How::DeadLetter(death) => self.copy_to_dead_letters(db, death).await?,
        }
        let gone = sqlx::query("DELETE FROM messages WHERE seq = ? AND holder = ?")
            .bind(self.seq)
            .bind(self.holder)
            .execute(db)
            .await?;
        Ok(if gone.rows_affected() == 1 { Ok(()) } else { Err(QueueError::Stale) })
    }

    fn committed(&self) {
        self.room.notify_one();
        if let How::Retry { .. } = self.how {
            // Whoever waits must learn of the new earliest time.
            self.db.arrived(self.source).notify_waiters();
        }
    }
}

impl Settle {
    /// Copies nothing if the holder no longer has the message.
    async fn copy_to_delayed(
        &self,
        db: &mut SqliteConnection,
        body: &Bytes,
        after: Duration,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO delayed (source, event_id, type_name, body, due_at)
             SELECT source, event_id, type_name, ?, ? FROM messages WHERE seq = ? AND holder = ?",
        )
        .bind(body.as_ref())
        .bind(later(self.db.now(), after))
        .bind(self.seq)
        .bind(self.holder)
        .execute(db)
        .await?;
        Ok(())
    }

    /// Copies nothing if the holder no longer has the message.
    async fn copy_to_dead_letters(
        &self,
        db: &mut SqliteConnection,
        death: &Death,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO dead_letters (source, event_id, type_name, body, reason, dead_at, last_words)
             SELECT source, event_id, type_name, body, ?, ?, ? FROM messages WHERE seq = ? AND holder = ?",
        )
        .bind(&death.reason)
        .bind(to_micros(death.at))
        .bind(&death.last_words)
        .bind(self.seq)
        .bind(self.holder)
        .execute(db)
        .await?;
        Ok(())
    }
}
