//! A queue is deleted, or full.

use super::world::*;
use common::queue::{Queue as _, QueueError, Route, Source};
use lapin::options::QueueDeleteOptions;
use std::time::Duration;
use tests::dead_letters::death;
use tests::eventually::eventually;
use tests::rabbitmq::RabbitMq;
use tests::rabbitmq::looking::{channel, name};

/// How long a receive waits for what is to come.
const WAIT: Duration = Duration::from_secs(10);

/// So many copies start on a broker that has nothing yet.
const COPIES: usize = 12;

async fn delete(settings: &common::queue::rabbitmq::Settings, queue: &str) {
    let (_connection, channel) = channel(settings).await.unwrap();
    channel.queue_delete(name(settings, queue), QueueDeleteOptions::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_whose_queue_was_deleted_says_so_and_another_works() {
    let broker = RabbitMq::shared().await.unwrap();
    let settings = settings(&broker.amqp_url());
    let queue = connected(&settings).await;
    let consumer = queue.consume(Source::Mail, 10).await.unwrap();
    let id = publish_one(&queue).await.unwrap();
    let held = consumer.receive(1, WAIT).await.unwrap().remove(0);
    assert_eq!(held.id, id);
    delete(&settings, "mail.send").await;
    assert!(is_unconfirmed(&consumer.receive(1, WAIT).await));
    assert!(is_unconfirmed(&consumer.receive(1, WAIT).await), "it stays so");

    let another = queue.consume(Source::Mail, 10).await.unwrap();
    let id = publish_one(&queue).await.unwrap();
    assert_eq!(another.receive(1, WAIT).await.unwrap().remove(0).id, id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unroutable_message_is_not_confirmed_and_the_next_one_has_its_queue_again() {
    let broker = RabbitMq::shared().await.unwrap();
    let settings = settings(&broker.amqp_url());
    let queue = connected(&settings).await;
    delete(&settings, "mail.send").await;
    let unroutable = QueueError::Unconfirmed("unroutable".to_owned());
    let lost = vec![message("body"), message("body")];
    let verdicts = queue.publish(Route::Mail, lost).await;
    assert_eq!(verdicts, [Err(unroutable.clone()), Err(unroutable)]);
    let id = publish_one(&queue).await.unwrap();
    expect_all(&queue, [id].into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retried_report_comes_back_as_a_report() {
    let broker = RabbitMq::shared().await.unwrap();
    let mut settings = settings(&broker.amqp_url());
    settings.topology.delays = [Duration::from_millis(100); 4];
    let queue = connected(&settings).await;
    let report = message("body");
    assert_eq!(queue.publish(Route::Reports, vec![report.clone()]).await, [Ok(())]);
    let (reports, mails) =
        (queue.consume(Source::Reports, 10).await.unwrap(), queue.consume(Source::Mail, 10).await.unwrap());
    let held = reports.receive(1, WAIT).await.unwrap().remove(0);
    reports.retry(&held, "again".into(), Duration::from_secs(10)).await.unwrap();
    let again = reports.receive(1, WAIT).await.unwrap().remove(0);
    assert_eq!((again.id, &again.body[..]), (report.id, &b"again"[..]));
    assert!(mails.receive(1, Duration::from_millis(100)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_until_there_is_room() {
    let broker = RabbitMq::shared().await.unwrap();
    let mut settings = settings(&broker.amqp_url());
    settings.topology.max_length = 5;
    let queue = connected(&settings).await;
    // The limit is soft: the broker learns a moment later that it is reached.
    let full = eventually("the queue is full", async || match publish_one(&queue).await {
        Ok(_) => Ok(None),
        Err(error) => Ok(Some(error)),
    });
    assert_eq!(full.await.unwrap(), QueueError::Full);
    assert_eq!(queue.publish(Route::Reports, vec![message("body")]).await, [Ok(())], "this one is not");

    let consumer = queue.consume(Source::Mail, 100).await.unwrap();
    for delivery in consumer.receive(100, WAIT).await.unwrap() {
        consumer.ack(&delivery).await.unwrap();
    }
    publish_at_last(&queue).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_finds_no_room_among_the_dead_is_still_held() {
    let broker = RabbitMq::shared().await.unwrap();
    let mut settings = settings(&broker.amqp_url());
    settings.topology.max_length = 1;
    let queue = connected(&settings).await;
    let consumer = queue.consume(Source::Mail, 1).await.unwrap();
    let held = eventually("a dead letter is refused", async || {
        publish_at_last(&queue).await;
        let held = consumer.receive(1, WAIT).await?.remove(0);
        match consumer.dead_letter(&held, &death("why not")).await {
            Ok(()) => Ok(None),
            Err(error) => Ok(Some((held, error))),
        }
    });
    let (held, error) = held.await.unwrap();
    assert_eq!(error, QueueError::Full);
    assert_eq!(consumer.ack(&held).await, Ok(()), "so it can be settled otherwise");
    assert_eq!(consumer.ack(&held).await, Err(QueueError::Stale));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_without_a_prefetch_holds_nothing() {
    let broker = RabbitMq::shared().await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    let id = publish_one(&queue).await.unwrap();
    let consumer = queue.consume(Source::Mail, 0).await.unwrap();
    assert!(consumer.receive(10, Duration::from_millis(100)).await.unwrap().is_empty());
    expect_all(&queue, [id].into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_means_nothing_to_another_consumer() {
    let broker = RabbitMq::shared().await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    let (one, other) =
        (queue.consume(Source::Mail, 1).await.unwrap(), queue.consume(Source::Mail, 1).await.unwrap());
    for _ in 0..2 {
        publish_one(&queue).await.unwrap();
    }
    let (of_one, of_other) =
        (one.receive(1, WAIT).await.unwrap().remove(0), other.receive(1, WAIT).await.unwrap().remove(0));
    assert_eq!(other.ack(&of_one).await, Err(QueueError::Stale));
    assert_eq!(one.ack(&of_other).await, Err(QueueError::Stale));
    assert_eq!((one.ack(&of_one).await, other.ack(&of_other).await), (Ok(()), Ok(())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_that_start_together_on_an_empty_broker_share_one_topology() {
    let broker = RabbitMq::shared().await.unwrap();
    for _ in 0..3 {
        let settings = settings(&broker.amqp_url());
        let copies: Vec<_> = (0..COPIES).map(|_| start(&settings)).collect();
        for copy in &copies {
            tokio::time::timeout(DEADLINE, copy.connected()).await.expect("it connects");
        }
        let ids = futures::future::join_all(copies.iter().map(|copy| publish_one(copy))).await;
        let ids = ids.into_iter().map(|id| id.expect("it is confirmed")).collect();
        expect_all(&copies[0], ids).await;
    }
}
