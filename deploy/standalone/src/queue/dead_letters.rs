//! Looking through the dead letters, one look at a time.

use super::commit::Write;
use super::database::Shared;
use super::{SqliteQueue, source_of_number, unavailable, unconfirmed};
use async_trait::async_trait;
use common::clock::from_micros;
use common::queue::QueueError;
use common::queue::dead_letters::{DeadLetter, DeadLetters, Look, LookError, WAIT_FOR_OTHERS};
use sqlx::{Row as _, SqliteConnection};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

#[async_trait]
impl DeadLetters for SqliteQueue {
    async fn look(&self) -> Result<Box<dyn Look>, LookError> {
        let claim = timeout(WAIT_FOR_OTHERS, Arc::clone(&self.db.looking).lock_owned()).await;
        let claim = claim.map_err(|_| LookError::InUse)?;
        let newest: Option<i64> = sqlx::query_scalar("SELECT max(seq) FROM dead_letters")
            .fetch_one(&self.db.readers)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(Box::new(SqliteLook {
            db: Arc::clone(&self.db),
            last: 0,
            newest: newest.unwrap_or(0),
            _claim: claim,
        }))
    }
}

struct SqliteLook {
    db: Arc<Shared>,
    /// The last that came.
    last: i64,
    /// The last that is to come.
    newest: i64,
    /// Never read: holding it is what it is for.
    _claim: OwnedMutexGuard<()>,
}

#[async_trait]
impl Look for SqliteLook {
    async fn next(&mut self) -> Result<Option<DeadLetter>, QueueError> {
        let row = sqlx::query("SELECT * FROM dead_letters WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1")
            .bind(self.last)
            .bind(self.newest)
            .fetch_optional(&self.db.readers)
            .await
            .map_err(|error| unavailable(&error))?;
        let letter = row.as_ref().map(letter).transpose().map_err(|error| unavailable(&error))?;
        if let Some(letter) = &letter {
            self.last = letter.tag.cast_signed();
        }
        Ok(letter)
    }

    /// Nobody else can have them before this is dropped.
    async fn holds(&mut self) -> Result<(), QueueError> {
        Ok(())
    }

    async fn remove(&mut self, letter: &DeadLetter) -> Result<(), QueueError> {
        let seq = letter.tag.cast_signed();
        if seq > self.last {
            return Err(QueueError::Stale);
        }
        self.db.writer.commit(Remove { seq }).await.map_err(unconfirmed)?
    }

    async fn end(self: Box<Self>) -> Result<(), QueueError> {
        Ok(())
    }
}

fn letter(row: &sqlx::sqlite::SqliteRow) -> Result<DeadLetter, sqlx::Error> {
    let seq: i64 = row.try_get("seq")?;
    Ok(DeadLetter {
        id: row.try_get("event_id")?,
        type_name: row.try_get("type_name")?,
        source: source_of_number(row.try_get("source")?),
        reason: row.try_get("reason")?,
        died_at: Some(from_micros(row.try_get("dead_at")?)),
        last_words: row.try_get("last_words")?,
        body: row.try_get::<Vec<u8>, _>("body")?.into(),
        tag: seq.cast_unsigned(),
    })
}

struct Remove {
    seq: i64,
}

#[async_trait]
impl Write for Remove {
    type Answer = Result<(), QueueError>;

    async fn write(&self, db: &mut SqliteConnection) -> Result<Self::Answer, sqlx::Error> {
        let gone = sqlx::query("DELETE FROM dead_letters WHERE seq = ?").bind(self.seq).execute(db).await?;
        Ok(if gone.rows_affected() == 1 { Ok(()) } else { Err(QueueError::Stale) })
    }
}
