//! Accepting requests, and the store's clock.

use super::verbs::LEASE;
use super::world::{ALL, World};
use common::clock::Clock as _;
use reset_api::store::Issued;
use time::Duration;

contract! {
    the_store_s_clock_follows_the_test_s,
    an_accepted_request_waits_to_be_issued_once,
    requests_are_accepted_in_batches,
    a_batch_of_none_is_accepted,
    a_batch_with_a_repeated_id_is_stored_whole_or_not_at_all,
    parallel_batches_lose_nothing,
}

async fn the_store_s_clock_follows_the_test_s(world: &World) {
    for step in [Duration::ZERO, Duration::days(400), Duration::hours(-1)] {
        world.advance(step);
        let before = world.clock.now();
        let now = world.now().await;
        let after = world.clock.now();
        // Both clocks are this machine's, whose time may be set while the tests run.
        let slack = Duration::seconds(1);
        assert!(before - slack <= now && now <= after + slack, "{before} {now} {after}");
    }
}

async fn an_accepted_request_waits_to_be_issued_once(world: &World) {
    world.create("ada@example.org").await;
    world.accept_one("ada@example.org").await;
    assert_eq!(world.issue().await, Issued { issued: 1, ..Issued::default() });
    assert_eq!(world.issue().await, Issued::default());
}

async fn requests_are_accepted_in_batches(world: &World) {
    let requests: Vec<_> = (0..60).map(|n| world.a_request(&format!("nobody{n}@example.org"))).collect();
    world.store.accept(&requests).await.unwrap();
    assert_eq!(world.issue().await, Issued { unknown: 60, ..Issued::default() });
}

async fn a_batch_of_none_is_accepted(world: &World) {
    world.store.accept(&[]).await.unwrap();
    assert_eq!(world.issue().await, Issued::default());
    assert_eq!(world.store.claim_outbox(ALL, LEASE).await.unwrap(), []);
}

async fn a_batch_with_a_repeated_id_is_stored_whole_or_not_at_all(world: &World) {
    let (first, second) = (world.a_request("ada@example.org"), world.a_request("bob@example.org"));
    let outcome = world.store.accept(&[first.clone(), second, first]).await;
    let stored = if outcome.is_ok() { 2 } else { 0 };
    assert_eq!(world.issue().await.total(), stored, "{outcome:?}");
}

async fn parallel_batches_lose_nothing(world: &World) {
    let batches = (0..16).map(|batch| {
        let requests: Vec<_> =
            (0..10).map(|n| world.a_request(&format!("nobody{batch}.{n}@example.org"))).collect();
        let store = world.store.clone();
        tokio::spawn(async move { store.accept(&requests).await })
    });
    for accepted in futures::future::join_all(batches).await {
        accepted.unwrap().unwrap();
    }
    assert_eq!(world.issue().await.unknown, 160);
}
