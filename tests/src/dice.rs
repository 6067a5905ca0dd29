//! Numbers that look random and are the same at every run with the same seed.

use std::ops::Range;
use std::time::Duration;

/// SplitMix64's output function: neighbouring seeds give unrelated numbers.
#[must_use]
pub fn scattered(seed: u64) -> u64 {
    let z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number of this text's own under this seed, whatever was asked before.
#[must_use]
pub fn drawn(seed: u64, text: &str) -> u64 {
    text.bytes().fold(scattered(seed), |drawn, byte| scattered(drawn ^ u64::from(byte)))
}

/// A row of such numbers.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The row of this seed for this purpose: what one purpose takes moves nothing for another.
    #[must_use]
    pub fn of(seed: u64, purpose: &str) -> Self {
        Self(drawn(seed, purpose))
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        scattered(self.0)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    /// One of them, as an index.
    pub fn one_of(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap_or(0)
    }

    /// A time within the range, to the millisecond.
    pub fn within(&mut self, range: &Range<Duration>) -> Duration {
        let width = range.end.saturating_sub(range.start).as_millis();
        range.start + Duration::from_millis(self.below(u64::try_from(width).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_row_and_others_do_not() {
        let row = |seed, purpose| {
            let mut dice = Dice::of(seed, purpose);
            [dice.roll(), dice.roll(), dice.below(10)]
        };
        assert_eq!(row(1, "load"), row(1, "load"));
        assert_ne!(row(1, "load"), row(2, "load"));
        assert_ne!(row(1, "load"), row(1, "faults"));
        let mut dice = Dice::of(1, "times");
        let range = Duration::from_millis(5)..Duration::from_millis(8);
        assert!((0..100).all(|_| range.contains(&dice.within(&range))));
    }
}
