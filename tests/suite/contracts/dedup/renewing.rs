//! How long a claim can be kept.

use super::DedupUnderTest;
use super::verbs::*;
use mail_worker::dedup::Claim;
use std::time::Duration;

/// Most of a lease.
const MOST: Duration = Duration::from_secs(LEASE.as_secs() - 60);

pub(super) async fn a_claim_that_is_renewed_is_held_beyond_its_lease(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    for _ in 0..3 {
        under_test.pass(MOST).await;
        dedup.renew(fence, LEASE).await.unwrap();
    }
    under_test.pass(MOST).await;
    let Claim::Held(left) = claim(&*dedup, event).await else { panic!("the lease ended early") };
    assert!(left <= LEASE - MOST, "{left:?}");
    dedup.dot(fence).await.unwrap();
    under_test.pass(left).await;
    resend(&*dedup, event).await;
}

pub(super) async fn a_renewed_lease_ends_as_long_after_its_renewal_as_asked(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.renew(fence, LEASE * 3).await.unwrap();
    under_test.pass(LEASE * 2).await;
    assert_held(&*dedup, event).await;
    under_test.pass(LEASE).await;
    fresh(&*dedup, event).await;
}

pub(super) async fn a_lease_that_ran_out_is_renewed_if_nobody_claimed_since(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    under_test.pass(LEASE * 2).await;
    assert_lost!(dedup.dot(fence));
    dedup.renew(fence, LEASE).await.unwrap();
    assert_held(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
}

pub(super) async fn a_renewal_leaves_every_dot(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let first = fresh(&*dedup, event).await;
    dedup.dot(first).await.unwrap();
    dedup.renew(first, LEASE).await.unwrap();
    under_test.pass(LEASE).await;
    let second = resend(&*dedup, event).await;
    dedup.renew(second, LEASE).await.unwrap();
    dedup.dot(second).await.unwrap();
    under_test.pass(LEASE).await;
    assert_eq!(claim(&*dedup, event).await, Claim::OutcomeUnknown);
}

pub(super) async fn a_claim_that_ended_is_not_renewed(under_test: impl DedupUnderTest) {
    let dedup = under_test.dedup();
    let (released, ambiguous, sent) = (event(), event(), event());
    let fence = fresh(&*dedup, released).await;
    dedup.release(fence).await.unwrap();
    assert_lost!(dedup.renew(fence, LEASE));
    fresh(&*dedup, released).await;
    let fence = fresh(&*dedup, ambiguous).await;
    dedup.dot(fence).await.unwrap();
    dedup.release_ambiguous(fence).await.unwrap();
    assert_lost!(dedup.renew(fence, LEASE));
    resend(&*dedup, ambiguous).await;
    let fence = fresh(&*dedup, sent).await;
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    assert_lost!(dedup.renew(fence, LEASE));
    assert_eq!(claim(&*dedup, sent).await, Claim::Sent(record()));
}

pub(super) async fn a_claim_that_was_superseded_is_not_renewed(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let stale = fresh(&*dedup, event).await;
    under_test.pass(LEASE).await;
    let newest = fresh(&*dedup, event).await;
    assert_lost!(dedup.renew(stale, LEASE * 3));
    under_test.pass(LEASE).await;
    let free = fresh(&*dedup, event).await;
    assert_lost!(dedup.renew(newest, LEASE));
    dedup.release(free).await.unwrap();
    assert_lost!(dedup.renew(stale, LEASE));
    fresh(&*dedup, event).await;
}
