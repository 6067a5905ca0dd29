//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Injects faults into a private cluster under load, and judges every request of it.
#[derive(Debug, Parser)]
#[command(name = "faults", version, about)]
pub(crate) struct Args {
    /// Scenarios by name; `all` for each of them; `list` to see them
    #[arg(value_name = "SCENARIO", required = true)]
    pub(crate) scenarios: Vec<String>,
    /// What load and faults are drawn from: the same seed, the same faults
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How long requests come in each scenario
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u64).range(3..=3_600))]
    pub(crate) seconds: u64,
    /// An object a line instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// How many scenarios are played at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=16))]
    pub(crate) at_once: u64,
    /// Keep each scenario's keys and logs in a folder in this one
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Print the faults of each scenario with their moments, too
    #[arg(long)]
    pub(crate) timetable: bool,
}
