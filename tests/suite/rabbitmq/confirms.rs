//! What lapin makes of confirms and returned messages, and what the publisher makes of lapin.
//!
//! Each pair of tests shows the trap, and that the publisher is not in it.

use super::world::*;
use common::queue::{Queue as _, QueueError, Route};
use futures::future::join_all;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, PublisherConfirm};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tests::fake_amqp_broker::{Answers, FakeAmqpBroker};

/// If it is not seen by then, lapin has been repaired.
const ENOUGH: u64 = 400_000;
const REPAIRED: &str = "lapin judges right by now: see whether the publisher can be simpler";

async fn naive_channel(broker: &FakeAmqpBroker) -> (Connection, Channel) {
    let connection = Connection::connect(&broker.amqp_url(), ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    (connection, channel)
}

async fn naive_publish(channel: &Channel, number: u64) -> PublisherConfirm {
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let (body, properties) = (number.to_string(), BasicProperties::default());
    channel.basic_publish("".into(), "q".into(), options, body.as_bytes(), properties).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn naively_clones_of_a_channel_get_each_others_confirms() {
    let broker = FakeAmqpBroker::start(Answers::NackEachTenth).await.unwrap();
    let (_connection, channel) = naive_channel(&broker).await;
    let (numbers, wrong) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let publishers = (0..8).map(|_| {
        let (channel, numbers, wrong) = (channel.clone(), numbers.clone(), wrong.clone());
        tokio::spawn(async move {
            while wrong.load(Ordering::SeqCst) == 0 {
                let number = numbers.fetch_add(1, Ordering::SeqCst);
                if number >= ENOUGH {
                    break;
                }
                let confirmation = naive_publish(&channel, number).await.await.unwrap();
                let is_wrong = confirmation.is_nack() != number.is_multiple_of(10);
                wrong.fetch_add(u64::from(is_wrong), Ordering::SeqCst);
            }
        })
    });
    join_all(publishers).await;
    assert!(wrong.load(Ordering::SeqCst) > 0, "{REPAIRED}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_at_the_same_time_each_get_their_own_verdict() {
    let broker = FakeAmqpBroker::start(Answers::NackEachTenth).await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    let callers = (0..8_u64).map(|caller| {
        let queue = queue.clone();
        tokio::spawn(async move {
            for number in (caller * 500)..(caller + 1) * 500 {
                let verdict = queue.publish(Route::Mail, vec![message(number.to_string())]).await.remove(0);
                let right = if number.is_multiple_of(10) { Err(QueueError::Full) } else { Ok(()) };
                assert_eq!(verdict, right, "number {number}");
            }
        })
    });
    for caller in join_all(callers).await {
        caller.unwrap();
    }
}

/// How many of these pairs of a routable and an unroutable message are judged wrong by their own confirms.
async fn misjudged_pairs(answers: Answers, pairs: u64) -> usize {
    let broker = FakeAmqpBroker::start(answers).await.unwrap();
    let (_connection, channel) = naive_channel(&broker).await;
    let mut wrong = 0;
    for pair in 0..pairs {
        let even = naive_publish(&channel, pair * 2).await;
        let odd = naive_publish(&channel, pair * 2 + 1).await;
        let returned = |confirmation: Confirmation| confirmation.take_message().is_some();
        let told = (returned(even.await.unwrap()), returned(odd.await.unwrap()));
        wrong += usize::from(told != (false, true));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn naively_a_returned_message_hangs_on_the_wrong_confirm() {
    for answers in [Answers::ReturnOdd, Answers::ReturnOddAckBoth] {
        assert!(misjudged_pairs(answers, 100).await > 0, "{answers:?}: {REPAIRED}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_returned_message_is_unconfirmed_and_its_neighbour_is_not() {
    for answers in [Answers::ReturnOdd, Answers::ReturnOddAckBoth] {
        let broker = FakeAmqpBroker::start(answers).await.unwrap();
        let queue = connected(&settings(&broker.amqp_url())).await;
        for pair in 0..100 {
            let batch = [pair * 2, pair * 2 + 1].map(|number| message(number.to_string()));
            let unroutable = Err(QueueError::Unconfirmed("unroutable".to_owned()));
            assert_eq!(queue.publish(Route::Mail, batch.into()).await, [Ok(()), unroutable], "{answers:?}");
        }
    }
}
