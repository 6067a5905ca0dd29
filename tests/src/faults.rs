//! The fault harness: a private cluster under load, the faults of one scenario, and whether the promise held.
//!
//! [`catalogue`] names the scenarios. [`play`] starts a cluster of its own, has it asked for links by a [`load`] from a seed,
//! lets the [`injector`] do what the scenario's [`plan`] says, heals everything, waits until nothing is under way, and has
//! each request judged: a mail in the [`sink`], or a final reason in the timeline. The same seed gives the same load and
//! the same faults at the same moments; what the machine makes of them is its own.

pub mod catalogue;
mod completing;
mod diary;
mod draining;
mod injector;
mod judge;
mod load;
mod memory;
mod plan;
mod playing;
mod pools;
mod proxy;
mod report;
mod scene;
mod sink;
mod slowing;

pub use catalogue::Scenario;
pub use playing::{Options, play};
pub use report::Report;
