//! Several brokers of one cluster: one is used at a time, and the next when it fails.

use super::world::*;
use common::entropy::Entropy;
use common::queue::Queue as _;
use common::queue::rabbitmq::{RabbitQueue, Settings};
use common::server_url::{AMQP, ServerUrl, ServerUrls};
use std::sync::Arc;
use tests::fake_amqp_broker::{Answers, FakeAmqpBroker};
use tests::rabbitmq::RabbitMq;
use tokio::time::{Instant, timeout};

/// Always zero: the first of several, and the shortest backoff.
struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

fn start_with_first(urls: &[String]) -> RabbitQueue {
    let urls = urls.iter().map(|url| ServerUrl::parse(url, AMQP).unwrap()).collect();
    let settings = Settings { urls: ServerUrls::new(urls).unwrap(), ..settings("amqp://nobody.example") };
    RabbitQueue::start(settings, Arc::new(Zeros))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_dead_from_the_start_is_passed_over() {
    let broker = FakeAmqpBroker::start(Answers::NackEachTenth).await.unwrap();
    let nobody = tests::ports::free_port().unwrap();
    let queue = start_with_first(&[format!("amqp://guest:guest@127.0.0.1:{nobody}/%2f"), broker.amqp_url()]);
    timeout(DEADLINE, queue.connected()).await.unwrap();
    assert!(queue.is_connected());
    assert_eq!(broker.connections(), (2, 0), "one to publish and one to consume");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_broker_dies_both_connections_go_to_the_next() {
    let (first, second) = (RabbitMq::start().await.unwrap(), RabbitMq::shared().await.unwrap());
    let queue = start_with_first(&[first.amqp_url(), second.amqp_url()]);
    timeout(DEADLINE, queue.connected()).await.unwrap();
    publish_one(&queue).await.unwrap();
    first.crash().unwrap();
    let begun = Instant::now();
    let id = publish_at_last(&queue).await;
    println!("from the crash to the first confirm of the next broker: {:?}", begun.elapsed());
    timeout(DEADLINE, queue.consuming_came_up()).await.unwrap();
    expect_all(&queue, [id].into()).await;
}
