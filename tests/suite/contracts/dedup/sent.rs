//! What was sent stays sent.

use super::DedupUnderTest;
use super::verbs::*;
use mail_worker::dedup::{Claim, SentRecord};
use std::time::Duration;

pub(super) async fn a_sent_mail_is_remembered_with_its_record(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    assert_eq!(claim(&*dedup, event).await, Claim::Sent(record()));
    assert_eq!(claim(&*dedup, event).await, Claim::Sent(record()));
}

pub(super) async fn sent_counts_after_the_lease_if_nobody_claimed_since(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
    under_test.pass(LEASE * 2).await;
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    assert_eq!(claim(&*dedup, event).await, Claim::Sent(record()));
}

pub(super) async fn sent_ends_the_doubt_of_an_ambiguous_release(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.dot(fence).await.unwrap();
    dedup.release_ambiguous(fence).await.unwrap();
    let last = resend(&*dedup, event).await;
    dedup.dot(last).await.unwrap();
    dedup.sent(last, &record(), KEEP).await.unwrap();
    assert_eq!(claim(&*dedup, event).await, Claim::Sent(record()));
}

pub(super) async fn a_stale_fence_is_lost_and_changes_nothing(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let stale = fresh(&*dedup, event).await;
    under_test.pass(LEASE).await;
    let newest = fresh(&*dedup, event).await;
    assert_lost!(dedup.renew(stale, LEASE));
    assert_lost!(dedup.dot(stale));
    assert_lost!(dedup.sent(stale, &record(), KEEP));
    assert_lost!(dedup.release(stale));
    assert_lost!(dedup.release_ambiguous(stale));
    assert_held(&*dedup, event).await;
    dedup.dot(newest).await.unwrap();
    assert_lost!(dedup.release(stale));
    dedup.release_ambiguous(newest).await.unwrap();
    resend(&*dedup, event).await;
}

pub(super) async fn sent_outlives_a_restart_and_is_kept(mut under_test: impl DedupUnderTest) {
    let (kept, other) = (event(), event());
    let fence = fresh(&*under_test.dedup(), kept).await;
    under_test.dedup().sent(fence, &record(), KEEP).await.unwrap();
    under_test.restart().await;
    under_test.pass(KEEP - Duration::from_secs(60)).await;
    // Claims of other events must not clear it away.
    fresh(&*under_test.dedup(), other).await;
    assert_eq!(claim(&*under_test.dedup(), kept).await, Claim::Sent(record()));
}

pub(super) async fn nothing_undoes_sent(under_test: impl DedupUnderTest) {
    let (dedup, event) = (under_test.dedup(), event());
    let fence = fresh(&*dedup, event).await;
    dedup.sent(fence, &record(), KEEP).await.unwrap();
    assert_lost!(dedup.dot(fence));
    assert_lost!(dedup.release(fence));
    assert_lost!(dedup.release_ambiguous(fence));
    assert_eq!(claim(&*dedup, event).await, Claim::Sent(record()));
    // Its own holder may say it again, if it missed the answer.
    let again = SentRecord { attempt: 4, ..record() };
    dedup.sent(fence, &again, KEEP).await.unwrap();
    assert_eq!(claim(&*dedup, event).await, Claim::Sent(again));
}
