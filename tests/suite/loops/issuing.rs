//! Accepted requests become links, or end in silence.

use super::world::{World, step};
use futures::FutureExt as _;
use reset_api::store::Store as _;

#[tokio::test]
async fn a_request_of_an_account_becomes_a_mail_and_wakes_the_relay() {
    let world = World::new().await;
    world.account("ada@example.org", None).await;
    world.accept("ada@example.org").await;
    assert_eq!(step(&world.issuer()).await.unwrap(), 1);
    assert!(world.issued.notified().now_or_never().is_some());
    assert_eq!(world.published().await.len(), 1);
    assert_eq!(step(&world.issuer()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_request_of_nobody_ends_in_silence() {
    let world = World::new().await;
    world.accept("nobody@example.org").await;
    assert_eq!(step(&world.issuer()).await.unwrap(), 1);
    assert!(world.issued.notified().now_or_never().is_none());
    assert_eq!(world.published().await.len(), 0);
    assert_eq!(step(&world.issuer()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_backlog_is_issued_in_batches_until_nothing_is_left() {
    let world = World::new().await;
    let requests: Vec<_> = (0..450).map(|n| world.a_request(&format!("nobody{n}@example.org"))).collect();
    world.store.accept(&requests).await.unwrap();
    let mut batches = vec![];
    while batches.last() != Some(&0) {
        batches.push(step(&world.issuer()).await.unwrap());
    }
    assert_eq!(batches, [200, 200, 50, 0]);
}

#[tokio::test]
async fn a_store_that_is_away_fails_the_step() {
    let world = World::new().await;
    world.store.close().await;
    assert!(step(&world.issuer()).await.is_err());
    assert!(step(&world.relay()).await.is_err());
    assert!(step(&world.keeper()).await.is_err());
}
