//! Looking into the queue without taking anything: for the status and the pages.

use super::database::Shared;
use super::{SqliteQueue, source_number, unavailable};
use bytes::Bytes;
use common::clock::from_micros;
use common::queue::{QueueError, Source};
use time::OffsetDateTime;
use uuid::Uuid;

/// How much is in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depths {
    /// Of mails.
    pub mail: Depth,
    /// Of delivery reports.
    pub reports: Depth,
}

/// How many messages of one source are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Depth {
    /// Free to be taken.
    pub ready: i64,
    /// Taken, not settled.
    pub unsettled: i64,
    /// To be tried again later.
    pub delayed: i64,
    /// Kept aside for an operator.
    pub dead: i64,
}

/// An account event that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvent {
    /// The event's id.
    pub id: Uuid,
    /// When it was published.
    pub published_at: OffsetDateTime,
    /// The encoded envelope.
    pub body: Bytes,
}

impl SqliteQueue {
    /// Counts what is in the queue. Takes longer the more that is: for a status, not for a loop.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the file cannot be read.
    pub async fn depths(&self) -> Result<Depths, QueueError> {
        Ok(Depths {
            mail: depth(&self.db, Source::Mail).await?,
            reports: depth(&self.db, Source::Reports).await?,
        })
    }

    /// The newest account events, newest first; the last 1,000 are kept.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the file cannot be read.
    pub async fn account_events(&self, limit: u32) -> Result<Vec<AccountEvent>, QueueError> {
        let rows: Vec<(Uuid, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT event_id, published_at, body FROM account_events ORDER BY seq DESC LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.db.readers)
        .await
        .map_err(|error| unavailable(&error))?;
        let event = |(id, published_at, body): (Uuid, i64, Vec<u8>)| AccountEvent {
            id,
            published_at: from_micros(published_at),
            body: body.into(),
        };
        Ok(rows.into_iter().map(event).collect())
    }
}

async fn depth(db: &Shared, source: Source) -> Result<Depth, QueueError> {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM messages WHERE source = ?1 AND holder IS NULL) AS ready,
                (SELECT count(*) FROM messages WHERE source = ?1 AND holder IS NOT NULL) AS unsettled,
                (SELECT count(*) FROM delayed WHERE source = ?1) AS delayed,
                (SELECT count(*) FROM dead_letters WHERE source = ?1) AS dead",
    )
    .bind(source_number(source))
    .fetch_one(&db.readers)
    .await
    .map_err(|error| unavailable(&error))
}
