//! The likeness of known and unknown addresses in time: does a second probe, right behind a first, tell whether the first
//! named an account?
//!
//! A private cluster is asked in pairs. The first probe asks for an address that is an account's or nobody's, in random
//! order; the second, a moment later, for another address of nobody's. What the first one set off may slow the second: the
//! [`Ranks`] of the second's durations say how well the two kinds can be told apart. Each address is used once and each
//! client network, too, so no throttle has a word in it.

mod pairs;
mod probing;
mod ranks;
mod stage;

pub use pairs::{Kind, Plan, Where};
pub use probing::{Measured, measure};
pub use ranks::{Auc, Ranks};
pub use stage::{Missing, Stage};
