//! The contract of the dedup port.
//!
//! Each obligation is a function over [`DedupUnderTest`]. An implementation plugs in with a module that implements the
//! trait and says `dedup_contract!(ItsType);`.

// Says to clippy that helpers are tests, too.
use async_trait::async_trait;
use mail_worker::dedup::Dedup;
use std::sync::Arc;
use std::time::Duration;

/// A private dedup store, empty at the start.
#[async_trait]
trait DedupUnderTest: Sized + Send + Sync {
    /// Starts one.
    async fn start() -> Self;

    /// The store as its users see it.
    fn dedup(&self) -> Arc<dyn Dedup>;

    /// Ends what serves the store and starts it again on the same disk.
    async fn restart(&mut self);

    /// Moves the store's clock.
    async fn pass(&self, time: Duration);
}

/// A test of each obligation named, for one implementation.
macro_rules! tests_of {
    ($under_test:ty; $($part:ident: $($obligation:ident)*;)*) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $obligation() {
                let under_test = <$under_test as super::DedupUnderTest>::start().await;
                super::$part::$obligation(under_test).await;
            }
        )*)*
    };
}

/// The whole contract for one implementation.
macro_rules! dedup_contract {
    ($under_test:ty) => {
        tests_of! { $under_test;
            claiming:
                of_parallel_claims_one_is_granted
                a_claim_is_held_until_its_lease_ends
                every_fence_is_higher_than_those_before
                a_released_claim_is_free_at_once
                events_do_not_touch_each_other;
            renewing:
                a_claim_that_is_renewed_is_held_beyond_its_lease
                a_renewed_lease_ends_as_long_after_its_renewal_as_asked
                a_lease_that_ran_out_is_renewed_if_nobody_claimed_since
                a_renewal_leaves_every_dot
                a_claim_that_ended_is_not_renewed
                a_claim_that_was_superseded_is_not_renewed;
            dots:
                a_dot_without_an_answer_is_sent_again_once_and_then_unknown
                an_ambiguous_release_is_a_dot_without_an_answer
                a_dot_that_only_the_mail_knows_of_counts
                a_dot_that_both_know_of_counts_once
                dots_that_only_the_mail_knows_of_stop_every_copy
                a_release_takes_its_dot_back_and_no_other
                saying_a_dot_twice_is_saying_it_once
                a_dot_after_its_lease_is_lost
                a_dot_outlives_a_restart;
            sent:
                a_sent_mail_is_remembered_with_its_record
                sent_counts_after_the_lease_if_nobody_claimed_since
                sent_ends_the_doubt_of_an_ambiguous_release
                a_stale_fence_is_lost_and_changes_nothing
                sent_outlives_a_restart_and_is_kept
                nothing_undoes_sent;
            model:
                it_does_as_the_model_does;
        }
    };
}

mod claiming;
mod dots;
mod model;
mod redis;
mod renewing;
mod sent;
mod sqlite;
mod verbs;
