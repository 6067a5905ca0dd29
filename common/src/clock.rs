//! Time is an argument: whoever needs "now" is given a [`Clock`].

use std::sync::atomic::{AtomicI64, Ordering};
use time::{Duration, OffsetDateTime};

/// Tells the time.
///
/// Obligation: `now` is the system's time plus `offset`, in UTC, cut to microseconds (what Postgres keeps).
/// Where replicas must agree, an adapter asks its server for the time and adds `offset` to it.
pub trait Clock: Send + Sync {
    /// The instant it is now.
    fn now(&self) -> OffsetDateTime;
    /// How far this clock is ahead of the system's; zero outside tests.
    fn offset(&self) -> Duration;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        system_now()
    }

    fn offset(&self) -> Duration {
        Duration::ZERO
    }
}

/// The operating system's clock, moved by hand: tests and developers advance it instead of waiting.
#[derive(Debug, Default)]
pub struct ManualClock {
    offset_micros: AtomicI64,
}

impl ManualClock {
    /// Moves the clock; a negative step moves it back. A step beyond what an `i64` of microseconds holds
    /// stops there.
    pub fn advance(&self, step: Duration) {
        let step = i64::try_from(step.whole_microseconds()).unwrap_or(i64::MAX);
        self.offset_micros.fetch_add(step, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        system_now() + self.offset()
    }

    fn offset(&self) -> Duration {
        Duration::microseconds(self.offset_micros.load(Ordering::SeqCst))
    }
}

/// The instant as microseconds since 1970, the unit of every stored time.
#[must_use]
pub fn to_micros(instant: OffsetDateTime) -> i64 {
    i64::try_from(instant.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// The instant that `to_micros` was given; the nearest representable one for a number out of range.
#[must_use]
pub fn from_micros(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn system_now() -> OffsetDateTime {
    from_micros(to_micros(OffsetDateTime::now_utc()))
}
