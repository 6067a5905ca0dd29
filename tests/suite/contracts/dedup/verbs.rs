//! What the contract's tests say to a dedup store.

use common::clock::{Clock as _, SystemClock};
use common::entropy::{OsEntropy, new_id};
use mail_worker::dedup::{Claim, Dedup, Fence, SentRecord};
use std::time::Duration;
use uuid::Uuid;

/// The length of every lease here; so long that the time a test takes is nothing beside it.
pub(super) const LEASE: Duration = Duration::from_secs(600);
pub(super) const KEEP: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn event() -> Uuid {
    new_id(&OsEntropy, SystemClock.now())
}

pub(super) fn record() -> SentRecord {
    SentRecord {
        accepted_at: 1_790_000_000_123_456,
        attempt: 3,
        relay_host: "relay.example.org:587".to_owned(),
        reply_code: 250,
        enhanced_code: "2.0.0".to_owned(),
        reply_text: "Ok: queued as 4TfG, grüße".to_owned(),
    }
}

pub(super) async fn claim(dedup: &dyn Dedup, event: Uuid) -> Claim {
    claim_knowing(dedup, event, 0).await
}

/// A claim for a mail that knows of so many dots without an answer.
pub(super) async fn claim_knowing(dedup: &dyn Dedup, event: Uuid, unanswered_dots: u32) -> Claim {
    dedup.claim(event, unanswered_dots, LEASE).await.unwrap()
}

/// A claim that must be granted without a doubt.
pub(super) async fn fresh(dedup: &dyn Dedup, event: Uuid) -> Fence {
    match claim(dedup, event).await {
        Claim::Fresh(fence) => fence,
        other => panic!("not fresh: {other:?}"),
    }
}

/// A claim that must be granted for the last time.
pub(super) async fn resend(dedup: &dyn Dedup, event: Uuid) -> Fence {
    match claim(dedup, event).await {
        Claim::Resend(fence) => fence,
        other => panic!("not to be sent again: {other:?}"),
    }
}

pub(super) async fn assert_held(dedup: &dyn Dedup, event: Uuid) {
    match claim(dedup, event).await {
        Claim::Held(left) => assert!(!left.is_zero() && left <= LEASE, "{left:?}"),
        other => panic!("not held: {other:?}"),
    }
}

/// The mark must have been refused because its fence no longer counts.
macro_rules! assert_lost {
    ($mark:expr) => {
        match $mark.await {
            Err(mail_worker::dedup::DedupError::Lost) => {}
            other => panic!("not lost: {other:?}"),
        }
    };
}
pub(super) use assert_lost;
