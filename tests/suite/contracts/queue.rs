//! The contract of the queue port.
//!
//! Each obligation is a function over [`QueueUnderTest`]. An implementation plugs in with a module that implements the
//! trait and says `queue_contract!(ItsType);`.

// Says to clippy that helpers are tests, too.
use async_trait::async_trait;
use common::queue::Queue;
use common::queue::dead_letters::DeadLetters;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// A private queue, empty at the start.
#[async_trait]
trait QueueUnderTest: Sized + Send + Sync {
    /// Starts one.
    async fn start() -> Self;

    /// The queue as its users see it.
    fn queue(&self) -> Arc<dyn Queue>;

    /// Ends what serves the queue and starts it again on the same disk.
    async fn restart(&mut self);

    /// Returns when so much time has passed for the queue; its clock may be moved instead of waiting.
    async fn pass(&self, time: Duration);

    /// Where its dead letters are looked through.
    fn dead_letters(&self) -> Arc<dyn DeadLetters>;

    /// Lets go of the queue, and gives the command of a process that runs [`crashing::child`] on it.
    /// [`Self::restart`] takes the queue back.
    async fn hand_over(&mut self) -> Command;
}

/// A test of each obligation named, for one implementation.
macro_rules! tests_of {
    ($under_test:ty; $($part:ident: $($obligation:ident)*;)*) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $obligation() {
                let under_test = <$under_test as super::QueueUnderTest>::start().await;
                super::$part::$obligation(under_test).await;
            }
        )*)*
    };
}

/// The whole contract for one implementation.
macro_rules! queue_contract {
    ($under_test:ty) => {
        tests_of! { $under_test;
            publishing:
                confirmed_messages_survive_a_restart
                a_batch_gets_one_verdict_a_message_and_keeps_its_order
                an_empty_batch_has_no_verdicts
                mail_and_reports_stay_apart
                account_events_are_confirmed_without_a_subscriber;
            consuming:
                an_unsettled_message_goes_to_nobody_else
                a_dropped_consumer_returns_its_messages_marked_redelivered
                a_stopped_consumer_gives_back_what_it_did_not_receive_and_settles_what_it_did
                a_consumer_holds_no_more_than_its_prefetch
                a_full_consumer_waits_for_room
                a_waiting_consumer_wakes_when_a_message_arrives
                a_receive_is_empty_when_its_time_ran_out
                two_consumers_share_the_work_without_overlap
                a_cancelled_receive_loses_nothing;
            settling:
                an_acked_message_is_gone_for_good
                a_retry_comes_after_its_delay_and_not_before
                a_retry_wakes_the_consumer_that_waits_for_it
                a_retry_outlives_a_restart
                a_dead_letter_is_kept_and_never_delivered
                settling_twice_is_stale_and_changes_nothing
                a_delivery_of_before_a_restart_cannot_be_settled;
            dead_letters:
                a_look_gives_each_letter_once_oldest_first_with_all_it_says
                what_is_looked_at_often_stays_and_keeps_its_order
                what_was_removed_is_gone_and_the_rest_outlives_a_restart
                one_look_at_a_time
                a_look_that_is_dropped_in_the_middle_leaves_everything
                what_comes_meanwhile_is_for_the_next_look
                a_letter_can_be_removed_once_and_only_by_its_look;
            crashing:
                what_was_confirmed_outlives_kill_9;
        }
    };
}

mod consuming;
mod crashing;
mod dead_letters;
mod publishing;
mod rabbitmq;
mod settling;
mod sqlite;
mod verbs;
