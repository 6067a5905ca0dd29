//! What is owed between the acceptance of a request and the news that it was stored: nobody is told "accepted" of
//! what may have been lost.

use super::World;
use super::requests::{is_refused, request};
use reset_api::address_key::AddressKey;
use reset_api::schedule::Step;
use reset_api::throttle::{AddressTake, IdentifiedRequest, Recall, Receipt};
use std::time::Duration;

const ADA: AddressKey = AddressKey([1; 32]);
const MINUTE: Duration = Duration::from_secs(60);

impl World {
    /// Repeats a pending request, which must be granted again.
    async fn granted_again(&self, request: &IdentifiedRequest) -> (Step, Receipt) {
        match self.ask_as(&ADA, request).await {
            AddressTake::Granted { step, repeated: true, receipt } => (step, receipt),
            other => panic!("{other:?}"),
        }
    }

    async fn confirm(&self, receipt: &Receipt) {
        self.throttle.confirm(&ADA, receipt).await;
    }

    async fn give_back(&self, receipt: Receipt) {
        self.throttle.give_back_address(&ADA, receipt).await;
    }
}

pub(super) async fn a_request_that_nobody_confirmed_is_granted_again_and_costs_nothing_more(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    for _ in 0..5 {
        assert_eq!(world.recall(&request(1)).await, Recall::New);
        assert_eq!(world.granted_again(&request(1)).await.0, Step::FIRST);
    }
    assert!(is_refused(&world.ask_as(&ADA, &request(2)).await));
    world.advance(MINUTE);
    assert_eq!(world.granted_again(&request(1)).await.0, Step::FIRST);
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::from_number(1));
}

pub(super) async fn a_pending_request_keeps_its_step_whatever_its_address_did_since(world: &World) {
    world.accepted_as(&ADA, &request(1)).await;
    world.advance(MINUTE);
    world.accepted_as(&ADA, &request(2)).await;
    world.throttle.reset_address(&ADA).await;
    assert_eq!(world.granted_again(&request(2)).await.0, Step::from_number(1));
    assert_eq!(world.granted_again(&request(1)).await.0, Step::FIRST);
    assert_eq!(world.accepted_as(&ADA, &request(3)).await.0, Step::FIRST, "the repetitions took nothing");
}

pub(super) async fn a_confirmation_holds_for_every_grant_of_the_request(world: &World) {
    let (_, first) = world.accepted_as(&ADA, &request(1)).await;
    let (_, second) = world.granted_again(&request(1)).await;
    world.confirm(&second).await;
    assert_eq!(world.recall(&request(1)).await, Recall::Same(Step::FIRST));
    assert_eq!(world.ask_as(&ADA, &request(1)).await, AddressTake::Same(Step::FIRST));
    world.confirm(&first).await;
    assert_eq!(world.recall(&request(1)).await, Recall::Same(Step::FIRST));
}

pub(super) async fn of_two_grants_the_last_one_given_back_undoes_the_acceptance(world: &World) {
    let (_, first) = world.accepted_as(&ADA, &request(1)).await;
    let (_, second) = world.granted_again(&request(1)).await;
    world.give_back(first).await;
    assert!(is_refused(&world.ask_as(&ADA, &request(2)).await), "the other may be stored yet");
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    world.give_back(second).await;
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::FIRST);
    assert!(is_refused(&world.ask_as(&ADA, &request(1)).await), "it is forgotten");
}

pub(super) async fn a_confirmed_request_is_not_undone_by_another_grant_given_back(world: &World) {
    for first_is_stored in [true, false] {
        let id = request(u8::from(first_is_stored));
        let (_, first) = world.accepted_as(&ADA, &id).await;
        let (step, second) = world.granted_again(&id).await;
        let (stored, failed) = if first_is_stored { (first, second) } else { (second, first) };
        if first_is_stored {
            world.confirm(&stored).await;
            world.give_back(failed).await;
        } else {
            world.give_back(failed).await;
            world.confirm(&stored).await;
        }
        assert_eq!(world.recall(&id).await, Recall::Same(step));
        assert!(is_refused(&world.ask_as(&ADA, &request(9)).await));
        world.advance(MINUTE);
    }
}

/// What was stored is known, however its memory went away meanwhile.
pub(super) async fn a_confirmation_after_everything_was_forgotten_is_remembered(world: &World) {
    let (step, first) = world.accepted_as(&ADA, &request(1)).await;
    world.give_back(first.clone()).await;
    assert_eq!(world.recall(&request(1)).await, Recall::New);
    world.confirm(&first).await;
    assert_eq!(world.recall(&request(1)).await, Recall::Same(step));
    let others = IdentifiedRequest { fingerprint: [0; 32], ..request(2) };
    let (_, late) = world.accepted_as(&ADA, &request(2)).await;
    world.give_back(late.clone()).await;
    let (others_step, receipt) = world.accepted_as(&ADA, &others).await;
    world.confirm(&receipt).await;
    world.confirm(&late).await;
    assert_eq!(world.recall(&others).await, Recall::Same(others_step), "the id is another's by now");
}

pub(super) async fn of_200_parallel_repetitions_all_are_granted_and_one_is_charged(world: &World) {
    let asking = (0..200).map(|_| {
        let throttle = world.throttle.clone();
        tokio::spawn(async move { throttle.take_address(&ADA, Some(&request(1))).await })
    });
    let answers = futures::future::join_all(asking.collect::<Vec<_>>()).await;
    let (mut first, mut again, mut receipts) = (0, 0, vec![]);
    for answer in answers {
        match answer.unwrap() {
            AddressTake::Granted { step: Step::FIRST, repeated, receipt } => {
                *(if repeated { &mut again } else { &mut first }) += 1;
                receipts.push(receipt);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((first, again), (1, 199));
    let last = receipts.pop().unwrap();
    for receipt in receipts {
        world.give_back(receipt).await;
    }
    assert!(is_refused(&world.ask_as(&ADA, &request(2)).await), "one may be stored yet");
    world.give_back(last).await;
    assert_eq!(world.accepted_as(&ADA, &request(2)).await.0, Step::FIRST);
}
