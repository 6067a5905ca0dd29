//! Writing messages into the queue.

use super::commit::Write;
use super::database::Shared;
use super::source_number;
use async_trait::async_trait;
use common::queue::{Message, QueueError, Source};
use sqlx::SqliteConnection;
use std::sync::Arc;

/// How many account events are kept.
const ACCOUNT_EVENTS_KEPT: i64 = 1_000;

/// A batch for the consumers of one source.
pub(super) struct Publish {
    pub(super) db: Arc<Shared>,
    pub(super) source: Source,
    pub(super) batch: Vec<Message>,
    pub(super) max_length: u64,
}

#[async_trait]
impl Write for Publish {
    type Answer = Vec<Result<(), QueueError>>;

    async fn write(&self, db: &mut SqliteConnection) -> Result<Self::Answer, sqlx::Error> {
        let room = self.max_length.saturating_sub(kept(db, self.source).await?);
        let mut verdicts = Vec::with_capacity(self.batch.len());
        for (message, position) in self.batch.iter().zip(0..) {
            if position < room {
                insert(db, self.source, message).await?;
                verdicts.push(Ok(()));
            } else {
                verdicts.push(Err(QueueError::Full));
            }
        }
        Ok(verdicts)
    }

    fn committed(&self) {
        self.db.arrived(self.source).notify_waiters();
    }
}

async fn kept(db: &mut SqliteConnection, source: Source) -> Result<u64, sqlx::Error> {
    let kept: i64 = sqlx::query_scalar("SELECT kept FROM lengths WHERE source = ?")
        .bind(source_number(source))
        .fetch_one(db)
        .await?;
    Ok(u64::try_from(kept).unwrap_or(0))
}

async fn insert(db: &mut SqliteConnection, source: Source, message: &Message) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO messages (source, event_id, type_name, body) VALUES (?, ?, ?, ?)")
        .bind(source_number(source))
        .bind(message.id)
        .bind(message.type_name)
        .bind(message.body.as_ref())
        .execute(db)
        .await?;
    Ok(())
}

/// A batch of account events. The standalone is its own subscriber: the newest are kept to be looked at.
pub(super) struct PublishAccountEvents {
    pub(super) db: Arc<Shared>,
    pub(super) batch: Vec<Message>,
}

#[async_trait]
impl Write for PublishAccountEvents {
    type Answer = Vec<Result<(), QueueError>>;

    async fn write(&self, db: &mut SqliteConnection) -> Result<Self::Answer, sqlx::Error> {
        for event in &self.batch {
            sqlx::query(
                "INSERT INTO account_events (event_id, type_name, body, published_at) VALUES (?, ?, ?, ?)",
            )
            .bind(event.id)
            .bind(event.type_name)
            .bind(event.body.as_ref())
            .bind(self.db.now())
            .execute(&mut *db)
            .await?;
        }
        sqlx::query("DELETE FROM account_events WHERE seq <= (SELECT max(seq) FROM account_events) - ?")
            .bind(ACCOUNT_EVENTS_KEPT)
            .execute(db)
            .await?;
        Ok(vec![Ok(()); self.batch.len()])
    }
}
