//! Who may send.

use super::DedupUnderTest;
use super::verbs::*;
use futures::future::join_all;
use mail_worker::dedup::Claim;
use std::time::Duration;

pub(super) async fn of_parallel_claims_one_is_granted(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let claims = (0..50).map(|_| {
        let dedup = dedup.clone();
        tokio::spawn(async move { claim(&*dedup, event).await })
    });
    let answers: Vec<Claim> = join_all(claims).await.into_iter().map(Result::unwrap).collect();
    let granted = answers.iter().filter(|answer| matches!(answer, Claim::Fresh(_))).count();
    let held = answers.iter().filter(|answer| matches!(answer, Claim::Held(_))).count();
    assert_eq!((granted, held), (1, 49));
}

pub(super) async fn a_claim_is_held_until_its_lease_ends(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    fresh(&*dedup, event).await;
    assert_held(&*dedup, event).await;
    under_test.pass(LEASE - Duration::from_secs(60)).await;
    let Claim::Held(left) = claim(&*dedup, event).await else { panic!("the lease ended early") };
    assert!(left <= Duration::from_secs(60), "{left:?}");
    under_test.pass(left).await;
    fresh(&*dedup, event).await;
}

pub(super) async fn every_fence_is_higher_than_those_before(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let mut last = fresh(&*dedup, event).await;
    for ends_by_itself in [true, false, true, false] {
        if ends_by_itself {
            under_test.pass(LEASE).await;
        } else {
            dedup.release(last).await.unwrap();
        }
        let next = fresh(&*dedup, event).await;
        assert_eq!(next.event_id, event);
        assert!(next.number > last.number, "{next:?} after {last:?}");
        last = next;
    }
}

pub(super) async fn a_released_claim_is_free_at_once(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.release(fence).await.unwrap();
    let fence = fresh(&*dedup, event).await;
    dedup.release_ambiguous(fence).await.unwrap();
    fresh(&*dedup, event).await;
}

pub(super) async fn events_do_not_touch_each_other(under_test: impl DedupUnderTest) {
    let dedup = under_test.dedup();
    let (one, other) = (event(), event());
    let fence = fresh(&*dedup, one).await;
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    let fence = fresh(&*dedup, other).await;
    dedup.dot(fence).await.unwrap();
    assert_eq!(claim(&*dedup, one).await, Claim::Sent(record()));
    assert_held(&*dedup, other).await;
}
