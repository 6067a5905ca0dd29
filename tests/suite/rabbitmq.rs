//! The cluster's queue beyond the contract: what it does when the broker fails it, on a real broker and on a fake one.

mod alarm;
mod confirms;
mod denied;
mod outages;
mod queues;
mod several;
mod silence;
mod telling;
mod traces;
mod world;
