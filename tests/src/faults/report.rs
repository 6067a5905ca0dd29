//! What is told of a scenario: a line for people, an object for machines.

use super::judge::Verdict;
use super::memory::Held;
use super::plan::Timed;
use serde_json::{Value, json};
use std::fmt;

/// How a scenario went.
#[derive(Debug)]
pub struct Report {
    pub(super) scenario: &'static str,
    pub(super) seed: u64,
    /// How many of the planned faults came to pass.
    pub(super) faults: u64,
    pub(super) held: Held,
    pub(super) verdict: Verdict,
    pub(super) timetable: Vec<Timed>,
}

impl Report {
    /// Every broken promise, in words; empty if all were kept.
    #[must_use]
    pub fn broken(&self) -> &[String] {
        &self.verdict.broken
    }

    /// The faults as they were planned: the same for the same seed.
    #[must_use]
    pub fn timetable(&self) -> Vec<String> {
        let lines = self.timetable.iter();
        lines.map(|one| format!("at {:?} for {:?}: {:?}", one.at, one.lasts, one.fault)).collect()
    }

    /// As an object.
    #[must_use]
    pub fn json(&self) -> Value {
        let verdict = &self.verdict;
        let causes = verdict.duplicated.iter().map(|(cause, count)| (cause.to_string(), json!(count)));
        json!({
            "scenario": self.scenario,
            "seed": self.seed,
            "faults": self.faults,
            "accepted": verdict.accepted,
            "mailed": verdict.mailed,
            "refused": self.refused(),
            "refused_why": verdict.refused,
            "lost": verdict.lost,
            "duplicated_permitted": self.permitted(),
            "duplicated_why": causes.collect::<serde_json::Map<_, _>>(),
            "duplicated_other": verdict.duplicated_otherwise,
            "completed": verdict.completed,
            "slowest_ms": u64::try_from(verdict.slowest.as_millis()).unwrap_or(u64::MAX),
            "memory_mib": self.held.most,
            "memory_growth_mib": self.held.growth,
            "broken": verdict.broken,
        })
    }

    /// The heading over the lines.
    #[must_use]
    pub fn heading() -> String {
        format!(
            "{:<28} {:>6} {:>6} {:>8} {:>6} {:>7} {:>4} {:>13} {:>9} {:>9} {:>7}  {}",
            "scenario",
            "seed",
            "faults",
            "accepted",
            "mailed",
            "refused",
            "lost",
            "dup permitted",
            "dup other",
            "slowest",
            "memory",
            "the promise"
        )
    }

    fn refused(&self) -> usize {
        self.verdict.refused.values().sum()
    }

    fn permitted(&self) -> usize {
        self.verdict.duplicated.values().sum()
    }

    /// Why mails were refused and copies permitted, and how the memory grew where that was looked at.
    fn reasons(&self) -> String {
        let refused = self.verdict.refused.iter().map(|(reason, count)| format!("{reason}: {count}"));
        let copies = self.verdict.duplicated.iter().map(|(cause, count)| format!("{cause}: {count}"));
        let growth = self.held.growth.map(|growth| format!("memory grew by {growth} MiB"));
        let all: Vec<String> = refused.chain(copies).chain(growth).collect();
        if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = &self.verdict;
        write!(
            f,
            "{:<28} {:>6} {:>6} {:>8} {:>6} {:>7} {:>4} {:>13} {:>9} {:>7} s {:>3} MiB  {}{}",
            self.scenario,
            self.seed,
            self.faults,
            verdict.accepted,
            verdict.mailed,
            self.refused(),
            verdict.lost,
            self.permitted(),
            verdict.duplicated_otherwise,
            format!("{:.1}", verdict.slowest.as_secs_f64()),
            self.held.most,
            if verdict.broken.is_empty() { "kept" } else { "BROKEN" },
            self.reasons()
        )?;
        for broken in &verdict.broken {
            write!(f, "\n    {broken}")?;
        }
        Ok(())
    }
}
