//! How many reports one transaction takes: fewer after one that failed, more again as long as none does.
//!
//! On Postgres a report of an accepted mail costs three statements, one after the other, that of a failure up to six, and a
//! batch five of its own. All of them together have twelve seconds, so a full batch of 256 acceptances needs a database that
//! answers within 12 s / (256 · 3 + 5) = 15 ms, one of failures within 12 s / (256 · 6 + 5) = 7 ms. On a slower one it would
//! fail for ever, each time with the time of everybody who waits for the database; and the mails whose reports are not
//! learned seem silent, are published again, and bring more reports. A single report gets through as long as a statement
//! takes less than 12 s / 11 = 1.0 s.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most reports that one transaction takes.
const MOST: usize = 256;

/// Halved by each failure, one more after each full batch that was recorded: back from 1 to 256 takes a fast database
/// seconds, and a slow one meets its limit again only once in many batches.
pub(super) struct BatchSize(AtomicUsize);

impl BatchSize {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(MOST))
    }

    pub(super) fn now(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// So many were too many, or the database is away: nobody can tell.
    pub(super) fn failed(&self, reports: usize) {
        self.0.store((reports / 2).max(1), Ordering::Relaxed);
    }

    /// So many were recorded. Fewer than were asked for say nothing about more.
    pub(super) fn recorded(&self, reports: usize) {
        if reports >= self.now() {
            self.0.store((reports + 1).min(MOST), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_halved_down_to_one_and_grows_by_one_back_to_the_most() {
        let size = BatchSize::new();
        for halved in [128, 64, 32, 16, 8, 4, 2, 1, 1] {
            size.failed(size.now());
            assert_eq!(size.now(), halved);
        }
        for grown in (2..=MOST).chain([MOST, MOST]) {
            size.recorded(size.now());
            assert_eq!(size.now(), grown);
        }
    }

    #[test]
    fn a_batch_that_was_not_full_makes_it_no_larger_and_one_that_failed_smaller_than_itself() {
        let size = BatchSize::new();
        size.failed(40);
        assert_eq!(size.now(), 20);
        size.recorded(19);
        assert_eq!(size.now(), 20);
    }
}
