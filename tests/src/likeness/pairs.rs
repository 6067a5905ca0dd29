//! Which pairs are asked, and in which order.

use crate::cluster::accounts::address;
use crate::dice::Dice;
use anyhow::ensure;
use std::fmt;
use std::time::Duration;

/// The numbers of the accounts that are asked for begin here, and those of nobody's addresses at the next: all have the
/// same number of digits, so that nothing but the account differs.
const FIRST_KNOWN: u32 = 10_000;
const FIRST_UNKNOWN: u32 = 45_000;
const END: u32 = 100_000;

/// Which copy of reset-api the second probe goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// The one that the first went to.
    Same,
    /// Another one.
    Other,
}

/// One way to probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// How many addresses are asked for at once before the second probe: all of accounts, or all nobody's.
    pub first: u32,
    /// How long the second probe waits when the first is answered.
    pub gap: Duration,
    /// Where it goes.
    pub second: Where,
}

/// A pair to be asked.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// The place of its kind among the plan's.
    pub(super) kind: usize,
    pub(super) is_known: bool,
    pub(super) first: Vec<String>,
    pub(super) second: String,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The ways.
    pub kinds: Vec<Kind>,
    /// How many pairs of accounts each way, and as many of nobody.
    pub pairs: u32,
    /// How long it is quiet before each pair: longer than what a pair sets off takes.
    pub quiet: Duration,
    /// What the order is drawn from.
    pub seed: u64,
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "same",
            Self::Other => "other",
        })
    }
}

impl Plan {
    /// How many accounts there must be.
    ///
    /// # Errors
    /// If the addresses do not suffice for so many pairs.
    pub fn accounts(&self) -> anyhow::Result<u32> {
        let known: u32 = self.kinds.iter().map(|kind| kind.first * self.pairs).sum();
        let unknown: u32 = self.kinds.iter().map(|kind| (kind.first + 2) * self.pairs).sum();
        ensure!(
            FIRST_KNOWN + known <= FIRST_UNKNOWN && FIRST_UNKNOWN + unknown <= END,
            "there are not addresses enough for {known} known and {unknown} unknown ones: ask fewer pairs"
        );
        Ok(FIRST_KNOWN + known)
    }

    /// The pairs, in random order.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let (mut known, mut unknown) = (FIRST_KNOWN.., FIRST_UNKNOWN..);
        let mut pairs = Vec::new();
        for (number, kind) in self.kinds.iter().enumerate() {
            for is_known in (0..self.pairs).flat_map(|_| [true, false]) {
                let numbers = if is_known { &mut known } else { &mut unknown };
                let first = numbers.take(kind.first as usize).map(address).collect();
                let second = unknown.by_ref().take(1).map(address).collect();
                pairs.push(Pair { kind: number, is_known, first, second });
            }
        }
        shuffle(&mut pairs, &mut Dice::of(self.seed, "order"));
        pairs
    }
}

/// Fisher and Yates.
fn shuffle<T>(all: &mut [T], dice: &mut Dice) {
    for end in (1..all.len()).rev() {
        all.swap(end, dice.one_of(end + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn plan(pairs: u32) -> Plan {
        let kind = |first, second| Kind { first, gap: Duration::ZERO, second };
        let kinds = vec![kind(1, Where::Same), kind(10, Where::Other)];
        Plan { kinds, pairs, quiet: Duration::ZERO, seed: 1 }
    }

    #[test]
    fn every_address_is_asked_for_once_and_only_the_account_tells_them_apart() {
        let plan = plan(50);
        let (pairs, accounts) = (plan.pairs(), plan.accounts().unwrap());
        let imported: BTreeSet<String> = (0..accounts).map(address).collect();
        let asked: Vec<&String> =
            pairs.iter().flat_map(|pair| pair.first.iter().chain([&pair.second])).collect();
        assert_eq!(asked.len(), 2 * 50 * (2 + 11));
        assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), asked.len());
        assert_eq!(asked.iter().map(|address| address.len()).collect::<BTreeSet<_>>().len(), 1);
        for pair in &pairs {
            assert!(pair.first.iter().all(|address| imported.contains(address) == pair.is_known));
            assert!(!imported.contains(&pair.second));
        }
        for kind in 0..2 {
            let known = pairs.iter().filter(|pair| pair.kind == kind && pair.is_known).count();
            let unknown = pairs.iter().filter(|pair| pair.kind == kind && !pair.is_known).count();
            assert_eq!((known, unknown), (50, 50));
        }
    }

    #[test]
    fn known_and_unknown_come_in_an_order_that_only_the_seed_tells() {
        let order = |seed| {
            let plan = Plan { seed, ..plan(50) };
            plan.pairs().iter().map(|pair| (pair.kind, pair.is_known)).collect::<Vec<_>>()
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        let changes = order(1).windows(2).filter(|two| two[0].1 != two[1].1).count();
        assert!((60..140).contains(&changes), "{changes} changes among 200");
    }

    #[test]
    fn more_pairs_than_there_are_addresses_are_refused() {
        assert!(plan(20_000).accounts().unwrap_err().to_string().contains("ask fewer pairs"));
    }
}
