//! A clock for tests that ask to the second what is due.

use common::clock::{Clock, ManualClock, SystemClock};
use time::{Duration, OffsetDateTime};

/// Stands still between a test's steps, so that a machine that stalls changes no result.
pub(crate) struct StillClock {
    start: OffsetDateTime,
    moved: ManualClock,
}

impl Default for StillClock {
    fn default() -> Self {
        Self { start: SystemClock.now(), moved: ManualClock::default() }
    }
}

impl StillClock {
    pub(crate) fn advance(&self, step: Duration) {
        self.moved.advance(step);
    }
}

impl Clock for StillClock {
    fn now(&self) -> OffsetDateTime {
        self.start + self.offset()
    }

    fn offset(&self) -> Duration {
        self.moved.offset()
    }
}
