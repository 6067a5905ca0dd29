//! When what happened that permits a second copy.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How long after its return a worker may still do without dedup.
const RECOVERY: Duration = Duration::from_secs(4);

/// Filled while the faults are injected, read by the judge.
#[derive(Debug, Default)]
pub(super) struct Diary(Mutex<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    what: Loss,
    from: Instant,
    until: Instant,
}

/// Something that was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Loss {
    /// The copy of mail-worker of that number died, or stood still, with what it had in hand. Mails that dedup knew to be
    /// sent by then were not in its hands any more.
    Worker { number: usize, recorded: BTreeSet<Uuid> },
    /// The dedup store was away, or forgot.
    Dedup,
}

impl Diary {
    pub(super) fn note(&self, what: Loss, from: Instant, until: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Entry { what, from, until });
    }

    /// Whether that worker was lost after the one moment and before the other, before this mail was recorded as sent.
    pub(super) fn worker_lost_between(
        &self,
        worker: usize,
        mail: Uuid,
        first: Instant,
        second: Instant,
    ) -> bool {
        self.any(|entry| {
            let had_it = matches!(&entry.what, Loss::Worker { number, recorded }
                if *number == worker && !recorded.contains(&mail));
            had_it && entry.from <= second && entry.until >= first
        })
    }

    /// Whether dedup was away or forgot between `lease` before the one moment and the other.
    pub(super) fn dedup_lost_between(&self, first: Instant, second: Instant, lease: Duration) -> bool {
        self.any(|entry| {
            entry.what == Loss::Dedup && entry.from <= second && entry.until + RECOVERY + lease >= first
        })
    }

    fn any(&self, found: impl Fn(&Entry) -> bool) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(found)
    }
}
