//! The file `queue.db`: how it is opened, and what everything that uses it shares.

use super::commit::Writer;
use common::clock::{Clock, to_micros};
use common::queue::Source;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqlitePool};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

/// How long a statement waits for a file that somebody else has locked, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Connections that look: the status and the page of account events.
const READERS: u32 = 2;

/// The open file. Cheap to clone; every clone is the same file.
///
/// One process at a time: the data directory's lock sees to that.
#[derive(Clone)]
pub struct QueueDb(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) writer: Writer,
    pub(crate) readers: SqlitePool,
    /// Held by whoever looks through the dead letters.
    pub(super) looking: Arc<Mutex<()>>,
    clock: Arc<dyn Clock>,
    arrived: [Arc<Notify>; 2],
    last_holder: AtomicI64,
}

/// The file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be created, read or written, or it is no SQLite file.
    #[error("could not open {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// Its tables are not, and could not be made, those of this version.
    #[error("could not bring the tables of {path} up to date")]
    Tables {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        source: sqlx::migrate::MigrateError,
    },
}

impl QueueDb {
    /// Opens the file, or makes it. Whatever the last process held is free again: deliveries come back marked
    /// redelivered, and claims on mails end, their dots kept.
    ///
    /// Call it inside a Tokio runtime.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let options = options(path);
        prepare(path, options.clone()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_lazy_with(options.clone().read_only(true));
        Ok(Self(Arc::new(Shared {
            writer: Writer::start(options),
            readers,
            looking: Arc::default(),
            clock,
            arrived: Default::default(),
            last_holder: AtomicI64::new(0),
        })))
    }

    /// Commits what was asked for so far, refuses what comes later, and closes the file.
    pub async fn close(&self) {
        self.0.writer.close().await;
        self.0.readers.close().await;
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.0)
    }
}

impl Shared {
    /// Now, in microseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        to_micros(self.clock.now())
    }

    /// Rings when a source may have more to give, or may have it sooner.
    pub(super) fn arrived(&self, source: Source) -> &Arc<Notify> {
        match source {
            Source::Mail => &self.arrived[0],
            Source::Reports => &self.arrived[1],
        }
    }

    /// A number that no other consumer of this process has.
    pub(super) fn new_holder(&self) -> i64 {
        self.last_holder.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// The instant `by` after `instant`, both in microseconds since 1970; the end of time if it is later than that.
pub(crate) fn later(instant: i64, by: Duration) -> i64 {
    instant.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A confirm must survive a power cut; in WAL mode, NORMAL does not sync at commit.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

/// Through a pool of one: the migrator cannot be lent a connection inside a future that is `Send`.
async fn prepare(path: &Path, options: SqliteConnectOptions) -> Result<(), OpenError> {
    let file = |source| OpenError::File { path: path.to_owned(), source };
    let connection = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(file)?;
    sqlx::migrate!("migrations/queue")
        .run(&connection)
        .await
        .map_err(|source| OpenError::Tables { path: path.to_owned(), source })?;
    free_what_was_held(&connection).await.map_err(file)?;
    connection.close().await;
    Ok(())
}

async fn free_what_was_held(connection: &SqlitePool) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE messages SET holder = NULL, redelivered = 1 WHERE holder IS NOT NULL")
        .execute(connection)
        .await?;
    sqlx::query("UPDATE claims SET lease_until = 0 WHERE lease_until > 0").execute(connection).await?;
    Ok(())
}
