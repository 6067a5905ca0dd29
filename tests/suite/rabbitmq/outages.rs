//! The broker dies, freezes, or is not there yet.

use super::world::*;
use common::queue::rabbitmq::RabbitQueue;
use common::queue::{Queue as _, Route, Source};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tests::eventually::eventually;
use tests::rabbitmq::RabbitMq;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

/// Publishes batch after batch until it is told to stop, and tells how many were confirmed on the way.
async fn publish_under_load(
    queue: Arc<RabbitQueue>,
    confirmed: watch::Sender<BTreeSet<Uuid>>,
    stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let batch: Vec<_> = (0..8).map(|_| message("body")).collect();
        let ids: Vec<Uuid> = batch.iter().map(|message| message.id).collect();
        let verdicts = queue.publish(Route::Mail, batch).await;
        let sure = ids.into_iter().zip(verdicts).filter(|(_, verdict)| verdict.is_ok());
        confirmed.send_modify(|all| all.extend(sure.map(|(id, _)| id)));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_loses_nothing_confirmed_and_publishing_goes_on_by_itself() {
    let broker = RabbitMq::alone().await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    let (confirmed, mut seen) = watch::channel(BTreeSet::new());
    let (stop, stopped) = watch::channel(false);
    let load: Vec<_> = (0..4)
        .map(|_| tokio::spawn(publish_under_load(queue.clone(), confirmed.clone(), stopped.clone())))
        .collect();
    seen.wait_for(|all| all.len() > 500).await.unwrap();
    broker.crash().unwrap();
    let before = seen.borrow().len();
    broker.launch().await.unwrap();
    tokio::time::timeout(DEADLINE, seen.wait_for(|all| all.len() > before + 500)).await.unwrap().unwrap();
    stop.send_replace(true);
    for publisher in load {
        publisher.await.unwrap();
    }
    let confirmed = seen.borrow().clone();
    queue.connected().await;
    expect_all(&queue, confirmed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_broker_confirms_nothing_and_is_used_again_when_it_goes_on() {
    let broker = RabbitMq::alone().await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    publish_one(&queue).await.unwrap();
    broker.freeze().unwrap();
    let begun = Instant::now();
    let verdict = publish_one(&queue).await;
    let (took, ready) = (begun.elapsed(), queue.is_connected());
    let again = Instant::now();
    let second = publish_one(&queue).await;
    let second_took = again.elapsed();
    // The shared broker must go on, whatever is asserted.
    broker.thaw().unwrap();
    assert!(is_unconfirmed(&verdict), "{verdict:?}");
    assert!(took < PATIENCE.confirm * 2, "it took {took:?}");
    assert!(!ready, "it says that it is ready");
    assert!(is_unconfirmed(&second) && second_took < PATIENCE.confirm, "{second:?} after {second_took:?}");
    let id = publish_at_last(&queue).await;
    queue.connected().await;
    expect_all(&queue, [id].into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_comes_later_is_found() {
    let broker = RabbitMq::alone().await.unwrap();
    broker.crash().unwrap();
    let queue = start(&settings(&broker.amqp_url()));
    let begun = Instant::now();
    let (verdict, consumer) = (publish_one(&queue).await, queue.consume(Source::Mail, 10).await);
    let took = begun.elapsed();
    let ready = queue.is_connected();
    broker.launch().await.unwrap();
    assert!(is_unconfirmed(&verdict) && is_unconfirmed(&consumer.map(drop)) && !ready);
    assert!(took < PATIENCE.reconnect * 3, "it took {took:?}");
    let id = publish_at_last(&queue).await;
    queue.connected().await;
    expect_all(&queue, [id].into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_lost_its_disk_is_declared_anew() {
    let broker = RabbitMq::alone().await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    broker.crash().unwrap();
    broker.wipe().unwrap();
    broker.launch().await.unwrap();
    let id = publish_at_last(&queue).await;
    queue.connected().await;
    expect_all(&queue, [id].into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_queue_says_so_at_once() {
    let broker = RabbitMq::shared().await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    let consumer = queue.consume(Source::Mail, 10).await.unwrap();
    queue.close().await;
    assert!(!queue.is_connected());
    let begun = Instant::now();
    assert!(is_unconfirmed(&publish_one(&queue).await));
    assert!(begun.elapsed() < PATIENCE.confirm);
    let received = eventually("the subscription ends", async || {
        Ok(consumer.receive(1, Duration::from_millis(50)).await.err())
    });
    received.await.unwrap();
}
