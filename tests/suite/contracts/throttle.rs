//! The contract of the throttle port.
//!
//! Every obligation gets a throttle nobody has asked yet, with the clock that moves its time. Real time goes on as
//! well (the throttle may count by its server's clock), so "just before" is a margin before, and what must be granted
//! at an instant is asked at it or a little later.

use common::clock::ManualClock;
use common::entropy::OsEntropy;
use reset_api::address_key::Pseudonymiser;
use reset_api::throttle::memory::MemoryThrottle;
use reset_api::throttle::redis::RedisThrottle;
use reset_api::throttle::{Counter, Take, Throttle};
use std::sync::Arc;
use std::time::Duration;
use tests::redis_server::{RedisServer, patient_link};
use zeroize::Zeroizing;

mod address_model;
mod addresses;
mod bucket_model;
mod buckets;
mod pending;
mod requests;

/// More real time than any test takes between two of its steps.
const MARGIN: Duration = Duration::from_secs(20);

/// The throttle itself has granted it, and no stand-in.
const GRANTED: Take = Take::Granted { counter: Counter::Own };

/// What an obligation is checked on.
struct World {
    throttle: Arc<dyn Throttle>,
    clock: Arc<ManualClock>,
}

impl World {
    fn advance(&self, step: Duration) {
        self.clock.advance(step.try_into().unwrap());
    }
}

/// Runs every obligation against the throttles that `$world`, an async function, makes.
macro_rules! throttle_contract {
    ($implementation:ident, $world:path) => {
        mod $implementation {
            use super::*;
            throttle_contract! { @each $world;
                buckets {
                    an_untouched_bucket_grants_its_burst_and_no_more,
                    a_refusal_says_exactly_when_to_try_again,
                    a_refusal_takes_nothing,
                    a_peek_says_what_a_take_would_and_takes_nothing,
                    a_bucket_left_alone_is_full_again_and_no_fuller,
                    every_scope_and_key_is_a_bucket_of_its_own,
                    of_200_parallel_takes_exactly_the_burst_is_granted,
                    a_take_given_back_is_granted_again,
                    giving_back_too_much_grants_no_more_than_an_untouched_bucket,
                }
                bucket_model {
                    random_takes_and_returns_follow_the_model,
                }
                addresses {
                    asking_as_early_as_allowed_climbs_the_whole_schedule,
                    a_refusal_takes_nothing,
                    a_day_of_quiet_starts_over,
                    every_address_has_a_schedule_of_its_own,
                    of_200_parallel_requests_exactly_one_is_accepted,
                    a_first_acceptance_given_back_was_never_made,
                    a_repeat_given_back_leaves_the_acceptance_before_it,
                    giving_back_twice_changes_nothing_more,
                    giving_back_after_a_later_acceptance_changes_nothing,
                    giving_back_after_a_reset_changes_nothing,
                    a_reset_starts_the_schedule_over,
                    an_acceptance_that_nobody_confirms_refuses_for_ten_seconds_and_no_longer,
                    a_late_confirmation_still_counts_unless_another_request_came_in_between,
                    a_confirmation_after_a_reset_changes_nothing,
                    a_look_says_what_a_request_would_be_told_and_takes_nothing,
                    a_look_at_an_address_nobody_asked_for_finds_nothing_in_force,
                    a_look_at_an_unconfirmed_acceptance_says_so,
                }
                requests {
                    a_stored_request_is_recalled_and_any_other_content_is_told,
                    repeating_a_stored_request_costs_nothing_even_during_the_wait,
                    an_id_used_with_other_content_costs_nothing,
                    a_refused_request_is_not_remembered,
                    a_request_is_remembered_for_24_hours,
                    a_request_given_back_is_forgotten,
                    a_request_given_back_is_forgotten_even_after_a_reset,
                    a_reset_forgets_no_request,
                }
                pending {
                    a_request_that_nobody_confirmed_is_granted_again_and_costs_nothing_more,
                    a_pending_request_keeps_its_step_whatever_its_address_did_since,
                    a_confirmation_holds_for_every_grant_of_the_request,
                    of_two_grants_the_last_one_given_back_undoes_the_acceptance,
                    a_confirmed_request_is_not_undone_by_another_grant_given_back,
                    a_confirmation_after_everything_was_forgotten_is_remembered,
                    of_200_parallel_repetitions_all_are_granted_and_one_is_charged,
                }
                address_model {
                    random_requests_follow_the_model,
                }
            }
        }
    };
    (@each $world:path; $($part:ident { $($obligation:ident,)* })*) => {$(
        mod $part {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $obligation() {
                    super::super::$part::$obligation(&$world().await).await;
                }
            )*
        }
    )*};
}

async fn in_memory() -> World {
    let clock = Arc::new(ManualClock::default());
    World { throttle: Arc::new(MemoryThrottle::new(clock.clone())), clock }
}

/// A database of the shared server for every world: the address keys of the obligations are the same ones.
async fn in_redis() -> World {
    let server = RedisServer::shared().await.unwrap();
    let clock = Arc::new(ManualClock::default());
    let link = patient_link(server.fresh_database()).await.unwrap();
    let pseudonymiser = Arc::new(Pseudonymiser::new(1, Zeroizing::new(vec![7; 32])).unwrap());
    let throttle = RedisThrottle::new(link, pseudonymiser, clock.clone(), Arc::new(OsEntropy));
    World { throttle: Arc::new(throttle), clock }
}

throttle_contract!(memory, in_memory);
throttle_contract!(redis, in_redis);
