//! The standalone's dedup: the contract, and what it promises beyond it.

use super::DedupUnderTest;
use super::verbs::*;
use async_trait::async_trait;
use common::clock::ManualClock;
use mail_worker::dedup::{Claim, Dedup, DedupError};
use standalone::dedup::SqliteDedup;
use standalone::queue::QueueDb;
use std::sync::Arc;
use std::time::Duration;
use tests::folder::Folder;

dedup_contract!(SqliteUnderTest);

struct SqliteUnderTest {
    folder: Folder,
    clock: Arc<ManualClock>,
    db: QueueDb,
}

impl SqliteUnderTest {
    async fn open(folder: &Folder, clock: Arc<ManualClock>) -> QueueDb {
        QueueDb::open(&folder.path().join("queue.db"), clock).await.unwrap()
    }
}

#[async_trait]
impl DedupUnderTest for SqliteUnderTest {
    async fn start() -> Self {
        let (folder, clock) = (Folder::new().unwrap(), Arc::new(ManualClock::default()));
        let db = Self::open(&folder, clock.clone()).await;
        Self { folder, clock, db }
    }

    fn dedup(&self) -> Arc<dyn Dedup> {
        Arc::new(SqliteDedup::new(&self.db))
    }

    async fn restart(&mut self) {
        self.db.close().await;
        self.db = Self::open(&self.folder, self.clock.clone()).await;
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time.try_into().unwrap());
    }
}

/// Its holder was in the one process that had the file, so nobody can still be sending.
#[tokio::test]
async fn a_claim_ends_with_its_process_and_its_dot_stays() {
    let mut under_test = SqliteUnderTest::start().await;
    let (plain, dotted) = (event(), event());
    fresh(&*under_test.dedup(), plain).await;
    let fence = fresh(&*under_test.dedup(), dotted).await;
    under_test.dedup().dot(fence).await.unwrap();
    under_test.restart().await;
    assert_lost!(under_test.dedup().renew(fence, LEASE));
    assert_lost!(under_test.dedup().dot(fence));
    fresh(&*under_test.dedup(), plain).await;
    resend(&*under_test.dedup(), dotted).await;
}

#[tokio::test]
async fn what_need_not_be_kept_is_cleared_away_and_its_fences_stay_behind() {
    let under_test = SqliteUnderTest::start().await;
    let (dedup, old) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, old).await;
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    assert_eq!(claim(&*dedup, old).await, Claim::Sent(record()));
    under_test.pass(KEEP).await;
    let next = fresh(&*dedup, old).await;
    assert!(next.number > fence.number);
    assert_lost!(dedup.dot(fence));
}

#[tokio::test]
async fn a_claim_that_is_renewed_is_not_cleared_away() {
    let under_test = SqliteUnderTest::start().await;
    let (dedup, long) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, long).await;
    dedup.renew(fence, KEEP * 60).await.unwrap();
    under_test.pass(KEEP * 59).await;
    fresh(&*dedup, event()).await;
    dedup.dot(fence).await.unwrap();
}

#[tokio::test]
async fn a_closed_file_is_unavailable() {
    let under_test = SqliteUnderTest::start().await;
    under_test.db.close().await;
    match under_test.dedup().claim(event(), 0, LEASE).await {
        Err(DedupError::Unavailable(reason)) => assert_eq!(reason, "the queue is closed"),
        other => panic!("not unavailable: {other:?}"),
    }
}
