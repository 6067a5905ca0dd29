//! How a delivery ends.

use super::QueueUnderTest;
use super::verbs::*;
use bytes::Bytes;
use common::queue::{QueueError, Route, Source};
use std::time::Duration;
use tests::dead_letters::{dead_letters, death};
use tokio::time::Instant;

/// The shortest delay that every implementation has.
const DELAY: Duration = Duration::from_secs(10);
const BEFORE: Duration = Duration::from_secs(7);
const AFTER: Duration = Duration::from_secs(4);

pub(super) async fn an_acked_message_is_gone_for_good(mut under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    publish(&*queue, Route::Mail, 1).await;
    let acking = consumer(&*queue, 10).await;
    acking.ack(&receive_one(&*acking).await).await.unwrap();
    drop(acking);
    nothing_comes(&*consumer(&*queue, 10).await).await;
    under_test.restart().await;
    nothing_comes(&*consumer(&*under_test.queue(), 10).await).await;
}

pub(super) async fn a_retry_comes_after_its_delay_and_not_before(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 1).await;
    let consumer = consumer(&*queue, 10).await;
    let first = receive_one(&*consumer).await;
    consumer.retry(&first, Bytes::from_static(b"second attempt"), DELAY).await.unwrap();
    nothing_comes(&*consumer).await;
    under_test.pass(BEFORE).await;
    nothing_comes(&*consumer).await;
    under_test.pass(AFTER).await;
    let second = receive_one(&*consumer).await;
    assert_eq!(second.id, published[0]);
    assert_eq!(second.body, "second attempt");
    consumer.ack(&second).await.unwrap();
    nothing_comes(&*consumer).await;
}

pub(super) async fn a_retry_wakes_the_consumer_that_waits_for_it(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 1).await;
    let retrying = consumer(&*queue, 10).await;
    let held = receive_one(&*retrying).await;
    let waiting = consumer(&*queue, 10).await;
    let retry = async {
        retrying.retry(&held, held.body.clone(), DELAY).await.unwrap();
        // Meanwhile the other has learnt of the delay and gone back to waiting.
        nothing_comes(&*retrying).await;
        // A queue that pushes might push it to this one.
        drop(retrying);
        under_test.pass(BEFORE + AFTER).await;
        Instant::now()
    };
    let (received, due) = tokio::join!(waiting.receive(1, DELAY + DEADLINE), retry);
    assert_eq!(delivered_ids(&received.unwrap()), published);
    assert!(due.elapsed() < DEADLINE / 2, "it came {:?} after it was due", due.elapsed());
}

pub(super) async fn a_retry_outlives_a_restart(mut under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 1).await;
    let retrying = consumer(&*queue, 10).await;
    let held = receive_one(&*retrying).await;
    retrying.retry(&held, held.body.clone(), DELAY).await.unwrap();
    under_test.restart().await;
    under_test.pass(BEFORE + AFTER).await;
    assert_eq!(receive_one(&*consumer(&*under_test.queue(), 10).await).await.id, published[0]);
}

pub(super) async fn a_dead_letter_is_kept_and_never_delivered(mut under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    publish(&*queue, Route::Mail, 1).await;
    let refusing = consumer(&*queue, 10).await;
    let held = receive_one(&*refusing).await;
    refusing.dead_letter(&held, &death("no key with id 7")).await.unwrap();
    nothing_comes(&*refusing).await;
    under_test.restart().await;
    nothing_comes(&*consumer(&*under_test.queue(), 10).await).await;
    let kept = dead_letters(&*under_test.dead_letters()).await.unwrap();
    let told: Vec<_> = kept.into_iter().map(|it| (it.id, it.body, it.source, it.reason)).collect();
    assert_eq!(told, [(held.id, held.body, Some(Source::Mail), "no key with id 7".to_owned())]);
}

pub(super) async fn settling_twice_is_stale_and_changes_nothing(under_test: impl QueueUnderTest) {
    let queue = under_test.queue();
    let published = publish(&*queue, Route::Mail, 3).await;
    let consumer = consumer(&*queue, 10).await;
    let held = receive(&*consumer, 3).await;
    consumer.ack(&held[0]).await.unwrap();
    consumer.retry(&held[1], held[1].body.clone(), DELAY).await.unwrap();
    consumer.dead_letter(&held[2], &death("first")).await.unwrap();
    for delivery in &held {
        assert_eq!(consumer.ack(delivery).await, Err(QueueError::Stale));
        let again = consumer.retry(delivery, delivery.body.clone(), Duration::ZERO).await;
        assert_eq!(again, Err(QueueError::Stale));
        assert_eq!(consumer.dead_letter(delivery, &death("again")).await, Err(QueueError::Stale));
    }
    nothing_comes(&*consumer).await;
    under_test.pass(BEFORE + AFTER).await;
    assert_eq!(receive_one(&*consumer).await.id, published[1], "the one retry");
    nothing_comes(&*consumer).await;
    assert_eq!(dead_letters(&*under_test.dead_letters()).await.unwrap().len(), 1);
}

pub(super) async fn a_delivery_of_before_a_restart_cannot_be_settled(mut under_test: impl QueueUnderTest) {
    let before = consumer(&*under_test.queue(), 10).await;
    let published = publish(&*under_test.queue(), Route::Mail, 1).await;
    let held = receive_one(&*before).await;
    under_test.restart().await;
    before.ack(&held).await.unwrap_err();
    let again = receive_one(&*consumer(&*under_test.queue(), 10).await).await;
    assert_eq!((again.id, again.redelivered), (published[0], true));
}
