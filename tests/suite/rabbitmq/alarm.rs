//! The broker is short of memory and takes no messages.

use super::world::*;
use common::queue::{Queue as _, Source};
use std::time::Duration;
use tests::rabbitmq::RabbitMq;
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_broker_confirms_nothing_while_acks_go_on() {
    let broker = RabbitMq::alone().await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    let (acked, unsettled) = (publish_one(&queue).await.unwrap(), publish_one(&queue).await.unwrap());
    let consumer = queue.consume(Source::Mail, 10).await.unwrap();
    let mut held = Vec::new();
    while held.len() < 2 {
        held.extend(consumer.receive(2, DEADLINE).await.unwrap());
    }

    broker.ctl(&["set_vm_memory_high_watermark", "absolute", "1"]).await.unwrap();
    let begun = Instant::now();
    let (first, took) = (publish_one(&queue).await, begun.elapsed());
    let begun = Instant::now();
    let (second, took_then) = (publish_one(&queue).await, begun.elapsed());
    let ack = consumer.ack(&held[0]).await;
    // Dropped, it returns what it holds: the acks reach the broker, though nothing else does.
    drop(consumer);
    let another = queue.consume(Source::Mail, 10).await.unwrap();
    let again = another.receive(10, DEADLINE).await.unwrap();
    broker.ctl(&["set_vm_memory_high_watermark", "absolute", "4GB"]).await.unwrap();

    assert!(is_unconfirmed(&first) && took < PATIENCE.confirm * 2, "{first:?} after {took:?}");
    assert!(is_unconfirmed(&second) && took_then < Duration::from_secs(1), "{second:?} after {took_then:?}");
    assert_eq!(ack, Ok(()));
    assert_eq!(held[0].id, acked);
    assert_eq!(again.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [unsettled]);
    drop(another);
    let id = publish_at_last(&queue).await;
    expect_all(&queue, [id, unsettled].into()).await;
}
