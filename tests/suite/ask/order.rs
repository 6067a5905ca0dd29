//! Network, then gateway, then address; a refusal takes nothing from the later ones.

use super::world::{World, ask, from, throttled};
use reset_api::reset::Ask;

#[tokio::test]
async fn a_granted_request_asks_network_gateway_and_address_in_that_order() {
    let world = World::new().await;
    world.ask(ask("ada@example.org")).await.unwrap();
    assert_eq!(world.journal.take(), ["take Network", "take Gateway", "take address", "accept 1", "confirm"]);
}

#[tokio::test]
async fn a_refused_network_takes_nothing_from_gateway_and_address() {
    let world = World::with_bursts(1, 2).await;
    world.ask(ask("ada@example.org")).await.unwrap();
    world.journal.take();
    assert!(throttled(&world.ask(ask("bob@example.org")).await).is_some());
    assert_eq!(world.journal.take(), ["take Network"]);
    world.ask(from("198.51.100.1", ask("bob@example.org"))).await.unwrap();
    let third = world.ask(from("198.51.100.2", ask("eve@example.org"))).await;
    assert!(throttled(&third).is_some(), "two a gateway");
}

#[tokio::test]
async fn a_refused_gateway_takes_nothing_from_the_address() {
    let world = World::with_bursts(10, 1).await;
    world.ask(ask("ada@example.org")).await.unwrap();
    world.journal.take();
    assert!(throttled(&world.ask(ask("bob@example.org")).await).is_some());
    assert_eq!(world.journal.take(), ["take Network", "take Gateway"]);
    let other = Ask { gateway: "gateway-us".to_owned(), ..ask("bob@example.org") };
    world.ask(other).await.unwrap();
}

#[tokio::test]
async fn a_refused_address_still_counts_against_its_network() {
    let world = World::with_bursts(3, 10).await;
    world.ask(ask("ada@example.org")).await.unwrap();
    for _ in 0..2 {
        assert!(throttled(&world.ask(ask("ada@example.org")).await).is_some());
    }
    world.journal.take();
    assert!(throttled(&world.ask(ask("bob@example.org")).await).is_some(), "three a network");
    assert_eq!(world.journal.take(), ["take Network"]);
}

#[tokio::test]
async fn a_request_that_cannot_be_read_takes_nothing_at_all() {
    let world = World::new().await;
    let unreadable = [
        ask("ada"),
        Ask { app_id: "unknown".to_owned(), ..ask("ada@example.org") },
        Ask { locale: "deutsch bitte".to_owned(), ..ask("ada@example.org") },
        Ask { request_id: "17".to_owned(), ..ask("ada@example.org") },
        from("nowhere", ask("ada@example.org")),
    ];
    for ask in unreadable {
        world.ask(ask).await.unwrap_err();
    }
    assert_eq!(world.journal.take(), Vec::<String>::new());
    assert_eq!(world.durable().await, 0);
}
