//! Nothing on the ask path depends on whose address it is. The store of these tests panics on anything but accepting.

use super::world::{Answer, World, ask, identified};
use reset_api::store::Store as _;
use std::sync::atomic::Ordering;
use time::Duration;

/// The answers, and the calls of the ports, of a request in every throttle state.
async fn story(world: &World, address: &str) -> Vec<(Answer, Vec<String>)> {
    let mut told = vec![];
    let tell = async |ask, told: &mut Vec<_>| told.push((world.ask(ask).await, world.journal.take()));
    tell(identified(address), &mut told).await;
    tell(identified(address), &mut told).await;
    tell(ask(address), &mut told).await;
    tell(identified("somebody-else@example.org"), &mut told).await;
    world.clock.advance(Duration::minutes(1));
    world.store.fails.store(true, Ordering::SeqCst);
    tell(ask(address), &mut told).await;
    world.store.fails.store(false, Ordering::SeqCst);
    tell(ask(address), &mut told).await;
    told
}

#[tokio::test]
async fn known_unknown_and_disabled_addresses_take_the_same_way_to_the_same_answers() {
    let world = World::new().await;
    let unknown = story(&world, "ada@example.org").await;

    let world = World::new().await;
    world.account("ada@example.org").await;
    let known = story(&world, "ada@example.org").await;

    let world = World::new().await;
    let account = world.account("ada@example.org").await;
    world.store.inner.set_disabled(account, true).await.unwrap();
    let disabled = story(&world, "ada@example.org").await;

    let (taken, back) = (
        ["take Network", "take Gateway", "take address"],
        ["accept 1", "give back address", "give back Gateway", "give back Network"],
    );
    let calls: Vec<_> = unknown.iter().map(|(_, calls)| calls.clone()).collect();
    let expected = [
        [&["recall"], &taken[..], &["accept 1", "confirm"]].concat(),
        vec!["recall"],
        taken.to_vec(),
        vec!["recall"],
        [&taken[..], &back].concat(),
        [&taken[..], &["accept 1", "confirm"]].concat(),
    ];
    assert_eq!(calls, expected);
    assert_eq!(known, unknown);
    assert_eq!(disabled, unknown);
}
