//! Taking messages for a consumer, and giving them back.

use super::commit::Write;
use super::database::Shared;
use super::source_number;
use async_trait::async_trait;
use common::queue::{Delivery, Source};
use sqlx::SqliteConnection;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How many due messages one take moves; it bounds the transaction after a long pause.
const MAX_MOVED: i64 = 1_000;

/// Takes up to `max` ready messages for a holder that may have `prefetch` in all.
pub(super) struct Take {
    pub(super) db: Arc<Shared>,
    pub(super) source: Source,
    pub(super) holder: i64,
    pub(super) prefetch: u16,
    pub(super) max: usize,
}

/// What a take gave. If nobody [accepts](Self::accept) it, as when the receiving call was cancelled, it goes back.
pub(super) struct Taken {
    db: Arc<Shared>,
    source: Source,
    holder: i64,
    deliveries: Vec<Delivery>,
    /// How long until the next delayed message is due, if there is one.
    pub(super) next_due: Option<Duration>,
}

#[async_trait]
impl Write for Take {
    type Answer = Taken;

    async fn write(&self, db: &mut SqliteConnection) -> Result<Taken, sqlx::Error> {
        let now = self.db.now();
        let mut due_at = next_due_at(db, self.source).await?;
        if due_at.is_some_and(|due_at| due_at <= now) {
            move_due(db, self.source, now).await?;
            due_at = next_due_at(db, self.source).await?;
        }
        Ok(Taken {
            db: Arc::clone(&self.db),
            source: self.source,
            holder: self.holder,
            deliveries: self.take_ready(db).await?,
            next_due: due_at
                .map(|due_at| Duration::from_micros(u64::try_from(due_at.saturating_sub(now)).unwrap_or(0))),
        })
    }
}

impl Take {
    async fn take_ready(&self, db: &mut SqliteConnection) -> Result<Vec<Delivery>, sqlx::Error> {
        let mut rows: Vec<(i64, Uuid, Vec<u8>, bool)> = sqlx::query_as(
            "UPDATE messages SET holder = ?1 WHERE seq IN (
                 SELECT seq FROM messages WHERE source = ?2 AND holder IS NULL ORDER BY seq
                 LIMIT max(0, min(?3, ?4 - (SELECT count(*) FROM messages WHERE holder = ?1))))
             RETURNING seq, event_id, body, redelivered",
        )
        .bind(self.holder)
        .bind(source_number(self.source))
        .bind(i64::try_from(self.max).unwrap_or(i64::MAX))
        .bind(self.prefetch)
        .fetch_all(db)
        .await?;
        // RETURNING promises no order.
        rows.sort_unstable_by_key(|row| row.0);
        Ok(rows.into_iter().map(delivery).collect())
    }
}

fn delivery((seq, id, body, redelivered): (i64, Uuid, Vec<u8>, bool)) -> Delivery {
    Delivery { id, body: body.into(), redelivered, tag: seq.cast_unsigned() }
}

async fn next_due_at(db: &mut SqliteConnection, source: Source) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT min(due_at) FROM delayed WHERE source = ?")
        .bind(source_number(source))
        .fetch_one(db)
        .await
}

/// Moves due messages to the end of the queue, where RabbitMQ's retry queues put them too.
async fn move_due(db: &mut SqliteConnection, source: Source, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO messages (source, event_id, type_name, body)
         SELECT source, event_id, type_name, body FROM delayed
         WHERE source = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?",
    )
    .bind(source_number(source))
    .bind(now)
    .bind(MAX_MOVED)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "DELETE FROM delayed WHERE seq IN (
             SELECT seq FROM delayed WHERE source = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?)",
    )
    .bind(source_number(source))
    .bind(now)
    .bind(MAX_MOVED)
    .execute(db)
    .await?;
    Ok(())
}

impl Taken {
    /// The deliveries, for whoever will settle them.
    pub(super) fn accept(mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.deliveries)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.deliveries.is_empty() {
            let seqs = self.deliveries.iter().map(|delivery| delivery.tag.cast_signed()).collect();
            let give_back = GiveBack {
                db: Arc::clone(&self.db),
                source: self.source,
                holder: self.holder,
                which: Which::These(seqs),
            };
            self.db.writer.insist(give_back);
        }
    }
}

/// Returns what a holder has to the queue, marked redelivered.
#[derive(Clone)]
pub(super) struct GiveBack {
    pub(super) db: Arc<Shared>,
    pub(super) source: Source,
    pub(super) holder: i64,
    pub(super) which: Which,
}

/// Which of a holder's messages.
#[derive(Clone)]
pub(super) enum Which {
    All,
    These(Arc<[i64]>),
}

#[async_trait]
impl Write for GiveBack {
    type Answer = ();

    async fn write(&self, db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let Which::These(seqs) = &self.which else {
            sqlx::query("UPDATE messages SET holder = NULL, redelivered = 1 WHERE holder = ?")
                .bind(self.holder)
                .execute(db)
                .await?;
            return Ok(());
        };
        for seq in seqs.iter() {
            sqlx::query("UPDATE messages SET holder = NULL, redelivered = 1 WHERE seq = ? AND holder = ?")
                .bind(seq)
                .bind(self.holder)
                .execute(&mut *db)
                .await?;
        }
        Ok(())
    }

    fn committed(&self) {
        self.db.arrived(self.source).notify_waiters();
    }
}
