//! The faults of all the others on one cluster, one after the other, for as long as it is asked: the soak.
//!
//! What needs surroundings of its own is left to its own scenario: TLS, and a broker of three nodes. The first copy of each
//! service is never killed, so that what it holds in the end tells whether something grows.

use super::Faults::Drawn;
use super::{Faults, Scenario, clocks, copies, network, relay_host, servers};
use crate::dice::Dice;
use crate::faults::plan::{Fault, Rhythm};
use crate::faults::scene::Surroundings;
use std::time::Duration;

const RHYTHM: Rhythm = Rhythm::of(1_500..6_000, 500..7_000, 10_000);
/// A mail may meet several faults, and then waits up to five minutes for its next try or for the relay's silence to end.
const DRAINS_WITHIN: Duration = Duration::from_secs(900);
/// The copy that is killed.
const SECOND: usize = 1;

pub(super) const EVERYTHING: Scenario = Scenario {
    surroundings: Surroundings { proxied: true, ..Surroundings::PLAIN },
    drains_within: DRAINS_WITHIN,
    reasons: &["refused", "suppressed", "unknown"],
    ..Scenario::of(
        "everything",
        "every fault above, one after the other, on one cluster",
        RHYTHM,
        Drawn(draw),
    )
};

fn draw(dice: &mut Dice) -> Fault {
    let kinds = [copies::ALL, servers::ALL, relay_host::ALL, network::ALL, clocks::ALL];
    let kind = kinds[dice.one_of(kinds.len())];
    let fitting: Vec<Faults> =
        kind.iter().filter(|one| !one.surroundings.tls).map(|one| one.faults).collect();
    match fitting[dice.one_of(fitting.len())].next(dice) {
        Fault::Kill(role, _) => Fault::Kill(role, SECOND),
        Fault::Abort(point, visit, _) => Fault::Abort(point, visit, SECOND),
        fault => fault,
    }
}
