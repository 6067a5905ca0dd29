//! The dedup store as the worker uses it: while it is away mails go out all the same, and each mark that could not
//! be made is counted, and owed.

use crate::dedup::{Claim, Dedup, DedupError, Fence, SentRecord};
use crate::outcome::{History, Standing};
use crate::owed::{Mark, OwedMarks};
use crate::smtp::Withdrawn;
use std::collections::HashSet;
use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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
    owed: Arc<OwedMarks>,
    in_hand: Arc<Mutex<HashSet<Uuid>>>,
}

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Right {
    /// Send it.
    ToSend(Standing),
    /// It was sent.
    Sent(SentRecord),
    /// Two dots without an answer lie behind: do not send it.
    OutcomeUnknown,
    /// Somebody else holds the claim, for so long.
    Held(Duration),
}

/// A mail that this process works on; no copy of it is worked on beside it.
pub(crate) struct InHand {
    event_id: Uuid,
    all: Arc<Mutex<HashSet<Uuid>>>,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.event_id);
    }
}

impl Claims {
    /// What the store could not be told is remembered for so long.
    pub(crate) fn new(dedup: Arc<dyn Dedup>, keep: Duration) -> Self {
        Self {
            dedup,
            away: AtomicBool::new(false),
            missed: Arc::default(),
            owed: Arc::new(OwedMarks::new(keep)),
            in_hand: Arc::default(),
        }
    }

    /// Takes a mail in hand; none, if this process works on a copy of it. The store would say so, too, if it is there.
    pub(crate) fn take_in_hand(&self, event_id: Uuid) -> Option<InHand> {
        let taken = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner).insert(event_id);
        taken.then(|| InHand { event_id, all: self.in_hand.clone() })
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

    /// Asks for the right to send a mail that knows of so many dots without an answer. While the store is away, what
    /// the mail knows and what this process did decide.
    pub(crate) async fn claim(&self, event_id: Uuid, unanswered_dots: u32, lease: Duration) -> Right {
        let dots = match self.owed.of(event_id) {
            Some(Mark::Sent(record)) => return Right::Sent(record),
            Some(Mark::Dots(dots)) => dots.max(unanswered_dots),
            None => unanswered_dots,
        };
        let to_send = |fence, history| Right::ToSend(Standing { event_id, fence, history });
        // A claim would count the dot of one before it that was to be ended.
        let claim = match self.owed.pay_release(&*self.dedup, event_id).await {
            Ok(()) => self.dedup.claim(event_id, dots, lease).await,
            Err(away) => Err(away),
        };
        match self.watch(claim) {
            Ok(Claim::Fresh(fence)) => to_send(Some(fence), History::Clean),
            Ok(Claim::Resend(fence)) => to_send(Some(fence), History::Dotted),
            Ok(Claim::Sent(record)) => Right::Sent(record),
            Ok(Claim::OutcomeUnknown) => Right::OutcomeUnknown,
            Ok(Claim::Held(wait)) => Right::Held(wait),
            Err(_) if dots > 1 => Right::OutcomeUnknown,
            Err(_) => to_send(None, History::of(dots)),
        }
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
    pub(crate) async fn dot(&self, standing: Standing) -> Result<(), Withdrawn> {
        let made = match standing.fence {
            Some(fence) => match self.watch(self.dedup.dot(fence).await) {
                Err(DedupError::Lost) => return Err(Withdrawn),
                answer => answer.is_ok(),
            },
            None => false,
        };
        if !made {
            self.owed.note(standing.event_id, Mark::Dots(standing.history.dots() + 1));
        }
        Ok(())
    }

    /// Marks the mail as sent.
    pub(crate) async fn sent(&self, standing: Standing, record: &SentRecord, keep: Duration) {
        let made = match standing.fence {
            Some(fence) => self.mark(fence, "sent", self.dedup.sent(fence, record, keep).await),
            None => false,
        };
        if made {
            self.owed.take_back(standing.event_id, 0);
        } else {
            self.owe(standing.event_id, Mark::Sent(record.clone())).await;
        }
    }

    /// Gives the claim back: this attempt surely sent nothing.
    pub(crate) async fn release(&self, standing: Standing) {
        self.owed.take_back(standing.event_id, standing.history.dots());
        if let Some(fence) = standing.fence
            && !self.mark(fence, "release", self.dedup.release(fence).await)
        {
            self.owed.note_release(fence);
        }
    }

    /// Gives the claim back and leaves its dots: of this attempt, or of those before it.
    pub(crate) async fn release_ambiguous(&self, standing: Standing, dots: u32) {
        let made = match standing.fence {
            Some(fence) => self.mark(fence, "ambiguous release", self.dedup.release_ambiguous(fence).await),
            None => false,
        };
        if !made {
            self.owe(standing.event_id, Mark::Dots(dots)).await;
        }
    }

    /// Whether the mark need not be made any more. A failure changes nothing for this attempt: the lease runs out by
    /// itself.
    fn mark(&self, fence: Fence, mark: &'static str, answer: Result<(), DedupError>) -> bool {
        match self.watch(answer) {
            Ok(()) => true,
            Err(DedupError::Lost) => {
                tracing::warn!(event_id = %fence.event_id, mark, "the claim was lost before the mark");
                true
            }
            Err(DedupError::Unavailable(_)) => false,
        }
    }

    /// Remembers a mark, and makes it at once if the store is back from an absence that began before this attempt.
    async fn owe(&self, event_id: Uuid, mark: Mark) {
        self.owed.note(event_id, mark.clone());
        if !self.away.load(Ordering::Relaxed)
            && let Err(error) = self.owed.pay(&*self.dedup, event_id, &mark).await
        {
            tracing::debug!(%event_id, %error, "a mark stays owed to the dedup store");
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
            let (owed, dedup) = (self.owed.clone(), self.dedup.clone());
            tokio::spawn(async move { owed.pay_all(&*dedup).await });
        }
        answer
    }
}
