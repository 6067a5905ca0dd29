//! What could not be stored costs its caller nothing.

use super::world::{REQUEST_ID, World, ask, from, identified, throttled, uncounted};
use super::{DEADLINE, until};
use common::entropy::new_id;
use futures::FutureExt as _;
use futures::future::join_all;
use reset_api::accept::NotAccepted;
use reset_api::reset::{Ask, ResetError};
use reset_api::schedule::Step;
use reset_api::store::NewRequest;
use std::sync::atomic::Ordering;
use tokio::time::timeout;

fn is_unavailable(error: &ResetError) -> bool {
    matches!(error, ResetError::Unavailable { .. })
}

#[tokio::test]
async fn a_failed_commit_is_told_to_everyone_in_it_and_gives_back() {
    let world = World::with_bursts(1, 11).await;
    let one = |n: u8| from(&format!("198.51.100.{n}"), ask(&format!("n{n}@example.org")));
    world.store.before_commit.shut();
    let first = world.caller(one(0));
    world.commits_begun(1).await;
    let batch: Vec<_> = (1..11).map(|n| world.caller(one(n))).collect();
    until("all are past the throttle", || world.throttle.after_address.arrived() == 11).await;
    world.store.fails.store(true, Ordering::SeqCst);
    world.store.before_commit.open();
    for answer in timeout(DEADLINE, join_all(batch.into_iter().chain([first]))).await.unwrap() {
        assert!(is_unavailable(&answer.unwrap().unwrap_err()));
    }
    assert_eq!(world.store.before_commit.arrived(), 2, "the ten shared a commit");
    assert_eq!(world.durable().await, 0);

    world.store.fails.store(false, Ordering::SeqCst);
    for n in 0..11 {
        world.ask(one(n)).await.unwrap();
        assert_eq!(world.last_stored().step, Step::FIRST);
    }
    assert!(
        throttled(&world.ask(from("198.51.100.99", ask("z@example.org"))).await).is_some(),
        "eleven a gateway"
    );
}

#[tokio::test]
async fn a_commit_that_panics_is_told_to_everyone_in_it_and_the_next_is_made() {
    let world = World::new().await;
    world.store.panics.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        assert!(is_unavailable(&world.ask(identified("ada@example.org")).await.unwrap_err()));
    }
    world.store.panics.store(false, Ordering::SeqCst);
    world.ask(identified("ada@example.org")).await.unwrap();
    assert_eq!(world.last_stored().step, Step::FIRST);
}

#[tokio::test]
async fn after_a_failed_commit_the_same_request_is_accepted_at_once() {
    let world = World::with_bursts(1, 1).await;
    world.store.fails.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        assert!(is_unavailable(&world.ask(identified("ada@example.org")).await.unwrap_err()));
    }
    world.store.fails.store(false, Ordering::SeqCst);
    let answer = world.ask(identified("ada@example.org")).await.unwrap();
    assert_eq!(world.last_stored().step, Step::FIRST);
    assert_eq!(world.durable().await, 1, "stored, not remembered from before");
    assert_eq!(world.ask(identified("ada@example.org")).await.unwrap(), answer);
    assert_eq!(world.durable().await, 0, "now remembered");
}

#[tokio::test]
async fn a_failure_at_a_later_step_goes_back_to_the_step_before() {
    let world = World::new().await;
    for number in 0..4 {
        // A second more than the wait: each acceptance, taken back or not, has an instant of its own.
        world.clock.advance(time::Duration::seconds(61));
        world.store.fails.store(true, Ordering::SeqCst);
        world.ask(ask("ada@example.org")).await.unwrap_err();
        world.store.fails.store(false, Ordering::SeqCst);
        world.ask(ask("ada@example.org")).await.unwrap();
        assert_eq!(world.last_stored().step, Step::from_number(number));
    }
}

#[tokio::test]
async fn the_id_of_a_request_that_was_not_stored_is_forgotten() {
    let world = World::new().await;
    world.store.fails.store(true, Ordering::SeqCst);
    world.ask(identified("ada@example.org")).await.unwrap_err();
    world.store.fails.store(false, Ordering::SeqCst);
    world.ask(identified("bob@example.org")).await.unwrap();
    let reused = world.ask(identified("ada@example.org")).await;
    assert_eq!(reused, Err(ResetError::RequestIdReused), "of the stored one it is remembered");
}

#[tokio::test]
async fn a_failure_that_nobody_waits_for_gives_back_all_the_same() {
    let world = World::with_bursts(1, 1).await;
    world.store.fails.store(true, Ordering::SeqCst);
    world.store.before_commit.shut();
    let caller = world.caller(identified("ada@example.org"));
    world.commits_begun(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    world.journal.take();
    world.store.before_commit.open();
    let mut given_back = vec![];
    let all = ["give back address", "give back Gateway", "give back Network"];
    let waiting = async {
        while given_back != all {
            given_back.extend(world.journal.take());
            tokio::task::yield_now().await;
        }
    };
    timeout(DEADLINE, waiting).await.unwrap();
    world.store.fails.store(false, Ordering::SeqCst);
    world.ask(identified("ada@example.org")).await.unwrap();
    assert_eq!(world.durable().await, 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_while_the_throttle_answers_is_not_half_accepted() {
    let world = World::with_bursts(1, 1).await;
    world.throttle.after_address.shut();
    let caller = world.caller(identified("ada@example.org"));
    until("the address is taken", || world.throttle.after_address.arrived() == 1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    world.throttle.after_address.open();
    // The address refuses from now on, so there must be a link on its way.
    until("it is stored", || world.store.stored.lock().unwrap().len() == 1).await;
    assert_eq!(world.durable().await, 1);
}

/// The throttle outlives the process, as one in Redis does.
#[tokio::test]
async fn what_a_killed_process_took_and_did_not_store_is_stored_when_it_is_repeated() {
    let world = World::new().await;
    world.throttle.after_address.shut();
    let process = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let reset = world.reset.clone();
    process.spawn(async move { reset.ask(identified("ada@example.org")).await });
    until("the address is taken", || world.throttle.after_address.arrived() == 1).await;
    tokio::task::spawn_blocking(move || process.shutdown_timeout(DEADLINE)).await.unwrap();
    world.throttle.after_address.open();
    assert!(throttled(&world.ask(ask("ada@example.org")).await).is_some(), "the address is taken");
    assert_eq!(world.durable().await, 0, "and nothing is stored");

    let answer = world.ask(identified("ada@example.org")).await.unwrap();
    assert_eq!(world.last_stored().step, Step::FIRST);
    assert_eq!(world.durable().await, 1);
    assert_eq!(world.ask(identified("ada@example.org")).await.unwrap(), answer);
    assert_eq!(world.durable().await, 0, "now it is remembered");
}

/// Fills the waiting queue with requests whose callers have gone.
fn fill(world: &World) -> u64 {
    let request = |n: u64| NewRequest {
        id: new_id(&common::entropy::OsEntropy, time::OffsetDateTime::UNIX_EPOCH),
        address_key: reset_api::address_key::AddressKey([0; 32]),
        key_id: 1,
        app_id: "tapo".to_owned(),
        locale: None,
        gateway: format!("gateway-{n}"),
        network: None,
        agent: Default::default(),
        step: Step::FIRST,
        traceparent: String::new(),
    };
    let waits = |n: &u64| world.acceptor.accept(request(*n)).now_or_never();
    let (last, refusal) = (0..100_000).find_map(|n| waits(&n).map(|answer| (n, answer))).unwrap();
    assert_eq!(refusal, Err(NotAccepted::Overloaded));
    last
}

#[tokio::test]
async fn a_full_waiting_queue_sends_callers_away_and_gives_back() {
    let (world, accepting) = World::without_commits(1, 1).await;
    let waiting = fill(&world);
    assert!(waiting >= 1_000, "{waiting} may wait");
    assert!(is_unavailable(&world.ask(identified("ada@example.org")).await.unwrap_err()));
    let accepting = tokio::spawn(accepting.run(uncounted()));
    until("the queue is empty", || world.store.stored.lock().unwrap().len() as u64 == waiting).await;
    let first = Ask { request_id: REQUEST_ID.to_owned(), ..ask("ada@example.org") };
    world.ask(first).await.unwrap();
    assert_eq!(world.last_stored().step, Step::FIRST);
    assert_eq!(world.durable().await, waiting + 1);
    accepting.abort();
}
