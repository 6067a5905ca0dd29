//! A queue on the shared broker, and what the tests say to it.

use common::clock::{Clock as _, SystemClock};
use common::entropy::{OsEntropy, new_id};
use common::queue::rabbitmq::{Patience, RabbitQueue, Settings};
use common::queue::{Message, Queue as _, QueueError, Route, Source};
use common::server_url::{AMQP, ServerUrl};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Long enough for a busy machine, short enough to be waited for.
pub(super) const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(5),
    answer: Duration::from_secs(5),
    confirm: Duration::from_secs(2),
    reconnect: Duration::from_millis(500),
    heartbeat: Duration::from_secs(10),
};
/// By then the queue must work again: the longest wait between two tries has passed.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);

/// Each queue has names of its own.
static QUEUES: AtomicU32 = AtomicU32::new(0);

pub(super) fn settings(url: &str) -> Settings {
    let mut settings = Settings::new(ServerUrl::parse(url, AMQP).unwrap(), "faults");
    settings.patience = PATIENCE;
    settings.topology.prefix = format!("fault{}.", QUEUES.fetch_add(1, Ordering::Relaxed));
    settings
}

pub(super) fn start(settings: &Settings) -> Arc<RabbitQueue> {
    Arc::new(RabbitQueue::start(settings.clone(), Arc::new(OsEntropy)))
}

pub(super) async fn connected(settings: &Settings) -> Arc<RabbitQueue> {
    let queue = start(settings);
    queue.connected().await;
    queue
}

pub(super) fn message(body: impl Into<String>) -> Message {
    let id = new_id(&OsEntropy, SystemClock.now());
    Message { id, type_name: "test.Message", body: body.into().into() }
}

pub(super) async fn publish_one(queue: &RabbitQueue) -> Result<Uuid, QueueError> {
    let message = message("body");
    let id = message.id;
    queue.publish(Route::Mail, vec![message]).await.remove(0).map(|()| id)
}

/// Publishes until a message is confirmed, as every caller does.
pub(super) async fn publish_at_last(queue: &RabbitQueue) -> Uuid {
    let end = Instant::now() + DEADLINE;
    loop {
        match publish_one(queue).await {
            Ok(id) => return id,
            Err(error) => assert!(Instant::now() < end, "not in time: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Takes and acks mails until all of these have come.
pub(super) async fn expect_all(queue: &RabbitQueue, mut wanted: BTreeSet<Uuid>) {
    let end = Instant::now() + DEADLINE;
    let consumer = queue.consume(Source::Mail, 500).await.unwrap();
    while !wanted.is_empty() {
        assert!(Instant::now() < end, "{} messages are lost", wanted.len());
        for delivery in consumer.receive(500, Duration::from_secs(1)).await.unwrap() {
            wanted.remove(&delivery.id);
            consumer.ack(&delivery).await.unwrap();
        }
    }
}

pub(super) fn is_unconfirmed<T>(verdict: &Result<T, QueueError>) -> bool {
    matches!(verdict, Err(QueueError::Unconfirmed(_)))
}
