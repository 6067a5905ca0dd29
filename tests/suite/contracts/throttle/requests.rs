//! What the memory of identified requests owes.

use super::{MARGIN, World};
use reset_api::address_key::AddressKey;
use reset_api::schedule::Step;
use reset_api::throttle::{AddressTake, IdentifiedRequest, Recall, Undo};
use std::time::Duration;

const ADA: AddressKey = AddressKey([1; 32]);
const BOB: AddressKey = AddressKey([2; 32]);
const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_secs(60);

fn request(id: u8) -> IdentifiedRequest {
    IdentifiedRequest { id: [id; 32], fingerprint: [100 + id; 32] }
}

fn with_other_content(id: u8) -> IdentifiedRequest {
    IdentifiedRequest { fingerprint: [0; 32], ..request(id) }
}

impl World {
    async fn ask_as(&self, address: &AddressKey, request: &IdentifiedRequest) -> AddressTake {
        self.throttle.take_address(address, Some(request)).await
    }

    async fn accepted_as(&self, address: &AddressKey, request: &IdentifiedRequest) -> (Step, Undo) {
        match self.ask_as(address, request).await {
            AddressTake::Granted { step, undo } => (step, undo),
            other => panic!("{other:?}"),
        }
    }

    async fn recall(&self, request: &IdentifiedRequest) -> Recall {
        self.throttle.recall(request).await
    }
}

fn is_refused(take: &AddressTake) -> bool {
    matches!(take, AddressTake::Refused { .. })
}

pub(super) async fn an_accepted_request_is_recalled_and_any_other_content_is_told(world: &World) {
    for (number, step) in [(1, Step::FIRST), (2, Step::from_number(1))] {
        assert_eq!(world.recall(&request(number)).await, Recall::New);
        world.accepted_as(&ADA, &request(number)).await;
        world.advance(MINUTE);
        assert_eq!(world.recall(&request(number)).await, Recall::Same(step));
        assert_eq!(world.recall(&with_other_content(number)).await, Recall::Other);
    }
    assert_eq!(world.recall(&request(1)).await, Recall::Same(Step::FIRST));
    assert_eq!(world.recall(&request(3)).await, Recall::New);
}

pub(super) async fn repeating_a_request_costs_nothing_even_during_the_wait(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    for _ in 0..5 {
        assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    }
    assert!(is_refused(&world.ask_as(&ADA, &request(2)).await));
    world.advance(MINUTE);
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::from_number(1));
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
}

pub(super) async fn an_id_used_with_other_content_costs_nothing(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    world.advance(MINUTE);
    for address in [ADA, BOB] {
        assert_eq!(world.ask_as(&address, &with_other_content(1)).await, AddressTake::Other);
    }
    assert_eq!(world.recall(&request(1)).await, Recall::Same(Step::FIRST));
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::from_number(1));
    assert_eq!(world.accepted_as(&BOB, &request(3)).await.0, Step::FIRST);
}

pub(super) async fn a_refused_request_is_not_remembered(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    assert!(is_refused(&world.ask_as(&ADA, &request(2)).await));
    assert_eq!(world.recall(&request(2)).await, Recall::New);
    world.advance(MINUTE);
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::from_number(1));
}

pub(super) async fn a_request_is_remembered_for_24_hours(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    world.advance(DAY - MARGIN);
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    // Neither that repetition nor another request keeps the id any longer.
    world.accepted_as(&ADA, &request(2)).await;
    world.advance(MARGIN);
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    assert_eq!(world.recall(&with_other_content(1)).await, Recall::New);
    assert_eq!(world.recall(&request(2)).await, Recall::Same(Step::from_number(1)));
}

pub(super) async fn a_request_given_back_is_forgotten(world: &World) {
    let (step, undo) = world.accepted_as(&ADA, &request(1)).await;
    world.throttle.give_back_address(&ADA, undo.clone()).await;
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    assert_eq!(world.accepted_as(&ADA, &request(1)).await.0, step);
    // The earlier undo does not reach the acceptance that came after it.
    world.throttle.give_back_address(&ADA, undo).await;
    assert_eq!(world.recall(&request(1)).await, Recall::Same(step));
}

/// The schedule stays as the reset left it, but the request was never stored: repeated, it must not be told that it
/// was accepted.
pub(super) async fn a_request_given_back_is_forgotten_even_after_a_reset(world: &World) {
    let (_, undo) = world.accepted_as(&ADA, &request(1)).await;
    world.throttle.reset_address(&ADA).await;
    world.accepted_as(&ADA, &request(2)).await;
    world.throttle.give_back_address(&ADA, undo).await;
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    assert_eq!(world.recall(&request(2)).await, Recall::Same(Step::FIRST));
    assert!(is_refused(&world.ask_as(&ADA, &request(1)).await));
}

pub(super) async fn a_reset_forgets_no_request(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    world.throttle.reset_address(&ADA).await;
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::FIRST);
}

pub(super) async fn of_200_parallel_repetitions_one_is_accepted_and_all_others_are_the_same(world: &World) {
    let asking = (0..200).map(|_| {
        let throttle = world.throttle.clone();
        tokio::spawn(async move { throttle.take_address(&ADA, Some(&request(1))).await })
    });
    let answers = futures::future::join_all(asking.collect::<Vec<_>>()).await;
    let (mut accepted, mut same) = (0, 0);
    for answer in answers {
        match answer.unwrap() {
            AddressTake::Granted { step: Step::FIRST, .. } => accepted += 1,
            AddressTake::Same(Step::FIRST) => same += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((accepted, same), (1, 199));
}
