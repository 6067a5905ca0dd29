//! Waiting between tries: exponential with jitter, so that what failed together does not come back together.

use crate::entropy::Entropy;
use std::time::Duration;

/// How the waits of one kind of failure grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// No wait is shorter.
    pub floor: Duration,
    /// No wait is longer.
    pub ceiling: Duration,
}

impl Backoff {
    /// How long to wait after `failures` in a row, counted from 1: anywhere, evenly, between the floor and the floor
    /// doubled that many times, and never above the ceiling.
    #[must_use]
    pub fn wait(&self, failures: u32, entropy: &dyn Entropy) -> Duration {
        let doubled = self.floor.saturating_mul(2_u32.saturating_pow(failures));
        let spread = doubled.min(self.ceiling).saturating_sub(self.floor);
        self.floor + spread.mul_f64(fraction(entropy))
    }
}

/// Between 0 and 1, both included.
fn fraction(entropy: &dyn Entropy) -> f64 {
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(200), ceiling: Duration::from_secs(30) };

    /// The same byte for ever.
    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn the_longest_wait_doubles_with_each_failure_up_to_the_ceiling() {
        let longest = |failures| BACKOFF.wait(failures, &Fixed(0xFF));
        assert_eq!(longest(1), Duration::from_millis(400));
        assert_eq!(longest(2), Duration::from_millis(800));
        for failures in [8, 32, u32::MAX] {
            assert_eq!(longest(failures), BACKOFF.ceiling, "{failures}");
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_range() {
        assert_eq!(BACKOFF.wait(9, &Fixed(0)), BACKOFF.floor);
        let waits: Vec<Duration> = (0..64).map(|_| BACKOFF.wait(9, &OsEntropy)).collect();
        assert!(waits.iter().all(|wait| (BACKOFF.floor..=BACKOFF.ceiling).contains(wait)), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }
}
