//! What the contract's tests say to a queue.

use common::clock::{Clock as _, SystemClock};
use common::entropy::{OsEntropy, new_id};
use common::queue::{Consumer, Delivery, Message, Queue, Route, Source};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// By then anything that is to come has come.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// How long it is watched that nothing comes.
pub(super) const WATCH: Duration = Duration::from_millis(50);

pub(super) fn message() -> Message {
    let id = new_id(&OsEntropy, SystemClock.now());
    Message { id, type_name: "test.Message", body: format!("body of {id}").into() }
}

pub(super) fn messages(count: usize) -> Vec<Message> {
    (0..count).map(|_| message()).collect()
}

/// Publishes so many messages, all of them confirmed. Gives their ids.
pub(super) async fn publish(queue: &dyn Queue, route: Route, count: usize) -> Vec<Uuid> {
    let batch = messages(count);
    let published = ids(&batch);
    let verdicts = queue.publish(route, batch).await;
    assert_eq!(verdicts, vec![Ok(()); count]);
    published
}

pub(super) async fn consumer(queue: &dyn Queue, prefetch: u16) -> Box<dyn Consumer> {
    queue.consume(Source::Mail, prefetch).await.unwrap()
}

/// Receives exactly so many deliveries, in as many calls as it takes.
pub(super) async fn receive(consumer: &dyn Consumer, count: usize) -> Vec<Delivery> {
    let end = Instant::now() + DEADLINE;
    let mut received = Vec::new();
    while received.len() < count {
        let left = end.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "only {} of {count} deliveries came", received.len());
        received.extend(consumer.receive(count - received.len(), left).await.unwrap());
    }
    assert_eq!(received.len(), count, "more than were asked for");
    received
}

pub(super) async fn receive_one(consumer: &dyn Consumer) -> Delivery {
    receive(consumer, 1).await.remove(0)
}

/// Watches for a moment that nothing comes.
pub(super) async fn nothing_comes(consumer: &dyn Consumer) {
    let received = consumer.receive(10, WATCH).await.unwrap();
    assert!(received.is_empty(), "{received:?}");
}

pub(super) fn ids(batch: &[Message]) -> Vec<Uuid> {
    batch.iter().map(|message| message.id).collect()
}

pub(super) fn delivered_ids(deliveries: &[Delivery]) -> Vec<Uuid> {
    deliveries.iter().map(|delivery| delivery.id).collect()
}
