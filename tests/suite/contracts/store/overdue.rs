//! Ending events that nobody could deliver in time.

use super::world::{ALL, STALL, World};
use common::event::DeliveryOutcome;
use reset_api::store::{DELIVER_WITHIN, TokenState};
use time::Duration;

contract! {
    an_overdue_event_ends_with_its_link_after_the_grace,
    at_most_the_limit_is_ended,
    a_delivered_mail_is_never_overdue,
    the_end_of_overdue_events_leaves_a_used_link_used,
}

const GRACE: Duration = Duration::minutes(10);

async fn an_overdue_event_ends_with_its_link_after_the_grace(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(DELIVER_WITHIN + GRACE - STALL);
    assert_eq!(world.store.end_overdue(ALL, GRACE).await.unwrap(), 0);
    world.live_reset(&link).await;
    world.advance(STALL + Duration::seconds(1));
    assert_eq!(world.store.end_overdue(ALL, GRACE).await.unwrap(), 1);
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked, "it ended with its mail");
    assert_eq!(world.store.end_overdue(ALL, GRACE).await.unwrap(), 0);
    assert_eq!(world.claim().await, []);
}

async fn at_most_the_limit_is_ended(world: &World) {
    for address in ["ada@example.org", "bob@example.org", "eve@example.org"] {
        world.a_link_of_a_new_account(address).await;
    }
    world.advance(DELIVER_WITHIN + GRACE + STALL);
    for ended in [2, 1, 0] {
        assert_eq!(world.store.end_overdue(2, GRACE).await.unwrap(), ended);
    }
}

async fn a_delivered_mail_is_never_overdue(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(DELIVER_WITHIN - STALL);
    world.report(&link, DeliveryOutcome::Accepted).await;
    world.advance(STALL + GRACE + STALL);
    assert_eq!(world.store.end_overdue(ALL, GRACE).await.unwrap(), 0);
    world.live_reset(&link).await;
}

async fn the_end_of_overdue_events_leaves_a_used_link_used(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, DeliveryOutcome::Accepted).await;
    world.complete(link.reset, "changed").await;
    world.advance(DELIVER_WITHIN + GRACE + STALL);
    assert_eq!(world.store.end_overdue(ALL, GRACE).await.unwrap(), 2, "the notice and the account event");
    assert!(matches!(world.reset_state(&link.reset).await, TokenState::Used { .. }));
}
