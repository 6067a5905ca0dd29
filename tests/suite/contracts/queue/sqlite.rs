//! The standalone's queue: the contract, and what it promises beyond it.

use super::verbs::*;
use super::{QueueUnderTest, crashing};
use async_trait::async_trait;
use common::clock::{Clock, ManualClock, SystemClock};
use common::queue::dead_letters::DeadLetters;
use common::queue::{Queue, QueueError, Route};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use standalone::queue::{Depth, QueueDb, SqliteQueue};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tests::dead_letters::death;
use tests::folder::Folder;

queue_contract!(SqliteUnderTest);

/// Tells the child process of the kill -9 test which file to open.
const CHILD_FILE: &str = "QUEUE_CONTRACT_FILE";

struct SqliteUnderTest {
    folder: Folder,
    clock: Arc<ManualClock>,
    db: QueueDb,
    queue: Arc<SqliteQueue>,
}

#[async_trait]
impl QueueUnderTest for SqliteUnderTest {
    async fn start() -> Self {
        let folder = Folder::new().unwrap();
        let clock = Arc::new(ManualClock::default());
        let (db, queue) = open(&file_in(&folder), clock.clone()).await;
        Self { folder, clock, db, queue }
    }

    fn queue(&self) -> Arc<dyn Queue> {
        self.queue.clone()
    }

    async fn restart(&mut self) {
        self.db.close().await;
        (self.db, self.queue) = open(&file_in(&self.folder), self.clock.clone()).await;
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time.try_into().unwrap());
    }

    fn dead_letters(&self) -> Arc<dyn DeadLetters> {
        self.queue.clone()
    }

    async fn hand_over(&mut self) -> Command {
        self.db.close().await;
        let (_binary, module) = module_path!().split_once("::").unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", &format!("{module}::the_killed_process")]);
        command.env(CHILD_FILE, file_in(&self.folder));
        command
    }
}

#[tokio::test]
#[ignore = "the child process of the kill -9 test"]
async fn the_killed_process() {
    if let Some(path) = std::env::var_os(CHILD_FILE) {
        let (_db, queue) = open(Path::new(&path), Arc::new(SystemClock)).await;
        crashing::child(&*queue).await;
    }
}

fn file_in(folder: &Folder) -> PathBuf {
    folder.path().join("queue.db")
}

async fn open(path: &Path, clock: Arc<dyn Clock>) -> (QueueDb, Arc<SqliteQueue>) {
    let db = QueueDb::open(path, clock).await.unwrap();
    let queue = Arc::new(SqliteQueue::new(&db));
    (db, queue)
}

#[tokio::test]
async fn a_full_queue_refuses_what_does_not_fit() {
    let under_test = SqliteUnderTest::start().await;
    let queue = SqliteQueue::with_max_length(&under_test.db, 3);
    let (fits, full) = (Ok(()), Err(QueueError::Full));
    let verdicts = queue.publish(Route::Mail, messages(5)).await;
    assert_eq!(verdicts, [fits.clone(), fits.clone(), fits, full.clone(), full.clone()]);
    let consumer = consumer(&queue, 10).await;
    let held = receive(&*consumer, 3).await;
    consumer.retry(&held[0], held[0].body.clone(), DEADLINE).await.unwrap();
    assert_eq!(queue.publish(Route::Mail, messages(1)).await, [full], "what is held or delayed counts");
    publish(&queue, Route::Reports, 1).await;
    consumer.ack(&held[1]).await.unwrap();
    publish(&queue, Route::Mail, 1).await;
}

#[tokio::test]
async fn depths_tell_what_is_where() {
    let under_test = SqliteUnderTest::start().await;
    publish(&*under_test.queue, Route::Mail, 5).await;
    let consumer = consumer(&*under_test.queue, 4).await;
    let held = receive(&*consumer, 4).await;
    consumer.ack(&held[0]).await.unwrap();
    consumer.retry(&held[1], held[1].body.clone(), DEADLINE).await.unwrap();
    consumer.dead_letter(&held[2], &death("reason")).await.unwrap();
    let depths = under_test.queue.depths().await.unwrap();
    assert_eq!(depths.mail, Depth { ready: 1, unsettled: 1, delayed: 1, dead: 1 });
    assert_eq!(depths.reports, Depth::default());
}

#[tokio::test]
async fn the_newest_thousand_account_events_are_kept_newest_first() {
    let under_test = SqliteUnderTest::start().await;
    let mut newest_first = publish(&*under_test.queue, Route::AccountEvents, 700).await;
    newest_first.extend(publish(&*under_test.queue, Route::AccountEvents, 400).await);
    newest_first.reverse();
    let kept = under_test.queue.account_events(5_000).await.unwrap();
    assert_eq!(kept.iter().map(|event| event.id).collect::<Vec<_>>(), newest_first[..1_000]);
    assert_eq!(kept[0].body, format!("body of {}", kept[0].id));
    assert!(kept[0].published_at <= under_test.clock.now());
    assert_eq!(under_test.queue.account_events(1).await.unwrap(), kept[..1]);
}

#[tokio::test]
async fn a_locked_file_is_unconfirmed_and_nothing_stays_held() {
    let under_test = SqliteUnderTest::start().await;
    let published = publish(&*under_test.queue, Route::Mail, 1).await;
    let dropped = consumer(&*under_test.queue, 10).await;
    receive_one(&*dropped).await;

    let options = SqliteConnectOptions::new().filename(file_in(&under_test.folder));
    let mut stranger = SqliteConnection::connect_with(&options).await.unwrap();
    let lock = stranger.begin_with("BEGIN IMMEDIATE").await.unwrap();
    drop(dropped);
    let verdicts = under_test.queue.publish(Route::Mail, messages(2)).await;
    let locked = QueueError::Unconfirmed("database is locked".to_owned());
    assert_eq!(verdicts, [Err(locked.clone()), Err(locked)]);

    lock.rollback().await.unwrap();
    let again = receive_one(&*consumer(&*under_test.queue, 10).await).await;
    assert_eq!((again.id, again.redelivered), (published[0], true));
    publish(&*under_test.queue, Route::Mail, 1).await;
}

#[tokio::test]
async fn a_closed_queue_is_unconfirmed() {
    let under_test = SqliteUnderTest::start().await;
    let consumer = consumer(&*under_test.queue, 10).await;
    under_test.db.close().await;
    let closed = QueueError::Unconfirmed("the queue is closed".to_owned());
    assert_eq!(under_test.queue.publish(Route::Mail, messages(1)).await, [Err(closed.clone())]);
    assert_eq!(consumer.receive(1, DEADLINE).await.unwrap_err(), closed);
}
