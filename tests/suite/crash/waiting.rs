//! What is on its way in the standalone's files, seen from outside.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use std::path::Path;
use tests::eventually::eventually;

/// How much of each is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Requests nobody has issued.
    pub(crate) accepted: i64,
    /// Events without a final report.
    pub(crate) outbox: i64,
    /// Those of them that were not marked as published.
    pub(crate) unmarked: i64,
    /// Mails in the queue, in work or not.
    pub(crate) mails: i64,
    /// Reports in the queue.
    pub(crate) reports: i64,
    /// Mails to be tried again later.
    pub(crate) delayed: i64,
    /// Mails in a worker's hands, their dot not written.
    pub(crate) claimed: i64,
    /// Mails whose dot was written, its answer not known.
    pub(crate) dotted: i64,
    /// Mails known to be sent.
    pub(crate) sent: i64,
    /// What an operator must look at.
    pub(crate) dead_letters: i64,
}

const STORE: &str = "SELECT (SELECT count(*) FROM reset_requests WHERE state = 'accepted'),
    (SELECT count(*) FROM outbox), (SELECT count(*) FROM outbox WHERE publishes = 0)";

/// A copy of a mail that is in hand waits out the claim on it. Once the mail is sent, there is nothing left in that copy.
const QUEUE: &str = "SELECT (SELECT count(*) FROM messages WHERE source = 1),
    (SELECT count(*) FROM messages WHERE source = 2),
    (SELECT count(*) FROM delayed WHERE NOT EXISTS
        (SELECT * FROM claims WHERE claims.event_id = delayed.event_id AND accepted_at IS NOT NULL)),
    (SELECT count(*) FROM claims WHERE accepted_at IS NULL AND lease_until > 0 AND NOT dotted),
    (SELECT count(*) FROM claims WHERE accepted_at IS NULL AND dotted),
    (SELECT count(*) FROM claims WHERE accepted_at IS NOT NULL),
    (SELECT count(*) FROM dead_letters)";

impl Waiting {
    /// Looks into the files of a data directory, whether or not a process holds it.
    pub(crate) async fn look(data_dir: &Path) -> anyhow::Result<Self> {
        let mut store = open(&data_dir.join("store.db")).await?;
        let mut queue = open(&data_dir.join("queue.db")).await?;
        let (accepted, outbox, unmarked) = sqlx::query_as(STORE).fetch_one(&mut store).await?;
        let (mails, reports, delayed, claimed, dotted, sent, dead_letters) =
            sqlx::query_as(QUEUE).fetch_one(&mut queue).await?;
        Ok(Self { accepted, outbox, unmarked, mails, reports, delayed, claimed, dotted, sent, dead_letters })
    }

    /// Waits until one mail is set aside, and everything else has come to its end.
    pub(crate) async fn ends_as_a_dead_letter(data_dir: &Path) -> anyhow::Result<()> {
        eventually("a mail is set aside", async || {
            let waiting = Self::look(data_dir).await?;
            Ok((waiting.is_nothing() && waiting.dead_letters == 1).then_some(()))
        })
        .await
    }

    /// Whether everything has come to its end. What is sent and what is set aside has.
    pub(crate) fn is_nothing(&self) -> bool {
        let Self { accepted, outbox, mails, reports, delayed, .. } = *self;
        [accepted, outbox, mails, reports, delayed] == [0; 5]
    }
}

async fn open(file: &Path) -> sqlx::Result<SqliteConnection> {
    SqliteConnectOptions::new().filename(file).read_only(true).connect().await
}
