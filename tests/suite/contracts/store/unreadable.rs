//! Rows that this build cannot read, as after going back from a newer version: they hold up nobody else.

use super::verbs::LEASE;
use super::world::{ALL, STALL, World, key_of};
use reset_api::store::{DELIVER_WITHIN, EndReason, Issued, RequestState, TokenState};
use std::collections::HashSet;
use time::Duration;

contract! {
    an_event_of_an_unknown_kind_holds_up_no_other,
    an_event_of_an_unknown_kind_takes_no_place_while_its_lease_lasts,
    an_event_of_an_unknown_kind_that_is_known_again_goes_out,
    an_event_of_an_unknown_kind_ends_in_time_with_the_reason,
    an_account_whose_address_cannot_be_read_holds_up_no_other,
}

const GRACE: Duration = Duration::minutes(10);
const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const EVE: &str = "eve@example.org";

impl World {
    /// Gives the event that is due first a kind of a version yet to come.
    async fn spoil_the_oldest_event(&self) {
        let spoil = "UPDATE outbox SET kind = 999 WHERE due_at = (SELECT min(due_at) FROM outbox)";
        self.place.execute(spoil).await;
    }

    /// The state and the reason of the one request of an address.
    async fn end_of(&self, address: &str) -> (RequestState, Option<EndReason>) {
        let history = self.store.history(&key_of(address), 2).await.unwrap();
        assert_eq!(history.requests.len(), 1);
        (history.requests[0].state, history.requests[0].reason)
    }
}

async fn an_event_of_an_unknown_kind_holds_up_no_other(world: &World) {
    let mut links = vec![];
    for address in [ADA, BOB, EVE] {
        links.push(world.a_link_of_a_new_account(address).await);
    }
    world.spoil_the_oldest_event().await;
    let published: HashSet<_> = world.publish().await.into_iter().map(|event| event.event_id).collect();
    assert_eq!(published, links[1..].iter().map(|link| link.event.event_id).collect());
}

async fn an_event_of_an_unknown_kind_takes_no_place_while_its_lease_lasts(world: &World) {
    world.a_link_of_a_new_account(ADA).await;
    let readable = world.a_link_of_a_new_account(BOB).await;
    world.spoil_the_oldest_event().await;
    assert_eq!(world.store.claim_outbox(1, LEASE).await.unwrap(), [], "the first place was its own");
    let claimed = world.store.claim_outbox(1, LEASE).await.unwrap();
    assert_eq!(claimed.into_iter().map(|one| one.event).collect::<Vec<_>>(), [readable.event]);
}

async fn an_event_of_an_unknown_kind_that_is_known_again_goes_out(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.spoil_the_oldest_event().await;
    assert_eq!(world.claim().await, []);
    world.place.execute("UPDATE outbox SET kind = 1").await;
    assert_eq!(world.claim().await, [], "its lease is like any other");
    world.advance(LEASE);
    assert_eq!(world.claim_one().await.event, link.event);
}

async fn an_event_of_an_unknown_kind_ends_in_time_with_the_reason(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.spoil_the_oldest_event().await;
    assert_eq!(world.claim().await, []);
    world.advance(DELIVER_WITHIN + GRACE + STALL);
    assert_eq!(world.claim().await, []);
    assert_eq!(world.store.end_overdue(ALL, GRACE).await.unwrap(), 1);
    assert_eq!(world.end_of(ADA).await, (RequestState::Expired, Some(EndReason::ExpiredBeforeDelivery)));
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked, "it ended with its mail");
    assert_eq!(world.store.end_overdue(ALL, GRACE).await.unwrap(), 0);
}

async fn an_account_whose_address_cannot_be_read_holds_up_no_other(world: &World) {
    for address in [ADA, BOB] {
        world.create(address).await;
        world.accept_one(address).await;
    }
    world.place.execute("UPDATE accounts SET address = 'no address' WHERE address = 'ada@example.org'").await;
    assert_eq!(world.issue().await, Issued { issued: 1, undeliverable: 1, ..Issued::default() });
    assert_eq!(world.end_of(ADA).await, (RequestState::Undeliverable, Some(EndReason::Undeliverable)));
    assert_eq!(world.end_of(BOB).await, (RequestState::Issued, None));
    let told = world.mint.ended().into_iter().map(|(_, state, _)| state).collect::<Vec<_>>();
    assert_eq!(told, ["undeliverable"]);
    assert_eq!(world.claim().await.len(), 1);
}
