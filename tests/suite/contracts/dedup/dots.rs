//! What a final dot without an answer leads to.

use super::DedupUnderTest;
use super::verbs::*;
use mail_worker::dedup::Claim;

pub(super) async fn a_dot_without_an_answer_is_sent_again_once_and_then_unknown(
    under_test: impl DedupUnderTest,
) {
    let (dedup, event) = (under_test.dedup(), event());
    let first = fresh(&*dedup, event).await;
    dedup.dot(first).await.unwrap();
    assert_held(&*dedup, event).await;
    under_test.pass(LEASE).await;
    let second = resend(&*dedup, event).await;
    assert!(second.number > first.number);
    dedup.dot(second).await.unwrap();
    assert_held(&*dedup, event).await;
    under_test.pass(LEASE).await;
    assert_eq!(claim(&*dedup, event).await, Claim::OutcomeUnknown);
    assert_eq!(claim(&*dedup, event).await, Claim::OutcomeUnknown);
}

pub(super) async fn an_ambiguous_release_is_a_dot_without_an_answer(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let first = fresh(&*dedup, event).await;
    dedup.dot(first).await.unwrap();
    dedup.release_ambiguous(first).await.unwrap();
    let second = resend(&*dedup, event).await;
    dedup.dot(second).await.unwrap();
    dedup.release_ambiguous(second).await.unwrap();
    assert_eq!(claim(&*dedup, event).await, Claim::OutcomeUnknown);
}

pub(super) async fn a_dot_that_only_the_mail_knows_of_counts(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let Claim::Resend(fence) = claim_knowing(&*dedup, event, 1).await else { panic!("not to be sent again") };
    dedup.release(fence).await.unwrap();
    let swept = resend(&*dedup, event).await;
    dedup.dot(swept).await.unwrap();
    dedup.release_ambiguous(swept).await.unwrap();
    assert_eq!(claim(&*dedup, event).await, Claim::OutcomeUnknown);
}

pub(super) async fn a_dot_that_both_know_of_counts_once(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
    assert!(matches!(claim_knowing(&*dedup, event, 1).await, Claim::Held(_)));
    dedup.release_ambiguous(fence).await.unwrap();
    assert!(matches!(claim_knowing(&*dedup, event, 1).await, Claim::Resend(_)));
}

pub(super) async fn dots_that_only_the_mail_knows_of_stop_every_copy(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    assert_eq!(claim_knowing(&*dedup, event, 2).await, Claim::OutcomeUnknown);
    assert_eq!(claim(&*dedup, event).await, Claim::OutcomeUnknown);
}

pub(super) async fn a_release_takes_its_dot_back_and_no_other(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
    dedup.release(fence).await.unwrap();
    let ambiguous = fresh(&*dedup, event).await;
    dedup.dot(ambiguous).await.unwrap();
    under_test.pass(LEASE).await;
    for _ in 0..3 {
        let fence = resend(&*dedup, event).await;
        dedup.dot(fence).await.unwrap();
        dedup.release(fence).await.unwrap();
    }
    resend(&*dedup, event).await;
}

pub(super) async fn saying_a_dot_twice_is_saying_it_once(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
    dedup.dot(fence).await.unwrap();
    dedup.release_ambiguous(fence).await.unwrap();
    resend(&*dedup, event).await;
}

pub(super) async fn a_dot_after_its_lease_is_lost(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let late = fresh(&*dedup, event).await;
    under_test.pass(LEASE).await;
    assert_lost!(dedup.dot(late));
    let released = fresh(&*dedup, event).await;
    dedup.release(released).await.unwrap();
    assert_lost!(dedup.dot(released));
    fresh(&*dedup, event).await;
}

pub(super) async fn a_dot_outlives_a_restart(mut under_test: impl DedupUnderTest) {
    let event = event();
    let fence = fresh(&*under_test.dedup(), event).await;
    under_test.dedup().dot(fence).await.unwrap();
    under_test.restart().await;
    under_test.pass(LEASE).await;
    resend(&*under_test.dedup(), event).await;
}
