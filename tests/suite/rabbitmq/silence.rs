//! Something accepts connections and never says a word.

use super::world::*;
use common::entropy::Entropy;
use common::queue::rabbitmq::RabbitQueue;
use std::sync::Arc;
use std::time::Duration;
use tests::eventually::eventually;
use tests::fake_amqp_broker::{Answers, FakeAmqpBroker};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_given_up_is_cut_and_not_left_behind() {
    let broker = FakeAmqpBroker::start(Answers::Silence).await.unwrap();
    let mut settings = settings(&broker.amqp_url());
    settings.patience.connect = Duration::from_millis(100);
    let queue = start(&settings);
    let cut = eventually("several connections were given up", async || {
        let (_, ended) = broker.connections();
        Ok((ended >= 4).then_some(()))
    });
    cut.await.unwrap();
    assert!(!queue.is_connected());
    drop(queue);
    let all_cut = eventually("every connection is cut", async || {
        let (accepted, ended) = broker.connections();
        Ok((accepted == ended).then_some(()))
    });
    all_cut.await.unwrap();
}

/// Panics whenever it is asked for a backoff.
struct Broken;

impl Entropy for Broken {
    fn fill(&self, _: &mut [u8]) {
        panic!("as the test wants it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_whose_turn_panics_tries_again() {
    let broker = FakeAmqpBroker::start(Answers::Silence).await.unwrap();
    let mut settings = settings(&broker.amqp_url());
    settings.patience.connect = Duration::from_millis(100);
    let _queue = RabbitQueue::start(settings, Arc::new(Broken));
    let tried = eventually("both connections are tried for a third time", async || {
        let (accepted, _) = broker.connections();
        Ok((accepted >= 6).then_some(()))
    });
    tried.await.unwrap();
}
