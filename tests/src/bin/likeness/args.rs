//! The command line.

use clap::Parser;
use std::time::Duration;
use tests::likeness::{Kind, Missing, Plan, Where};

/// Measures whether a second probe tells if the first one named an account, on a private cluster.
#[derive(Debug, Parser)]
#[command(name = "likeness", version, about)]
pub(crate) struct Args {
    /// Pairs of accounts each way of probing, and as many of nobody
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(2..=20_000))]
    pairs: u32,
    /// How many milliseconds after the first answer the second probe comes
    #[arg(long, value_name = "MS", value_delimiter = ',', default_value = "0,1,2,5,10,20,50")]
    gaps: Vec<u64>,
    /// How many ask at once before the second probe, one way after the other
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1", value_parser = clap::value_parser!(u32).range(1..=100))]
    first: Vec<u32>,
    /// Send second probes to the same copy of reset-api only
    #[arg(long)]
    same: bool,
    /// How many milliseconds it is quiet before each pair
    #[arg(long, value_name = "MS", default_value_t = 120)]
    quiet: u64,
    /// What the order is drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What is taken away, to see what it has to do with it: worker, broker, sync
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    pub(crate) without: Vec<Missing>,
}

impl Args {
    pub(crate) fn plan(&self) -> Plan {
        let places: &[Where] = if self.same { &[Where::Same] } else { &[Where::Same, Where::Other] };
        let mut kinds = Vec::new();
        for &first in &self.first {
            for &second in places {
                for &gap in &self.gaps {
                    kinds.push(Kind { first, gap: Duration::from_millis(gap), second });
                }
            }
        }
        Plan { kinds, pairs: self.pairs, quiet: Duration::from_millis(self.quiet), seed: self.seed }
    }
}
