//! What a command that an operator runs is told by the broker, or of it, and how soon.

use super::world::*;
use common::clock::{Clock as _, SystemClock};
use common::queue::dead_letters::DeadLetters as _;
use common::queue::{Queue as _, Route, Source};
use lapin::options::{BasicGetOptions, BasicRejectOptions};
use std::collections::BTreeSet;
use tests::dead_letters::dead_letters;
use tests::eventually::eventually;
use tests::fake_amqp_broker::{Answers, FakeAmqpBroker};
use tests::rabbitmq::RabbitMq;
use tests::rabbitmq::looking::{channel, name};
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_would_rather_be_told_than_wait_learns_at_the_first_failure_why_there_is_no_connection() {
    let broker = RabbitMq::shared().await.unwrap();
    let nobody = tests::ports::free_port().unwrap();
    let begun = Instant::now();
    for (url, why) in [
        (broker.amqp_url().replace("guest@", "hunter2@"), "access refused"),
        (format!("amqp://guest:hunter2@127.0.0.1:{nobody}/%2f"), "Connection refused"),
    ] {
        let told = start(&settings(&url)).reached().await.unwrap_err().to_string();
        assert!(told.starts_with("not connected to amqp://127.0.0.1:") && told.contains(why), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
    start(&settings(&broker.amqp_url())).reached().await.unwrap();
    assert!(begun.elapsed() < PATIENCE.connect, "it took {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_that_cannot_be_read_is_told_of_by_its_number_and_at_once() {
    let broker = FakeAmqpBroker::start(Answers::Unreadable).await.unwrap();
    let queue = connected(&settings(&broker.amqp_url())).await;
    let mut look = queue.look().await.unwrap();
    let begun = Instant::now();
    let told = look.next().await.unwrap_err().to_string();
    assert!(told.contains("dead letter 1: ") && told.contains("cannot be read"), "{told}");
    assert!(begun.elapsed() < PATIENCE.answer, "it took {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_broker_itself_set_aside_tells_why_whence_and_since_when() {
    let broker = RabbitMq::shared().await.unwrap();
    let settings = settings(&broker.amqp_url());
    let queue = connected(&settings).await;
    let before = SystemClock.now() - time::Duration::seconds(2);
    for (route, queue_name) in [(Route::Mail, "mail.send"), (Route::Reports, "mail.reports")] {
        assert_eq!(queue.publish(route, vec![message("body")]).await, [Ok(())]);
        let (_connection, channel) = channel(&settings).await.unwrap();
        let taken = channel.basic_get(name(&settings, queue_name), BasicGetOptions::default()).await.unwrap();
        taken.unwrap().acker.reject(BasicRejectOptions { requeue: false }).await.unwrap();
    }
    let moved = eventually("both are among the dead letters", async || {
        let letters = dead_letters(&*queue).await?;
        Ok((letters.len() == 2).then_some(letters))
    });
    let told: BTreeSet<_> = moved
        .await
        .unwrap()
        .into_iter()
        .map(|letter| {
            assert!(letter.died_at.is_some_and(|at| at > before && at <= SystemClock.now()), "{letter:?}");
            (letter.reason, letter.source == Some(Source::Mail), letter.source == Some(Source::Reports))
        })
        .collect();
    assert_eq!(told, [("rejected".to_owned(), true, false), ("rejected".to_owned(), false, true)].into());
}
