//! Marks that the dedup store could not make, remembered by this process until they are made.
//!
//! While the store is away, copies of one event that lie in the queue come to whichever worker takes them. Each process
//! answers from here for what it did itself, and tells the store when that is back. What remains: copies that come to
//! different processes while the store is away, or to one that was started again meanwhile, are each sent, one for every
//! such process.

use crate::dedup::{Claim, Dedup, DedupError, Fence, SentRecord};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How many mails are remembered at most, and how many releases: some ten megabytes. The oldest go first.
const MOST: usize = 50_000;
/// The lease under which an owed mark is made.
const LEASE: Duration = Duration::from_secs(10);

/// What is owed to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The mail was accepted.
    Sent(SentRecord),
    /// So many of its dots have no answer.
    Dots(u32),
}

/// The marks that are owed, by event.
#[derive(Debug)]
pub(crate) struct OwedMarks {
    keep: Duration,
    most: usize,
    marks: Mutex<Book<Mark>>,
    /// The claims under which surely nothing was sent. One that is not ended leaves a dot that nobody takes back.
    releases: Mutex<Book<Fence>>,
}

/// What is remembered, by event.
#[derive(Debug)]
struct Book<T> {
    entries: HashMap<Uuid, (T, Instant)>,
    /// The same, by when they are forgotten.
    ends: BTreeSet<(Instant, Uuid)>,
}

impl OwedMarks {
    /// Each is kept for so long.
    pub(crate) fn new(keep: Duration) -> Self {
        Self { keep, most: MOST, marks: Mutex::default(), releases: Mutex::default() }
    }

    /// Remembers a mark. That a mail was sent is never forgotten for its dots.
    pub(crate) fn note(&self, event_id: Uuid, mark: Mark) {
        let mut marks = open(&self.marks);
        if !matches!((marks.get(event_id), &mark), (Some(Mark::Sent(_)), Mark::Dots(_))) {
            marks.put(event_id, mark, self.keep, self.most);
        }
    }

    /// Remembers a claim that is to be ended because nothing was sent under it.
    pub(crate) fn note_release(&self, fence: Fence) {
        open(&self.releases).put(fence.event_id, fence, self.keep, self.most);
    }

    /// What is owed about this mail.
    pub(crate) fn of(&self, event_id: Uuid) -> Option<Mark> {
        open(&self.marks).get(event_id).cloned()
    }

    /// The attempt sent nothing: of its dots, those before it are left.
    pub(crate) fn take_back(&self, event_id: Uuid, dots_before: u32) {
        if let Some(owed @ Mark::Dots(_)) = self.of(event_id) {
            match dots_before {
                0 => open(&self.marks).remove_only(event_id, &owed),
                _ => self.note(event_id, Mark::Dots(dots_before)),
            }
        }
    }

    /// Makes every mark that is owed, until the store is away again.
    pub(crate) async fn pay_all(&self, dedup: &dyn Dedup) {
        for (event_id, _) in all(&self.releases) {
            if self.pay_release(dedup, event_id).await.is_err() {
                return;
            }
        }
        for (event_id, mark) in all(&self.marks) {
            if let Err(DedupError::Unavailable(_)) = self.pay(dedup, event_id, &mark).await {
                return;
            }
        }
    }

    /// Ends the claim on this mail that was to be ended, if there is one. Where a later one was made it is too late.
    ///
    /// # Errors
    /// The store is away.
    pub(crate) async fn pay_release(&self, dedup: &dyn Dedup, event_id: Uuid) -> Result<(), DedupError> {
        let owed = open(&self.releases).get(event_id).copied();
        if let Some(fence) = owed {
            match dedup.release(fence).await {
                Ok(()) | Err(DedupError::Lost) => open(&self.releases).remove_only(event_id, &fence),
                Err(away) => return Err(away),
            }
        }
        Ok(())
    }

    /// Makes one mark. Where somebody else has the mail in hand, it stays owed.
    pub(crate) async fn pay(&self, dedup: &dyn Dedup, event_id: Uuid, mark: &Mark) -> Result<(), DedupError> {
        let dots = if let Mark::Dots(dots) = mark { *dots } else { 0 };
        match (dedup.claim(event_id, dots, LEASE).await?, mark) {
            (Claim::Fresh(fence) | Claim::Resend(fence), Mark::Sent(record)) => {
                dedup.sent(fence, record, self.keep).await?;
            }
            (Claim::Fresh(fence) | Claim::Resend(fence), Mark::Dots(_)) => dedup.release(fence).await?,
            (Claim::Sent(_), _) | (Claim::OutcomeUnknown, Mark::Dots(_)) => {}
            (Claim::Held(_), _) | (Claim::OutcomeUnknown, Mark::Sent(_)) => return Ok(()),
        }
        open(&self.marks).remove_only(event_id, mark);
        Ok(())
    }
}

/// Without what has had its time.
fn open<T>(book: &Mutex<Book<T>>) -> MutexGuard<'_, Book<T>> {
    let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    while book.ends.first().is_some_and(|(end, _)| *end <= now) {
        book.remove_first();
    }
    book
}

/// Everything in it, the oldest first.
fn all<T: Clone>(book: &Mutex<Book<T>>) -> Vec<(Uuid, T)> {
    let book = open(book);
    book.ends.iter().filter_map(|(_, id)| Some((*id, book.get(*id)?.clone()))).collect()
}

impl<T> Default for Book<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), ends: BTreeSet::new() }
    }
}

impl<T> Book<T> {
    fn get(&self, event_id: Uuid) -> Option<&T> {
        self.entries.get(&event_id).map(|(entry, _)| entry)
    }

    fn put(&mut self, event_id: Uuid, entry: T, keep: Duration, most: usize) {
        self.remove(event_id);
        let end = Instant::now() + keep;
        self.entries.insert(event_id, (entry, end));
        self.ends.insert((end, event_id));
        while self.entries.len() > most {
            self.remove_first();
        }
    }

    fn remove(&mut self, event_id: Uuid) {
        if let Some((_, end)) = self.entries.remove(&event_id) {
            self.ends.remove(&(end, event_id));
        }
    }

    /// Only what it says: something newer may be owed by now.
    fn remove_only(&mut self, event_id: Uuid, entry: &T)
    where
        T: PartialEq,
    {
        if self.get(event_id) == Some(entry) {
            self.remove(event_id);
        }
    }

    fn remove_first(&mut self) {
        if let Some((_, event_id)) = self.ends.pop_first() {
            self.entries.remove(&event_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Duration = Duration::from_secs(3600);

    fn sent() -> Mark {
        Mark::Sent(SentRecord {
            accepted_at: 1,
            attempt: 1,
            relay_host: "relay.example:25".to_owned(),
            reply_code: 250,
            enhanced_code: String::new(),
            reply_text: String::new(),
        })
    }

    fn event(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn a_mark_is_remembered_for_its_time() {
        for (keep, left) in [(KEEP, Some(sent())), (Duration::ZERO, None)] {
            let owed = OwedMarks::new(keep);
            owed.note(event(1), sent());
            assert_eq!(owed.of(event(1)), left);
            let (marks, count) = (open(&owed.marks), usize::from(left.is_some()));
            assert_eq!((marks.entries.len(), marks.ends.len()), (count, count));
        }
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let owed = OwedMarks { most: 2, ..OwedMarks::new(KEEP) };
        for n in [1, 2, 3, 2] {
            owed.note(event(n), Mark::Dots(1));
        }
        owed.note(event(4), sent());
        let left = [1, 2, 3, 4].map(|n| owed.of(event(n)).is_some());
        assert_eq!(left, [false, true, false, true]);
        assert_eq!(open(&owed.marks).ends.len(), 2);
    }

    #[test]
    fn a_dot_that_was_answered_with_no_is_taken_back_and_a_sent_mail_never() {
        let owed = OwedMarks::new(KEEP);
        owed.note(event(1), Mark::Dots(2));
        owed.take_back(event(1), 1);
        assert_eq!(owed.of(event(1)), Some(Mark::Dots(1)));
        owed.take_back(event(1), 0);
        assert_eq!(owed.of(event(1)), None);
        owed.note(event(1), sent());
        owed.take_back(event(1), 0);
        owed.note(event(1), Mark::Dots(1));
        assert_eq!(owed.of(event(1)), Some(sent()));
        owed.take_back(event(2), 1);
        assert_eq!(owed.of(event(2)), None, "nothing was owed");
    }
}
