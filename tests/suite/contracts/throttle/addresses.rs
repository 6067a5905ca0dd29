//! What an address's schedule owes.

use super::{MARGIN, World};
use reset_api::address_key::AddressKey;
use reset_api::schedule::Step;
use reset_api::throttle::{AddressStanding, AddressTake, Counter, Receipt};
use std::time::Duration;

const ADA: AddressKey = AddressKey([1; 32]);
const BOB: AddressKey = AddressKey([2; 32]);
const DAY: Duration = Duration::from_hours(24);
/// How long an acceptance refuses that nobody has confirmed.
const UNCONFIRMED: Duration = Duration::from_secs(10);
/// As the design tells them, in minutes: not as the code under test has them.
const WAITS: [u64; 12] = [1, 1, 1, 2, 4, 8, 16, 32, 60, 120, 240, 360];

impl World {
    /// Asks for an address without an id.
    async fn ask(&self, address: &AddressKey) -> AddressTake {
        self.throttle.take_address(address, None).await
    }

    /// Asks and must be accepted.
    async fn accepted(&self, address: &AddressKey) -> (Step, Receipt) {
        match self.ask(address).await {
            AddressTake::Granted { step, repeated: false, receipt } => (step, receipt),
            other => panic!("{other:?}"),
        }
    }

    /// Asks, must be accepted, and is stored.
    async fn stored(&self, address: &AddressKey) -> Step {
        let (step, receipt) = self.accepted(address).await;
        self.throttle.confirm(address, &receipt).await;
        step
    }

    /// Asks and must be refused.
    async fn refused(&self, address: &AddressKey) -> Duration {
        match self.ask(address).await {
            AddressTake::Refused { retry_after } => retry_after,
            other => panic!("{other:?}"),
        }
    }

    /// Climbs to a step, by asking as early as allowed.
    async fn climb(&self, address: &AddressKey, number: u8) {
        for expected in 0..=number {
            assert_eq!(self.stored(address).await, Step::from_number(expected));
            if expected < number {
                self.advance(Duration::from_mins(WAITS[usize::from(expected)]));
            }
        }
    }
}

pub(super) async fn asking_as_early_as_allowed_climbs_the_whole_schedule(world: &World) {
    let last = u8::try_from(WAITS.len()).unwrap() - 1;
    for number in (0..=last).chain([last, last]) {
        assert_eq!(world.stored(&ADA).await, Step::from_number(number));
        let wait = world.refused(&ADA).await;
        let scheduled = Duration::from_mins(WAITS[usize::from(number)]);
        assert!(wait <= scheduled && wait > scheduled - MARGIN, "{wait:?} at step {number}");
        world.advance(wait - MARGIN);
        let rest = world.refused(&ADA).await;
        assert!(!rest.is_zero() && rest <= MARGIN, "{rest:?}");
        world.advance(rest);
    }
}

pub(super) async fn a_refusal_takes_nothing(world: &World) {
    world.accepted(&ADA).await;
    let first = world.refused(&ADA).await;
    for _ in 0..100 {
        assert!(world.refused(&ADA).await <= first);
    }
    world.advance(first);
    assert_eq!(world.accepted(&ADA).await.0, Step::from_number(1));
}

pub(super) async fn a_day_of_quiet_starts_over(world: &World) {
    world.climb(&ADA, 5).await;
    world.advance(DAY - MARGIN);
    assert_eq!(world.accepted(&ADA).await.0, Step::from_number(6));
    world.advance(DAY);
    assert_eq!(world.accepted(&ADA).await.0, Step::FIRST);
}

pub(super) async fn every_address_has_a_schedule_of_its_own(world: &World) {
    world.climb(&ADA, 4).await;
    assert_eq!(world.accepted(&BOB).await.0, Step::FIRST);
    let mut nearly_ada = ADA;
    nearly_ada.0[31] ^= 1;
    assert_eq!(world.accepted(&nearly_ada).await.0, Step::FIRST);
}

pub(super) async fn of_200_parallel_requests_exactly_one_is_accepted(world: &World) {
    let asking = (0..200).map(|_| {
        let throttle = world.throttle.clone();
        tokio::spawn(async move { throttle.take_address(&ADA, None).await })
    });
    let answers = futures::future::join_all(asking.collect::<Vec<_>>()).await;
    let is_accepted = |take: &AddressTake| matches!(take, AddressTake::Granted { .. });
    assert_eq!(answers.into_iter().filter(|answer| is_accepted(answer.as_ref().unwrap())).count(), 1);
}

pub(super) async fn a_first_acceptance_given_back_was_never_made(world: &World) {
    for _ in 0..3 {
        let (step, receipt) = world.accepted(&ADA).await;
        assert_eq!(step, Step::FIRST);
        world.throttle.give_back_address(&ADA, receipt).await;
    }
    assert_eq!(world.accepted(&ADA).await.0, Step::FIRST);
    world.refused(&ADA).await;
}

pub(super) async fn a_repeat_given_back_leaves_the_acceptance_before_it(world: &World) {
    world.climb(&ADA, 3).await;
    world.advance(Duration::from_mins(WAITS[3]));
    let (step, receipt) = world.accepted(&ADA).await;
    assert_eq!(step, Step::from_number(4));
    world.throttle.give_back_address(&ADA, receipt).await;
    assert_eq!(world.stored(&ADA).await, Step::from_number(4));
    let wait = world.refused(&ADA).await;
    assert!(wait > Duration::from_mins(WAITS[4]) - MARGIN, "{wait:?}");
}

pub(super) async fn giving_back_twice_changes_nothing_more(world: &World) {
    let (_, receipt) = world.accepted(&ADA).await;
    world.throttle.give_back_address(&ADA, receipt.clone()).await;
    world.accepted(&ADA).await;
    world.throttle.give_back_address(&ADA, receipt).await;
    world.refused(&ADA).await;
}

pub(super) async fn giving_back_after_a_later_acceptance_changes_nothing(world: &World) {
    let (_, receipt) = world.accepted(&ADA).await;
    world.advance(Duration::from_mins(WAITS[0]));
    world.accepted(&ADA).await;
    world.throttle.give_back_address(&ADA, receipt).await;
    world.advance(world.refused(&ADA).await);
    assert_eq!(world.accepted(&ADA).await.0, Step::from_number(2));
}

pub(super) async fn giving_back_after_a_reset_changes_nothing(world: &World) {
    world.climb(&ADA, 6).await;
    world.advance(Duration::from_mins(WAITS[6]));
    let (_, receipt) = world.accepted(&ADA).await;
    world.throttle.reset_address(&ADA).await;
    world.throttle.give_back_address(&ADA, receipt.clone()).await;
    assert_eq!(world.accepted(&ADA).await.0, Step::FIRST);
    world.throttle.give_back_address(&ADA, receipt).await;
    world.refused(&ADA).await;
}

pub(super) async fn a_reset_starts_the_schedule_over(world: &World) {
    world.throttle.reset_address(&ADA).await;
    world.climb(&ADA, 4).await;
    world.accepted(&BOB).await;
    world.throttle.reset_address(&ADA).await;
    assert_eq!(world.accepted(&ADA).await.0, Step::FIRST);
    world.refused(&BOB).await;
}

pub(super) async fn an_acceptance_that_nobody_confirms_refuses_for_ten_seconds_and_no_longer(world: &World) {
    world.climb(&ADA, 10).await;
    for number in [11, 11, 11] {
        world.advance(Duration::from_mins(WAITS[11]));
        assert_eq!(world.accepted(&ADA).await.0, Step::from_number(number));
        let wait = world.refused(&ADA).await;
        assert!(wait <= UNCONFIRMED, "{wait:?}");
        world.advance(wait);
        assert_eq!(world.stored(&ADA).await, Step::from_number(11), "as if the wait were over");
        assert!(world.refused(&ADA).await > Duration::from_mins(WAITS[11]) - MARGIN);
    }
}

pub(super) async fn a_late_confirmation_still_counts_unless_another_request_came_in_between(world: &World) {
    world.climb(&ADA, 4).await;
    world.advance(Duration::from_mins(WAITS[4]));
    let (_, receipt) = world.accepted(&ADA).await;
    world.advance(UNCONFIRMED);
    world.throttle.confirm(&ADA, &receipt).await;
    assert!(world.refused(&ADA).await > Duration::from_mins(WAITS[5]) - UNCONFIRMED - MARGIN);

    world.advance(Duration::from_mins(WAITS[5]));
    let (_, lost) = world.accepted(&ADA).await;
    world.advance(UNCONFIRMED);
    world.accepted(&ADA).await;
    world.throttle.confirm(&ADA, &lost).await;
    assert!(world.refused(&ADA).await <= UNCONFIRMED, "it was another's to confirm");
}

pub(super) async fn a_confirmation_after_a_reset_changes_nothing(world: &World) {
    world.climb(&ADA, 6).await;
    world.advance(Duration::from_mins(WAITS[6]));
    let (_, receipt) = world.accepted(&ADA).await;
    world.throttle.reset_address(&ADA).await;
    world.throttle.confirm(&ADA, &receipt).await;
    assert_eq!(world.accepted(&ADA).await.0, Step::FIRST);
}

/// Nothing is in force, and a request would be accepted.
const OPEN: AddressStanding = AddressStanding { counter: Counter::Own, step: None, retry_after: None };

pub(super) async fn a_look_says_what_a_request_would_be_told_and_takes_nothing(world: &World) {
    for number in 0..=5 {
        assert_eq!(world.stored(&ADA).await, Step::from_number(number));
        let looked = world.throttle.look_at_address(&ADA).await;
        assert_eq!((looked.counter, looked.step), (Counter::Own, Some(Step::from_number(number))));
        let (told, wait) = (looked.retry_after.unwrap(), world.refused(&ADA).await);
        assert!(wait <= told && told < wait + MARGIN, "{told:?} {wait:?}");
        world.advance(told);
        for _ in 0..3 {
            let looked = world.throttle.look_at_address(&ADA).await;
            assert_eq!((looked.step, looked.retry_after), (Some(Step::from_number(number)), None));
        }
    }
    assert_eq!(world.throttle.look_at_address(&BOB).await, OPEN, "another address");
}

pub(super) async fn a_look_at_an_address_nobody_asked_for_finds_nothing_in_force(world: &World) {
    assert_eq!(world.throttle.look_at_address(&ADA).await, OPEN);
    world.climb(&ADA, 4).await;
    world.advance(DAY - MARGIN);
    assert_eq!(world.throttle.look_at_address(&ADA).await.step, Some(Step::from_number(4)));
    world.advance(MARGIN);
    assert_eq!(world.throttle.look_at_address(&ADA).await, OPEN, "the schedule has started over");
    assert_eq!(world.stored(&ADA).await, Step::FIRST);
    world.throttle.reset_address(&ADA).await;
    assert_eq!(world.throttle.look_at_address(&ADA).await, OPEN);
}

pub(super) async fn a_look_at_an_unconfirmed_acceptance_says_so(world: &World) {
    world.climb(&ADA, 9).await;
    world.advance(Duration::from_mins(WAITS[9]));
    world.accepted(&ADA).await;
    let looked = world.throttle.look_at_address(&ADA).await;
    assert_eq!(looked.step, Some(Step::from_number(10)));
    assert!(looked.retry_after.unwrap() <= UNCONFIRMED, "{looked:?}");
    world.advance(UNCONFIRMED);
    assert_eq!(world.throttle.look_at_address(&ADA).await.retry_after, None);
}
