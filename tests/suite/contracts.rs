//! One contract suite a port; each runs against every implementation.

mod dedup;
mod queue;
mod store;
mod throttle;
