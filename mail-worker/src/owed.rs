//! Marks that the dedup store could not make, remembered by this process until they are made.
//!
//! While the store is away, copies of one event that lie in the queue come to whichever worker takes them. Each process
//! answers from here for what it did itself, and tells the store when that is back. What remains: copies that come to
//! different processes while the store is away, or to one that was started again meanwhile, are each sent, one for every
//! such process.

use crate::dedup::{Claim, Dedup, DedupError, SentRecord};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How many mails are remembered at most: some ten megabytes. The oldest go first.
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
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    marks: HashMap<Uuid, (Mark, Instant)>,
    /// The same, by when they are forgotten.
    ends: BTreeSet<(Instant, Uuid)>,
}

impl OwedMarks {
    /// Each is kept for so long.
    pub(crate) fn new(keep: Duration) -> Self {
        Self { keep, most: MOST, book: Mutex::default() }
    }

    /// Remembers a mark. That a mail was sent is never forgotten for its dots.
    pub(crate) fn note(&self, event_id: Uuid, mark: Mark) {
        let mut book = self.book();
        if matches!((book.get(event_id), &mark), (Some(Mark::Sent(_)), Mark::Dots(_))) {
            return;
        }
        book.remove(event_id);
        let end = Instant::now() + self.keep;
        book.marks.insert(event_id, (mark, end));
        book.ends.insert((end, event_id));
        while book.marks.len() > self.most {
            book.remove_first();
        }
    }

    /// What is owed about this mail.
    pub(crate) fn of(&self, event_id: Uuid) -> Option<Mark> {
        self.book().get(event_id).cloned()
    }

    /// The attempt sent nothing: of its dots, those before it are left.
    pub(crate) fn take_back(&self, event_id: Uuid, dots_before: u32) {
        let owed = self.of(event_id);
        if let Some(Mark::Dots(_)) = owed {
            match dots_before {
                0 => self.forget(event_id, owed.as_ref()),
                _ => self.note(event_id, Mark::Dots(dots_before)),
            }
        }
    }

    /// Makes every mark that is owed, until the store is away again.
    pub(crate) async fn pay_all(&self, dedup: &dyn Dedup) {
        let owed: Vec<_> = {
            let book = self.book();
            book.ends.iter().filter_map(|(_, id)| Some((*id, book.marks.get(id)?.0.clone()))).collect()
        };
        for (event_id, mark) in owed {
            if let Err(DedupError::Unavailable(_)) = self.pay(dedup, event_id, &mark).await {
                break;
            }
        }
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
        self.forget(event_id, Some(mark));
        Ok(())
    }

    /// Only what it says: something newer may be owed by now.
    fn forget(&self, event_id: Uuid, mark: Option<&Mark>) {
        let mut book = self.book();
        if book.get(event_id) == mark {
            book.remove(event_id);
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while book.ends.first().is_some_and(|(end, _)| *end <= now) {
            book.remove_first();
        }
        book
    }
}

impl Book {
    fn get(&self, event_id: Uuid) -> Option<&Mark> {
        self.marks.get(&event_id).map(|(mark, _)| mark)
    }

    fn remove(&mut self, event_id: Uuid) {
        if let Some((_, end)) = self.marks.remove(&event_id) {
            self.ends.remove(&(end, event_id));
        }
    }

    fn remove_first(&mut self) {
        if let Some((_, event_id)) = self.ends.pop_first() {
            self.marks.remove(&event_id);
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
            let (book, count) = (owed.book(), usize::from(left.is_some()));
            assert_eq!((book.marks.len(), book.ends.len()), (count, count));
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
        assert_eq!(owed.book().ends.len(), 2);
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
