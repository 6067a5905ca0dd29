//! The scenarios, in the order of what they tell.

mod clocks;
mod copies;
mod everything;
mod network;
mod nodes;
mod relay_host;
mod servers;

use super::plan::{Fault, Rhythm, Timed, timetable};
use super::scene::{COPIES, Surroundings};
use super::sink::Mood;
use crate::dice::Dice;
use common::abort::AbortPoint;
use std::time::Duration;

/// So many of the visits to an abort point are the first ones.
const FIRST_VISITS: u64 = 6;
/// Long enough for the waits of ten seconds and of a minute after a failure, one after the other.
const DRAINS_WITHIN: Duration = Duration::from_secs(140);

/// Why a request may go without a mail whatever goes wrong: it shares another's, or its owner has set a password meanwhile.
const ALWAYS: &[&str] = &["coalesced", "links_ended_meanwhile", "another_link_used"];
/// A relay host refuses mails for good.
const REFUSED: &[&str] = &["refused"];
/// Two dots of one mail may be answered by nobody.
const UNKNOWN: &[&str] = &["unknown"];

/// A way in which things go wrong.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What goes wrong.
    pub what: &'static str,
    faults: Faults,
    rhythm: Rhythm,
    pub(super) surroundings: Surroundings,
    /// How the relay host is all the time.
    pub(super) mood: Option<Mood>,
    /// It stays so when the load is over, until nothing is under way.
    pub(super) stays_in_its_mood: bool,
    /// The broker loses messages that it had confirmed.
    pub(super) forgetful_broker: bool,
    /// While it lasts, the workers must ask the relay host less often.
    pub(super) slows_down: bool,
    /// How long the slowest mail may take; usually the promise does not depend on that.
    pub(super) slowest_within: Option<Duration>,
    /// How long it may take until nothing is under way.
    pub(super) drains_within: Duration,
    /// The final reasons that it gives a request to go without a mail. Any other is a broken promise.
    reasons: &'static [&'static str],
}

/// Where the faults of a scenario come from.
#[derive(Debug, Clone, Copy)]
enum Faults {
    Drawn(fn(&mut Dice) -> Fault),
    /// This one.
    Same(Fault),
    /// A copy of the service that comes to this point dies there, at one of the first visits.
    AbortAt(AbortPoint),
}

impl Faults {
    fn next(self, dice: &mut Dice) -> Fault {
        match self {
            Self::Drawn(draw) => draw(dice),
            Self::Same(fault) => fault,
            Self::AbortAt(point) => {
                let visit = u32::try_from(1 + dice.below(FIRST_VISITS)).unwrap_or(1);
                Fault::Abort(point, visit, dice.one_of(COPIES))
            }
        }
    }
}

impl Scenario {
    const fn of(name: &'static str, what: &'static str, rhythm: Rhythm, faults: Faults) -> Self {
        Self {
            name,
            what,
            faults,
            rhythm,
            surroundings: Surroundings::PLAIN,
            mood: None,
            stays_in_its_mood: false,
            forgetful_broker: false,
            slows_down: false,
            slowest_within: None,
            drains_within: DRAINS_WITHIN,
            reasons: &[],
        }
    }

    /// The same while the relay host is in this mood.
    const fn while_it(self, mood: Mood) -> Self {
        Self { mood: Some(mood), ..self }
    }

    /// The same, and the workers must slow down.
    const fn that_slows_down(self) -> Self {
        Self { slows_down: true, ..self }
    }

    /// The same, and no mail may take longer.
    const fn slowest_within(self, most: Duration) -> Self {
        Self { slowest_within: Some(most), ..self }
    }

    /// The same, and for these reasons mails may be missing.
    const fn that_ends_some_as(self, reasons: &'static [&'static str]) -> Self {
        Self { reasons, ..self }
    }

    /// Whether a request may go without a mail for this reason.
    pub(super) fn may_end_some_as(&self, reason: &str) -> bool {
        ALWAYS.contains(&reason) || self.reasons.contains(&reason)
    }

    /// Its faults under this seed, with their moments.
    pub(super) fn timetable(&self, seed: u64, load: Duration) -> Vec<Timed> {
        timetable(&mut Dice::of(seed, self.name), &self.rhythm, load, |dice| self.faults.next(dice))
    }
}

/// All of them; the one of everything comes last, since it is meant to be played for long.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    let kinds = [copies::ALL, servers::ALL, nodes::ALL, relay_host::ALL, network::ALL, clocks::ALL];
    kinds.into_iter().flatten().chain([&everything::EVERYTHING])
}

/// The scenario of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Scenario> {
    all().find(|scenario| scenario.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_scenario_has_a_name_of_its_own_and_every_abort_point_a_scenario() {
        let names: BTreeSet<_> = all().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), all().count());
        for point in AbortPoint::ALL {
            assert!(names.contains(format!("abort-{}", point.name()).as_str()), "{}", point.name());
        }
    }

    #[test]
    fn the_scenario_of_everything_may_end_mails_as_any_other_may() {
        let others = || all().filter(|one| one.name != "everything");
        let everything = find("everything").unwrap();
        let reasons: BTreeSet<_> = others().flat_map(|one| one.reasons).collect();
        assert_eq!(reasons, everything.reasons.iter().collect());
        // A worker that fails, a mail that is late: nothing of what goes wrong here is a reason.
        for never in ["undeliverable", "expired", "expired_before_delivery", "time_over", "accepted"] {
            assert!(!everything.may_end_some_as(never), "{never}");
        }
        assert!(others().all(|one| one.may_end_some_as("coalesced")));
    }
}
