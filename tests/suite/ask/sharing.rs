//! Who comes at the same time shares a commit, and one address is accepted once.

use super::DEADLINE;
use super::until;
use super::world::{World, ask, from, throttled, uncounted};
use futures::FutureExt as _;
use futures::future::join_all;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn requests_that_come_during_a_commit_share_the_next_one() {
    let world = World::new().await;
    world.store.before_commit.shut();
    let first = world.caller(ask("first@example.org"));
    world.commits_begun(1).await;
    let others: Vec<_> = (1..100).map(|n| world.caller(ask(&format!("n{n}@example.org")))).collect();
    until("all are past the throttle", || world.throttle.after_address.arrived() == 100).await;
    world.store.before_commit.open();
    for answer in timeout(DEADLINE, join_all(others.into_iter().chain([first]))).await.unwrap() {
        answer.unwrap().unwrap();
    }
    let commits: Vec<_> =
        world.journal.take().into_iter().filter(|line| line.starts_with("accept")).collect();
    assert_eq!(commits, ["accept 1", "accept 99"]);
    assert_eq!(world.durable().await, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_parallel_requests_for_one_address_one_is_accepted() {
    let world = World::new().await;
    let callers = (0..200).map(|n| world.caller(from(&format!("198.51.100.{n}"), ask("ada@example.org"))));
    let callers: Vec<_> = callers.collect();
    let answers = timeout(DEADLINE, join_all(callers)).await.unwrap();
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let waits: Vec<_> = answers.iter().filter_map(throttled).collect();
    assert_eq!(waits.len(), 199);
    // Until the one is stored nobody knows that it will be.
    let known = [Duration::from_secs(10), Duration::from_secs(60)];
    assert!(waits.iter().all(|wait| known.contains(wait)), "{waits:?}");
    assert_eq!(throttled(&world.ask(ask("ada@example.org")).await), Some(Duration::from_secs(60)));
    assert_eq!(world.durable().await, 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_take_its_request_back() {
    let world = World::new().await;
    world.store.before_commit.shut();
    let caller = world.caller(ask("ada@example.org"));
    world.commits_begun(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    world.store.before_commit.open();
    until("it is stored", || world.store.stored.lock().unwrap().len() == 1).await;
    assert_eq!(world.durable().await, 1);
    assert_eq!(throttled(&world.ask(ask("ada@example.org")).await), Some(Duration::from_secs(60)));
}

#[tokio::test]
async fn a_drain_commits_everything_that_waits() {
    let (world, accepting) = World::without_commits(100, 100).await;
    for n in 0..3 {
        assert!(world.reset.ask(ask(&format!("n{n}@example.org"))).now_or_never().is_none());
    }
    until("all wait", || world.throttle.after_address.arrived() == 3).await;
    let World { reset, acceptor, store, .. } = world;
    drop((reset, acceptor));
    timeout(DEADLINE, accepting.run(uncounted())).await.unwrap();
    assert_eq!(store.stored.lock().unwrap().len(), 3);
}
