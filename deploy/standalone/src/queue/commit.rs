//! Group commit: one task owns the writing connection, and whatever was asked for while it committed goes into the
//! next transaction together. A commit costs one fsync, however many callers share it.

use async_trait::async_trait;
use common::surviving::survived;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The most writes that share a transaction; it bounds how long the first of them waits for the others.
const MAX_BATCH: usize = 512;
/// The pause before a write that must happen is tried again.
const INSIST_PAUSE: Duration = Duration::from_millis(200);

/// One change of the file, and what its caller is told.
///
/// Obligation: `write` may run and be rolled back, so what it does outside the database belongs into `committed`.
#[async_trait]
pub(crate) trait Write: Send + Sync + 'static {
    /// What the caller is told once the change is durable.
    type Answer: Send + 'static;

    /// Makes the change inside the shared transaction.
    async fn write(&self, db: &mut SqliteConnection) -> Result<Self::Answer, sqlx::Error>;

    /// Runs when the change is durable, whether or not the caller still waits.
    fn committed(&self) {}
}

/// The change may not have happened. Holds the reason in a few words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotCommitted(pub(crate) String);

/// Hands changes to the writing task. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    runtime: Handle,
    closing: CancellationToken,
    task: TaskTracker,
}

impl Writer {
    /// Starts the writing task on the current runtime. It connects when there is something to write.
    pub(crate) fn start(options: SqliteConnectOptions) -> Self {
        let (jobs, queue) = mpsc::channel(MAX_BATCH);
        let (closing, task) = (CancellationToken::new(), TaskTracker::new());
        task.spawn(WritingTask { options, connection: None, queue, closing: closing.clone() }.run());
        Self { jobs, runtime: Handle::current(), closing, task }
    }

    /// Makes a change durable. Dropping the future does not take the change back.
    pub(crate) async fn commit<W: Write>(&self, write: W) -> Result<W::Answer, NotCommitted> {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Pending { write, answer: None, caller });
        self.jobs.send(job).await.map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(NotCommitted("it was cut off".to_owned())))
    }

    /// Makes a change durable in the background, trying until it is or the file is closed.
    pub(crate) fn insist<W: Write + Clone>(&self, write: W) {
        let writer = self.clone();
        self.runtime.spawn(async move {
            while !writer.jobs.is_closed() && writer.commit(write.clone()).await.is_err() {
                tokio::time::sleep(INSIST_PAUSE).await;
            }
        });
    }

    /// Commits what was handed over, refuses the rest and lets go of the file.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        self.task.close();
        self.task.wait().await;
    }
}

fn closed() -> NotCommitted {
    NotCommitted("the queue is closed".to_owned())
}

/// A [`Write`] with its answer type erased.
#[async_trait]
trait Job: Send {
    async fn run(&mut self, db: &mut SqliteConnection) -> Result<(), sqlx::Error>;
    fn settle(self: Box<Self>, verdict: &Result<(), NotCommitted>);
}

struct Pending<W: Write> {
    write: W,
    answer: Option<W::Answer>,
    caller: oneshot::Sender<Result<W::Answer, NotCommitted>>,
}

#[async_trait]
impl<W: Write> Job for Pending<W> {
    async fn run(&mut self, db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        self.answer = Some(self.write.write(db).await?);
        Ok(())
    }

    fn settle(self: Box<Self>, verdict: &Result<(), NotCommitted>) {
        let Self { write, answer, caller } = *self;
        if verdict.is_ok() {
            write.committed();
        }
        // A caller that went away asked for the change all the same.
        drop(caller.send(verdict.clone().and_then(|()| answer.ok_or_else(closed))));
    }
}

struct WritingTask {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
    queue: mpsc::Receiver<Box<dyn Job>>,
    closing: CancellationToken,
}

impl WritingTask {
    async fn run(mut self) {
        let mut batch = Vec::new();
        while self.next_batch(&mut batch).await {
            if survived(self.turn(&mut batch)).await.is_none() {
                // Dropped, their callers learn that nothing is sure; the next batch connects anew.
                batch.clear();
                self.connection = None;
            }
        }
        self.disconnect().await;
    }

    async fn turn(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        let verdict = self.commit_together(batch).await.map_err(|error| not_committed(&error));
        if let Err(NotCommitted(reason)) = &verdict {
            tracing::warn!(reason, writes = batch.len(), "a commit to the queue file failed");
            // After an error it is not known what the connection is in the middle of.
            self.disconnect().await;
        }
        batch.drain(..).for_each(|job| job.settle(&verdict));
    }

    /// Waits for work and takes all there is. False once the file is to be closed and everything was taken.
    async fn next_batch(&mut self, batch: &mut Vec<Box<dyn Job>>) -> bool {
        let closing = self.closing.clone();
        tokio::select! {
            taken = self.queue.recv_many(batch, MAX_BATCH) => return taken > 0,
            () = closing.cancelled() => self.queue.close(),
        }
        self.queue.recv_many(batch, MAX_BATCH).await > 0
    }

    async fn commit_together(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(self.options.connect().await?),
        };
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for job in batch {
            job.run(&mut transaction).await?;
        }
        transaction.commit().await
    }

    async fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::debug!(%error, "the queue file was not closed in order");
        }
    }
}

/// SQLite's own words ("database or disk is full", "database is locked") name no content.
pub(super) fn not_committed(error: &sqlx::Error) -> NotCommitted {
    NotCommitted(match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    })
}
