//! What the memory of identified requests owes.

use super::{MARGIN, World};
use reset_api::address_key::AddressKey;
use reset_api::schedule::Step;
use reset_api::throttle::{AddressTake, IdentifiedRequest, Recall, Receipt};
use std::time::Duration;

const ADA: AddressKey = AddressKey([1; 32]);
const BOB: AddressKey = AddressKey([2; 32]);
const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn request(id: u8) -> IdentifiedRequest {
    IdentifiedRequest { id: [id; 32], fingerprint: [100 + id; 32] }
}

fn with_other_content(id: u8) -> IdentifiedRequest {
    IdentifiedRequest { fingerprint: [0; 32], ..request(id) }
}

impl World {
    pub(super) async fn ask_as(&self, address: &AddressKey, request: &IdentifiedRequest) -> AddressTake {
        self.throttle.take_address(address, Some(request)).await
    }

    pub(super) async fn accepted_as(
        &self,
        address: &AddressKey,
        request: &IdentifiedRequest,
    ) -> (Step, Receipt) {
        match self.ask_as(address, request).await {
            AddressTake::Granted { step, repeated: false, receipt } => (step, receipt),
            other => panic!("{other:?}"),
        }
    }

    /// Asks, must be accepted, and is stored.
    pub(super) async fn stored_as(&self, address: &AddressKey, request: &IdentifiedRequest) -> Step {
        let (step, receipt) = self.accepted_as(address, request).await;
        self.throttle.confirm(address, &receipt).await;
        step
    }

    pub(super) async fn recall(&self, request: &IdentifiedRequest) -> Recall {
        self.throttle.recall(request).await
    }
}

pub(super) fn is_refused(take: &AddressTake) -> bool {
    matches!(take, AddressTake::Refused { .. })
}

pub(super) async fn a_stored_request_is_recalled_and_any_other_content_is_told(world: &World) {
    for (number, step) in [(1, Step::FIRST), (2, Step::from_number(1))] {
        assert_eq!(world.recall(&request(number)).await, Recall::New);
        let (accepted, receipt) = world.accepted_as(&ADA, &request(number)).await;
        assert_eq!(accepted, step);
        assert_eq!(world.recall(&request(number)).await, Recall::New, "nobody knows whether it was stored");
        assert_eq!(world.recall(&with_other_content(number)).await, Recall::Other);
        world.throttle.confirm(&ADA, &receipt).await;
        world.advance(MINUTE);
        assert_eq!(world.recall(&request(number)).await, Recall::Same(step));
        assert_eq!(world.recall(&with_other_content(number)).await, Recall::Other);
    }
    assert_eq!(world.recall(&request(1)).await, Recall::Same(Step::FIRST));
    assert_eq!(world.recall(&request(3)).await, Recall::New);
}

pub(super) async fn repeating_a_stored_request_costs_nothing_even_during_the_wait(world: &World) {
    world.stored_as(&ADA, &request(1)).await;
    for _ in 0..5 {
        assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    }
    assert!(is_refused(&world.ask_as(&ADA, &request(2)).await));
    world.advance(MINUTE);
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    assert_eq!(world.stored_as(&ADA, &request(2)).await, Step::from_number(1));
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
}

pub(super) async fn an_id_used_with_other_content_costs_nothing(world: &World) {
    world.stored_as(&ADA, &request(1)).await;
    world.advance(MINUTE);
    for address in [ADA, BOB] {
        assert_eq!(world.ask_as(&address, &with_other_content(1)).await, AddressTake::Other);
    }
    assert_eq!(world.recall(&request(1)).await, Recall::Same(Step::FIRST));
    assert_eq!(world.stored_as(&ADA, &request(2)).await, Step::from_number(1));
    assert_eq!(world.stored_as(&BOB, &request(3)).await, Step::FIRST);
}

pub(super) async fn a_refused_request_is_not_remembered(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    assert!(is_refused(&world.ask_as(&ADA, &request(2)).await));
    assert_eq!(world.recall(&request(2)).await, Recall::New);
    world.advance(MINUTE);
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::from_number(1));
}

pub(super) async fn a_request_is_remembered_for_24_hours(world: &World) {
    world.stored_as(&ADA, &request(1)).await;
    world.advance(DAY - MARGIN);
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    // Neither that repetition nor another request keeps the id any longer.
    world.stored_as(&ADA, &request(2)).await;
    world.advance(MARGIN);
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    assert_eq!(world.recall(&with_other_content(1)).await, Recall::New);
    assert_eq!(world.recall(&request(2)).await, Recall::Same(Step::from_number(1)));
}

pub(super) async fn a_request_given_back_is_forgotten(world: &World) {
    let (step, receipt) = world.accepted_as(&ADA, &request(1)).await;
    world.throttle.give_back_address(&ADA, receipt.clone()).await;
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    assert_eq!(world.stored_as(&ADA, &request(1)).await, step);
    // The earlier receipt does not reach the acceptance that came after it.
    world.throttle.give_back_address(&ADA, receipt).await;
    assert_eq!(world.recall(&request(1)).await, Recall::Same(step));
}

/// The schedule stays as the reset left it, but the request was never stored: repeated, it must not be told that it
/// was accepted.
pub(super) async fn a_request_given_back_is_forgotten_even_after_a_reset(world: &World) {
    let (_, receipt) = world.accepted_as(&ADA, &request(1)).await;
    world.throttle.reset_address(&ADA).await;
    world.stored_as(&ADA, &request(2)).await;
    world.throttle.give_back_address(&ADA, receipt).await;
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    assert_eq!(world.recall(&request(2)).await, Recall::Same(Step::FIRST));
    assert!(is_refused(&world.ask_as(&ADA, &request(1)).await));
}

pub(super) async fn a_reset_forgets_no_request(world: &World) {
    world.stored_as(&ADA, &request(1)).await;
    world.throttle.reset_address(&ADA).await;
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    assert_eq!(world.stored_as(&ADA, &request(2)).await, Step::FIRST);
}
