//! The dedup store as the worker uses it: while it is away mails go out all the same, and each mark that could not
//! be made is counted.

use crate::dedup::{Claim, Dedup, DedupError, Fence, SentRecord};
use crate::smtp::Withdrawn;
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

/// How many renewals fall into one lease: two may be missed before anybody else can claim.
pub(crate) const RENEWALS: u32 = 3;

/// Makes the marks, and tells of the store's absences once each.
pub(crate) struct Claims {
    dedup: Arc<dyn Dedup>,
    away: AtomicBool,
    missed: Arc<AtomicU64>,
}

impl Claims {
    pub(crate) fn new(dedup: Arc<dyn Dedup>) -> Self {
        Self { dedup, away: AtomicBool::new(false), missed: Arc::default() }
    }

    /// How many marks could not be made since the start: each is a mail that may go out twice.
    pub(crate) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// The same, for whoever asks later.
    pub(crate) fn missed_so_far(&self) -> impl Fn() -> u64 + Send + Sync + 'static {
        let missed = self.missed.clone();
        move || missed.load(Ordering::Relaxed)
    }

    /// Asks for the right to send; `None`: the store is away, send without.
    pub(crate) async fn claim(
        &self,
        event_id: Uuid,
        unanswered_dots: u32,
        lease: Duration,
    ) -> Option<Claim> {
        self.watch(self.dedup.claim(event_id, unanswered_dots, lease).await).ok()
    }

    /// Does the work, and keeps its claim meanwhile. Losing it does not stop the work: its dot will be refused.
    pub(crate) async fn keep<T>(&self, fence: Fence, lease: Duration, work: impl Future<Output = T>) -> T {
        tokio::select! {
            // The renewal first: when a worker that was frozen finds both to be done, its dot may still be in time.
            biased;
            never = self.renew_on_and_on(fence, lease) => match never {},
            done = work => done,
        }
    }

    /// However many renewals in a row find the store away, it is one mail, and counts once.
    async fn renew_on_and_on(&self, fence: Fence, lease: Duration) -> Infallible {
        let mut missed = false;
        loop {
            sleep(lease / RENEWALS).await;
            match self.dedup.renew(fence, lease).await {
                Err(DedupError::Unavailable(_)) if missed => {}
                Err(DedupError::Lost) => break,
                answer => missed |= self.watch(answer).is_err(),
            }
        }
        tracing::warn!(event_id = %fence.event_id, "the claim was lost while the mail was in work");
        pending().await
    }

    /// Marks the final dot. An absent store does not hold the mail back; a lost claim does.
    pub(crate) async fn dot(&self, fence: Fence) -> Result<(), Withdrawn> {
        match self.watch(self.dedup.dot(fence).await) {
            Err(DedupError::Lost) => Err(Withdrawn),
            Ok(()) | Err(DedupError::Unavailable(_)) => Ok(()),
        }
    }

    /// Marks the mail as sent.
    pub(crate) async fn sent(&self, fence: Fence, record: &SentRecord, keep: Duration) {
        self.mark(fence, "sent", self.dedup.sent(fence, record, keep).await);
    }

    /// Gives the claim back: this attempt surely sent nothing.
    pub(crate) async fn release(&self, fence: Fence) {
        self.mark(fence, "release", self.dedup.release(fence).await);
    }

    /// Gives the claim back and leaves its dot.
    pub(crate) async fn release_ambiguous(&self, fence: Fence) {
        self.mark(fence, "ambiguous release", self.dedup.release_ambiguous(fence).await);
    }

    /// A mark whose failure changes nothing for this mail: the lease runs out by itself.
    fn mark(&self, fence: Fence, mark: &'static str, answer: Result<(), DedupError>) {
        if let Err(DedupError::Lost) = self.watch(answer) {
            tracing::warn!(event_id = %fence.event_id, mark, "the claim was lost before the mark");
        }
    }

    fn watch<T>(&self, answer: Result<T, DedupError>) -> Result<T, DedupError> {
        if let Err(DedupError::Unavailable(detail)) = &answer {
            self.missed.fetch_add(1, Ordering::Relaxed);
            if !self.away.swap(true, Ordering::Relaxed) {
                tracing::error!(detail, "the dedup store is away: mails go out without its protection");
            }
        } else if self.away.swap(false, Ordering::Relaxed) {
            tracing::info!(missed = self.missed(), "the dedup store is back");
        }
        answer
    }
}
