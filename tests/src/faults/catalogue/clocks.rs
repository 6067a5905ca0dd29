//! Clocks jump by an hour, and back.

use super::Faults::Drawn;
use super::{COPIES, Scenario};
use crate::cluster::Role;
use crate::dice::Dice;
use crate::faults::plan::{Fault, Rhythm};

const JUMPS: Rhythm = Rhythm::of(500..1_500, 1_000..3_000, 8);

fn hours(dice: &mut Dice) -> i64 {
    if dice.one_of(2) == 0 { 1 } else { -1 }
}

pub(super) const ALL: &[Scenario] = &[
    Scenario::of(
        "clock-jumps",
        "the clocks of all copies jump by an hour, and back",
        JUMPS,
        Drawn(|dice| Fault::Clock(None, hours(dice))),
    ),
    Scenario::of(
        "clock-jumps-worker",
        "the clock of one mail-worker jumps by an hour, and back",
        JUMPS,
        Drawn(|dice| Fault::Clock(Some((Role::Worker, dice.one_of(COPIES))), hours(dice))),
    ),
    Scenario::of(
        "clock-jumps-api",
        "the clock of one reset-api jumps by an hour, and back",
        JUMPS,
        Drawn(|dice| Fault::Clock(Some((Role::Api, dice.one_of(COPIES))), hours(dice))),
    ),
];
