//! The queue on SQLite: the promises of the queue port, kept in one file.
//!
//! Every change goes through [`commit`], which shares fsyncs between callers. [`publish`] writes messages,
//! [`consume`] waits for them, [`take`] hands them out, [`settle`] ends them, [`dead_letters`] looks through what is kept
//! aside, [`inspect`] looks on. The tables stand in for RabbitMQ's queues: `messages` for `mail.send` and `mail.reports`, `delayed` for the retry queues,
//! `dead_letters` for `mail.dead`.

pub(crate) mod commit;
mod consume;
pub(crate) mod database;
mod dead_letters;
mod inspect;
mod publish;
mod settle;
mod take;

pub use database::{OpenError, QueueDb};
pub use inspect::{AccountEvent, Depth, Depths};

use async_trait::async_trait;
use commit::{NotCommitted, Write};
use common::queue::{Consumer, Message, Queue, QueueError, Route, Source};
use consume::SqliteConsumer;
use database::Shared;
use publish::{Publish, PublishAccountEvents};
use std::sync::Arc;

/// The most messages kept of one source unless told otherwise; the cluster's queues hold as many.
const MAX_LENGTH: u64 = 2_000_000;

/// The queue port on `queue.db`.
pub struct SqliteQueue {
    db: Arc<Shared>,
    max_length: u64,
}

impl SqliteQueue {
    /// The queue in this file.
    #[must_use]
    pub fn new(db: &QueueDb) -> Self {
        Self::with_max_length(db, MAX_LENGTH)
    }

    /// The queue in this file, refusing to keep more than `max_length` messages of one source. Unsettled and delayed
    /// ones count; dead letters and account events do not.
    #[must_use]
    pub fn with_max_length(db: &QueueDb, max_length: u64) -> Self {
        Self { db: db.shared(), max_length }
    }

    async fn publish_with<W>(&self, write: W, messages: usize) -> Vec<Result<(), QueueError>>
    where
        W: Write<Answer = Vec<Result<(), QueueError>>>,
    {
        match self.db.writer.commit(write).await {
            Ok(verdicts) => verdicts,
            Err(error) => vec![Err(unconfirmed(error)); messages],
        }
    }

    async fn publish_to(&self, source: Source, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        let (db, messages) = (Arc::clone(&self.db), batch.len());
        self.publish_with(Publish { db, source, batch, max_length: self.max_length }, messages).await
    }
}

#[async_trait]
impl Queue for SqliteQueue {
    fn system(&self) -> &'static str {
        "sqlite"
    }

    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        match route {
            Route::Mail => self.publish_to(Source::Mail, batch).await,
            Route::Reports => self.publish_to(Source::Reports, batch).await,
            Route::AccountEvents => {
                let (db, messages) = (Arc::clone(&self.db), batch.len());
                self.publish_with(PublishAccountEvents { db, batch }, messages).await
            }
        }
    }

    async fn consume(&self, source: Source, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        Ok(Box::new(SqliteConsumer::new(Arc::clone(&self.db), source, prefetch)))
    }
}

/// How a source is written in the file; a number once given keeps its meaning.
fn source_number(source: Source) -> i64 {
    match source {
        Source::Mail => 1,
        Source::Reports => 2,
    }
}

/// `None` for a number of a version that is yet to come.
fn source_of_number(number: i64) -> Option<Source> {
    [Source::Mail, Source::Reports].into_iter().find(|source| source_number(*source) == number)
}

fn unconfirmed(NotCommitted(reason): NotCommitted) -> QueueError {
    QueueError::Unconfirmed(reason)
}

fn unavailable(error: &sqlx::Error) -> QueueError {
    unconfirmed(commit::not_committed(error))
}
