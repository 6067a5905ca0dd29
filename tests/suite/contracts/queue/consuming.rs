//! Who gets a message, and when.

use super::QueueUnderTest;
use super::verbs::*;
use common::queue::{Consumer, Route};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

pub(super) async fn an_unsettled_message_goes_to_nobody_else(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    publish(&*queue, Route::Mail, 3).await;
    let (holder, other) = (consumer(&*queue, 10).await, consumer(&*queue, 10).await);
    receive(&*holder, 3).await;
    nothing_comes(&*other).await;
    nothing_comes(&*holder).await;
}

pub(super) async fn a_dropped_consumer_returns_its_messages_marked_redelivered(
    under_test: impl QueueUnderTest,
) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 4).await;
    let dropped = consumer(&*queue, 10).await;
    let held = receive(&*dropped, 3).await;
    assert!(held.iter().all(|delivery| !delivery.redelivered));
    dropped.ack(&held[0]).await.unwrap();
    drop(dropped);
    let received = receive(&*consumer(&*queue, 10).await, 3).await;
    let again = |id| received.iter().find(|delivery| delivery.id == id).unwrap().redelivered;
    assert!(again(published[1]) && again(published[2]));
    assert!(delivered_ids(&received).contains(&published[3]), "the one that was never taken");
}

pub(super) async fn a_stopped_consumer_gives_back_what_it_did_not_receive_and_settles_what_it_did(
    under_test: impl QueueUnderTest,
) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 5).await;
    let stopped = consumer(&*queue, 10).await;
    let held = receive(&*stopped, 2).await;
    stopped.stop().await.unwrap();
    let other = consumer(&*queue, 10).await;
    let others = receive(&*other, 3).await;
    let given: BTreeSet<Uuid> = delivered_ids(&others).into_iter().collect();
    assert_eq!(given, published[2..].iter().copied().collect());
    nothing_comes(&*stopped).await;
    stopped.ack(&held[0]).await.unwrap();
    stopped.retry(&held[1], held[1].body.clone(), DEADLINE * 100).await.unwrap();
    stopped.stop().await.unwrap();
    drop(stopped);
    nothing_comes(&*other).await;
}

pub(super) async fn a_consumer_holds_no_more_than_its_prefetch(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    publish(&*queue, Route::Mail, 10).await;
    let consumer = consumer(&*queue, 3).await;
    let held = receive(&*consumer, 3).await;
    nothing_comes(&*consumer).await;
    consumer.ack(&held[0]).await.unwrap();
    consumer.retry(&held[1], held[1].body.clone(), DEADLINE * 100).await.unwrap();
    receive(&*consumer, 2).await;
    nothing_comes(&*consumer).await;
}

pub(super) async fn a_full_consumer_waits_for_room(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 2).await;
    let consumer = consumer(&*queue, 1).await;
    let held = receive_one(&*consumer).await;
    let begun = Instant::now();
    let ack_once_it_waits = async {
        tokio::task::yield_now().await;
        consumer.ack(&held).await
    };
    let (received, acked) = tokio::join!(consumer.receive(1, DEADLINE), ack_once_it_waits);
    acked.unwrap();
    assert_eq!(delivered_ids(&received.unwrap()), [published[1]]);
    assert!(begun.elapsed() < DEADLINE / 2);
}

pub(super) async fn a_waiting_consumer_wakes_when_a_message_arrives(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let consumer = consumer(&*queue, 10).await;
    nothing_comes(&*consumer).await;
    let begun = Instant::now();
    let (received, published) =
        tokio::join!(consumer.receive(10, DEADLINE), publish(&*queue, Route::Mail, 1));
    assert_eq!(delivered_ids(&received.unwrap()), published);
    assert!(begun.elapsed() < DEADLINE / 2, "it came after {:?}", begun.elapsed());
}

pub(super) async fn a_receive_is_empty_when_its_time_ran_out(under_test: impl QueueUnderTest) {
    let consumer = consumer(&*under_test.queue(), 10).await;
    let (begun, wait) = (Instant::now(), Duration::from_millis(100));
    assert!(consumer.receive(10, wait).await.unwrap().is_empty());
    assert!(begun.elapsed() >= wait);
    assert!(begun.elapsed() < DEADLINE);
}

pub(super) async fn two_consumers_share_the_work_without_overlap(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let (one, other) = (consumer(&*queue, 20).await, consumer(&*queue, 20).await);
    let published: BTreeSet<Uuid> = publish(&*queue, Route::Mail, 1_000).await.into_iter().collect();
    // A queue that pushes decides itself who gets how many, so each takes until nothing is left.
    let left = AtomicUsize::new(published.len());
    let (by_one, by_other) = tokio::join!(work_off(&*one, &left), work_off(&*other, &left));
    assert!(!by_one.is_empty() && !by_other.is_empty());
    assert!(by_one.is_disjoint(&by_other));
    assert_eq!(&by_one | &by_other, published);
    nothing_comes(&*one).await;
}

/// Receives messages as long as some are left, none of them twice, and acks each.
async fn work_off(consumer: &dyn Consumer, left: &AtomicUsize) -> BTreeSet<Uuid> {
    let (end, mut done) = (Instant::now() + DEADLINE, BTreeSet::new());
    while left.load(Ordering::SeqCst) > 0 {
        assert!(Instant::now() < end, "{} did not come", left.load(Ordering::SeqCst));
        for delivery in consumer.receive(10, WATCH).await.unwrap() {
            consumer.ack(&delivery).await.unwrap();
            assert!(done.insert(delivery.id), "delivered twice");
            left.fetch_sub(1, Ordering::SeqCst);
        }
    }
    done
}

pub(super) async fn a_cancelled_receive_loses_nothing(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let consumer = consumer(&*queue, 200).await;
    // Messages come one by one meanwhile, so that calls are cancelled around the moment when one arrives.
    let publishing = tokio::spawn(async move {
        let mut published = BTreeSet::new();
        for _ in 0..100 {
            published.extend(publish(&*queue, Route::Mail, 1).await);
        }
        published
    });
    let (mut received, mut cancelled) = (BTreeSet::new(), 0);
    // From before the message is asked for to after it was handed over, in steps of 20 µs.
    for step in (0..100).cycle() {
        match timeout(Duration::from_micros(20 * step), consumer.receive(1, DEADLINE)).await {
            Ok(deliveries) => received.extend(delivered_ids(&deliveries.unwrap())),
            Err(_) => cancelled += 1,
        }
        if publishing.is_finished() {
            break;
        }
    }
    assert!(cancelled > 0, "no call was cancelled");
    let published = publishing.await.unwrap();
    let rest = receive(&*consumer, published.len() - received.len()).await;
    received.extend(delivered_ids(&rest));
    assert_eq!(received, published);
}
