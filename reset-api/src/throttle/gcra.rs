//! The generic cell rate algorithm (ITU-T I.371): a bucket is one instant, the one at which it is full again.

use crate::throttle::Rate;
use std::time::Duration;

/// A rate in microseconds.
#[derive(Clone, Copy)]
pub(super) struct Gcra {
    pub(super) refill: i64,
    /// How long an emptied bucket takes to be full.
    pub(super) capacity: i64,
}

impl Gcra {
    /// Reads a rate. A refill is at least a microsecond, and a fraction of one counts as a whole.
    pub(super) fn new(rate: Rate) -> Self {
        let refill = i64::try_from(rate.refill.as_nanos().div_ceil(1_000)).unwrap_or(i64::MAX).max(1);
        Self { refill, capacity: refill.saturating_mul(i64::from(rate.burst.max(1))) }
    }

    /// When the bucket is full again after one more take, or else how long until that take is granted.
    pub(super) fn take(self, full_at: Option<i64>, now: i64) -> Result<i64, Duration> {
        let taken = self.within(full_at.unwrap_or(now), now).saturating_add(self.refill);
        match u64::try_from(taken.saturating_sub(now.saturating_add(self.capacity))) {
            Ok(early @ 1..) => Err(Duration::from_micros(early)),
            _ => Ok(taken),
        }
    }

    /// When the bucket is full again once a take is given back.
    pub(super) fn give_back(self, full_at: i64, now: i64) -> i64 {
        self.within(full_at, now).saturating_sub(self.refill).max(now)
    }

    /// No bucket is fuller than full or, where its rate was slower before, emptier than empty.
    fn within(self, full_at: i64, now: i64) -> i64 {
        full_at.clamp(now, now.saturating_add(self.capacity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000_000;

    fn emptied(gcra: Gcra) -> (u32, Option<i64>, Duration) {
        let (mut takes, mut full_at) = (0, None);
        loop {
            match gcra.take(full_at, NOW) {
                Ok(next) => (takes, full_at) = (takes + 1, Some(next)),
                Err(retry_after) => return (takes, full_at, retry_after),
            }
        }
    }

    #[test]
    fn a_full_bucket_grants_its_burst_and_then_one_a_refill() {
        let gcra = Gcra::new(Rate { burst: 10, refill: Duration::from_secs(60) });
        let (takes, full_at, retry_after) = emptied(gcra);
        assert_eq!((takes, retry_after), (10, Duration::from_secs(60)));
        assert_eq!(gcra.take(full_at, NOW + 59_999_999), Err(Duration::from_micros(1)));
        assert_eq!(gcra.take(full_at, NOW + 60_000_000), Ok(full_at.unwrap() + 60_000_000));
    }

    #[test]
    fn a_rate_that_makes_no_sense_still_limits_and_never_overflows() {
        let fastest = Gcra::new(Rate { burst: 0, refill: Duration::ZERO });
        assert_eq!(emptied(fastest).0, 1);
        let slowest = Gcra::new(Rate { burst: u32::MAX, refill: Duration::MAX });
        assert!(slowest.take(None, NOW).is_ok());
        assert_eq!(slowest.give_back(i64::MAX, NOW), NOW);
    }

    #[test]
    fn a_bucket_filled_at_a_slower_rate_waits_no_longer_than_the_new_rate_says() {
        let hourly = Gcra::new(Rate { burst: 5, refill: Duration::from_secs(3_600) });
        let (_, full_at, _) = emptied(hourly);
        let by_the_second = Gcra::new(Rate { burst: 5, refill: Duration::from_secs(1) });
        assert_eq!(by_the_second.take(full_at, NOW), Err(Duration::from_secs(1)));
    }
}
