//! What kill -9 leaves.

use super::QueueUnderTest;
use super::verbs::*;
use common::queue::{Queue, Route};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What the child has said before it is killed.
const ENOUGH_CONFIRMED: usize = 300;
const ENOUGH_HELD: usize = 30;
/// A child that nobody kills ends by itself.
const CHILD_LIFETIME: Duration = Duration::from_secs(30);

pub(super) async fn what_was_confirmed_outlives_kill_9(mut under_test: impl QueueUnderTest) {
    let mut child = under_test.hand_over().await.stdout(Stdio::piped()).spawn().unwrap();
    let (mut confirmed, mut held, mut killed) = (Vec::new(), Vec::new(), false);
    // Lines that were in the pipe when it died were said, too.
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        confirmed.extend(said(&line, "confirmed "));
        held.extend(said(&line, "held "));
        if !killed && confirmed.len() >= ENOUGH_CONFIRMED && held.len() >= ENOUGH_HELD {
            child.kill().unwrap();
            killed = true;
        }
    }
    assert!(killed, "the child ended with {} confirmed, {} held", confirmed.len(), held.len());
    child.wait().unwrap();

    under_test.restart().await;
    let redelivered = everything_there(&*under_test.queue(), confirmed.len()).await;
    for id in &confirmed {
        assert!(redelivered.contains_key(id), "{id} was confirmed and is lost");
    }
    for id in &held {
        assert_eq!(redelivered.get(id), Some(&true), "{id} was held and is not marked");
    }
}

/// The id in a line such as `confirmed 0197…`; the test runner may have written something before it.
fn said(line: &str, verb: &str) -> Option<Uuid> {
    let (_, id) = line.split_once(verb)?;
    // The last line may have been cut.
    Uuid::parse_str(id).ok()
}

/// Takes `at_least` messages, then whatever else is there: what was published and not yet confirmed may be.
async fn everything_there(queue: &dyn Queue, at_least: usize) -> BTreeMap<Uuid, bool> {
    let consumer = consumer(queue, u16::MAX).await;
    let mut deliveries = receive(&*consumer, at_least).await;
    deliveries.extend(consumer.receive(10_000, Duration::from_millis(200)).await.unwrap());
    deliveries.iter().map(|delivery| (delivery.id, delivery.redelivered)).collect()
}

/// The process that is killed: publishes and takes, and says of each message what it was told.
pub(super) async fn child(queue: &dyn Queue) {
    let consumer = consumer(queue, u16::MAX).await;
    let begun = Instant::now();
    while begun.elapsed() < CHILD_LIFETIME {
        for id in publish(queue, Route::Mail, 5).await {
            println!("confirmed {id}");
        }
        println!("held {}", receive_one(&*consumer).await.id);
    }
}
