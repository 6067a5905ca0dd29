//! The cluster's dedup: the contract, and what it promises beyond it.

use super::DedupUnderTest;
use super::verbs::*;
use async_trait::async_trait;
use common::clock::ManualClock;
use common::entropy::OsEntropy;
use common::redis_link::{LinkSettings, RedisLink};
use mail_worker::dedup::redis::RedisDedup;
use mail_worker::dedup::{Claim, Dedup, DedupError};
use redis::cmd;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::eventually::eventually;
use tests::redis_server::{RedisServer, patient_link};

dedup_contract!(RedisUnderTest);

struct RedisUnderTest {
    server: RedisServer,
    clock: Arc<ManualClock>,
    link: Arc<RedisLink>,
}

impl RedisUnderTest {
    async fn empty(&self) {
        self.server.ask::<()>(&cmd("FLUSHALL")).await.unwrap();
    }
}

#[async_trait]
impl DedupUnderTest for RedisUnderTest {
    async fn start() -> Self {
        let server = RedisServer::start().await.unwrap();
        let link = patient_link(server.url()).await.unwrap();
        Self { server, clock: Arc::default(), link }
    }

    fn dedup(&self) -> Arc<dyn Dedup> {
        Arc::new(RedisDedup::new(self.link.clone(), self.clock.clone()))
    }

    async fn restart(&mut self) {
        self.server.crash_and_restart().await.unwrap();
        self.link = patient_link(self.server.url()).await.unwrap();
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time.try_into().unwrap());
    }
}

fn is_unavailable(answer: &Result<(), DedupError>) -> bool {
    matches!(answer, Err(DedupError::Unavailable(_)))
}

#[tokio::test]
async fn a_claim_made_after_the_store_was_emptied_stands_above_those_forgotten() {
    let under_test = RedisUnderTest::start().await;
    let (dedup, event) = (under_test.dedup(), event());
    let forgotten = fresh(&*dedup, event).await;
    under_test.empty().await;
    let newest = fresh(&*dedup, event).await;
    assert!(newest.number > forgotten.number);
    assert_lost!(dedup.renew(forgotten, LEASE));
    assert_lost!(dedup.dot(forgotten));
    assert_lost!(dedup.sent(forgotten, &record(), KEEP));
    assert_lost!(dedup.release(forgotten));
    assert_lost!(dedup.release_ambiguous(forgotten));
    dedup.dot(newest).await.unwrap();
}

#[tokio::test]
async fn a_dot_in_an_emptied_store_is_a_loss_and_does_not_hold_the_mail_back() {
    let under_test = RedisUnderTest::start().await;
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    under_test.empty().await;
    assert!(is_unavailable(&dedup.renew(fence, LEASE).await));
    assert!(is_unavailable(&dedup.dot(fence).await));
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    assert_eq!(claim(&*dedup, event).await, Claim::Sent(record()));
}

#[tokio::test]
async fn an_emptied_store_is_told_of_a_dot_without_an_answer() {
    let under_test = RedisUnderTest::start().await;
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
    under_test.empty().await;
    dedup.release_ambiguous(fence).await.unwrap();
    let last = resend(&*dedup, event).await;
    under_test.empty().await;
    dedup.release(last).await.unwrap();
    fresh(&*dedup, event).await;
}

#[tokio::test]
async fn every_entry_expires_by_itself_and_not_before_it_may() {
    let under_test = RedisUnderTest::start().await;
    let (dedup, claimed, renewed, sent) = (under_test.dedup(), event(), event(), event());
    fresh(&*dedup, claimed).await;
    let fence = fresh(&*dedup, renewed).await;
    dedup.renew(fence, KEEP * 2).await.unwrap();
    let fence = fresh(&*dedup, sent).await;
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    for (event, least) in [(claimed, LEASE), (renewed, KEEP * 2), (sent, KEEP)] {
        let key = format!("mail-worker:mail:{event}");
        let left: i64 = under_test.server.ask(cmd("PTTL").arg(key)).await.unwrap();
        let left = Duration::from_millis(left.try_into().unwrap());
        assert!(left > least - Duration::from_secs(60) && left < 8 * KEEP, "{left:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_that_a_frozen_server_comes_to_too_late_is_not_made() {
    let under_test = RedisUnderTest::start().await;
    let (patient, event) = (under_test.dedup(), event());
    let settings = LinkSettings::new(under_test.server.url(), "dedup");
    let given_up_after = settings.timeout;
    let link = Arc::new(RedisLink::start(settings, Arc::new(OsEntropy)));
    let hasty = RedisDedup::new(link.clone(), under_test.clock.clone());
    let connected = async || Ok(link.is_connected().then_some(()));
    eventually("redis is connected", connected).await.unwrap();
    let fence = fresh(&*patient, event).await;
    under_test.pass(LEASE).await;
    under_test.server.freeze().unwrap();
    let frozen = Instant::now();
    assert!(is_unavailable(&hasty.renew(fence, LEASE).await));
    let too_late = async || Ok((frozen.elapsed() > given_up_after * 2).then_some(()));
    eventually("it is too late", too_late).await.unwrap();
    under_test.server.thaw().unwrap();
    eventually("redis is connected again", connected).await.unwrap();
    fresh(&*patient, event).await;
}
