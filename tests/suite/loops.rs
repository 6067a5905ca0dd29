//! The loops, each stepped by hand over a real store: issuer, relay, reports, keeper, and what runs them.

mod fake_queue;
mod issuing;
mod keeping;
mod learning;
mod minting;
mod relaying;
mod running;
mod world;
