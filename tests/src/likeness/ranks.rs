//! How well two kinds can be told apart by what was measured of each.

use crate::dice::Dice;
use std::time::Duration;

/// How often the sample is drawn again for the interval.
const DRAWS: usize = 1_000;

/// The durations of both kinds.
#[derive(Debug, Clone, Default)]
pub struct Ranks {
    /// Where the first probe named an account.
    pub known: Vec<Duration>,
    /// Where it named nobody.
    pub unknown: Vec<Duration>,
}

/// The chance that the one of two that takes longer is the account's, and between which values it lies, 19 times of 20.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Auc {
    /// Half: nobody can tell.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Ranks {
    /// The area under the curve of whoever judges by the duration, with its bootstrap interval.
    #[must_use]
    pub fn auc(&self, seed: u64) -> Auc {
        let mut dice = Dice::of(seed, "bootstrap");
        let mut draws: Vec<f64> = (0..DRAWS)
            .map(|_| area(&again(&self.known, &mut dice), &again(&self.unknown, &mut dice)))
            .collect();
        draws.sort_by(f64::total_cmp);
        let at = |thousandth: usize| draws.get(DRAWS * thousandth / 1_000).copied().unwrap_or(f64::NAN);
        Auc { value: area(&self.known, &self.unknown), low: at(25), high: at(975) }
    }

    /// The medians: of the known, and of the unknown.
    #[must_use]
    pub fn medians(&self) -> (Duration, Duration) {
        (median(&self.known), median(&self.unknown))
    }
}

/// A sample of the same size, drawn from it with returning.
fn again(sample: &[Duration], dice: &mut Dice) -> Vec<Duration> {
    sample.iter().map(|_| sample[dice.one_of(sample.len())]).collect()
}

/// Mann and Whitney: of all pairs of one of each kind, the share in which the first kind's takes longer; ties are half.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 pairs")]
fn area(known: &[Duration], unknown: &[Duration]) -> f64 {
    let mut sorted = unknown.to_vec();
    sorted.sort_unstable();
    let halves = |one: &Duration| {
        let shorter = sorted.partition_point(|other| other < one);
        let not_longer = sorted.partition_point(|other| other <= one);
        shorter + not_longer
    };
    let won: usize = known.iter().map(halves).sum();
    won as f64 / (2 * known.len() * unknown.len()) as f64
}

fn median(sample: &[Duration]) -> Duration {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(of: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        of.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_which_the_known_takes_longer() {
        assert_eq!(area(&millis([3, 4]), &millis([1, 2])), 1.0);
        assert_eq!(area(&millis([1, 2]), &millis([3, 4])), 0.0);
        assert_eq!(area(&millis([2]), &millis([1, 2, 3])), 0.5);
        assert_eq!(area(&millis([2, 5]), &millis([1, 2, 3, 4])), (1.5 + 4.0) / 8.0);
    }

    #[test]
    fn the_interval_holds_a_half_for_two_samples_of_one_kind_and_not_for_two_kinds() {
        let mut dice = Dice::of(1, "samples");
        let mut sample = |from: u64| millis((0..500).map(|_| from + dice.below(100)));
        let alike = Ranks { known: sample(0), unknown: sample(0) }.auc(1);
        assert!(alike.low < 0.5 && 0.5 < alike.high && alike.high - alike.low < 0.1, "{alike:?}");
        let different = Ranks { known: sample(10), unknown: sample(0) }.auc(1);
        assert!(0.5 < different.low && different.low < different.value && different.value < different.high);
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let ranks = Ranks { known: millis([9, 1, 5]), unknown: millis([2]) };
        assert_eq!(ranks.medians(), (Duration::from_millis(5), Duration::from_millis(2)));
    }
}
