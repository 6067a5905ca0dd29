//! The file and the connections to it.

use super::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection, SqlitePool};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

/// How many lists and searches run at once.
const READERS: u32 = 4;
/// How long a reader waits while SQLite moves the log into the file.
const BUSY: Duration = Duration::from_secs(5);

/// The one connection that writes, at the present schema, and the pool of those that read.
pub(super) async fn connections(path: &Path) -> Result<(SqliteConnection, SqlitePool), StoreError> {
    make_private(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // With NORMAL a power cut takes back commits that a 250 was given for.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        // A statement may carry words of a mail; none goes to the log.
        .disable_statement_logging();
    let mut writer = options.connect().await?;
    sqlx::migrate!("inbox/migrations").run(&mut writer).await?;
    let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
    Ok((writer, readers))
}

/// SQLite gives the log and the index beside the file the file's mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn a_commit_is_on_disk_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let (mut writer, _readers) = connections(&path).await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut writer).await.unwrap();
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut writer).await.unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(
                file.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{:?}",
                file.file_name()
            );
        }
    }
}
