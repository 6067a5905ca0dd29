//! Time as the throttle in memory counts it.

/// The latest instant it counts to, in microseconds: before the year 9999, where dates end.
const LATEST: i64 = 250_000_000_000 * 1_000_000;

/// Microseconds that only ever grow, whatever the clock does.
///
/// A step back counts as no time at all, and time then goes on from there: neither is anything granted that was
/// not waited for, nor does anybody wait until the clock has come back to where it was.
pub(super) struct Elapsed {
    seen: i64,
    counted: i64,
}

impl Elapsed {
    /// Begins at an instant.
    pub(super) fn since(now: i64) -> Self {
        Self { seen: now, counted: now }
    }

    /// The counted time, given what the clock shows now.
    pub(super) fn observe(&mut self, now: i64) -> i64 {
        let step = now.saturating_sub(self.seen).max(0);
        self.seen = now;
        self.counted = self.counted.saturating_add(step).min(LATEST);
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_back_counts_as_no_time_and_time_goes_on_from_there() {
        let mut elapsed = Elapsed::since(1_000);
        assert_eq!(elapsed.observe(1_500), 1_500);
        assert_eq!(elapsed.observe(200), 1_500);
        assert_eq!(elapsed.observe(230), 1_530);
    }

    #[test]
    fn no_clock_however_wild_makes_it_overflow() {
        let mut elapsed = Elapsed::since(0);
        for now in [i64::MAX, i64::MIN, i64::MAX, 0, i64::MIN, i64::MAX] {
            assert!(elapsed.observe(now) <= LATEST);
        }
    }
}
