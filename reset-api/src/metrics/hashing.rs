//! Password hashing: how many run, wait, and were sent away.

use crate::password::hasher::{Hasher, HashingLoad};
use opentelemetry::metrics::Meter;
use std::sync::Arc;

/// Tells them from now on, whenever somebody reads.
pub fn watch(meter: &Meter, hasher: &Arc<Hasher>) {
    gauge(meter, "password.hashing.active", "Hashes being made.", hasher, |load| load.active);
    gauge(meter, "password.hashing.waiting", "Hashes waiting for one that is made to end.", hasher, |load| {
        load.waiting
    });
    gauge(meter, "password.hashing.limit", "How many hashes may be made at once.", hasher, |load| load.limit);
    let hasher = hasher.clone();
    meter
        .u64_observable_counter("password.hashing.shed")
        .with_unit("{hash}")
        .with_description("Hashes refused because too many waited.")
        .with_callback(move |counter| counter.observe(hasher.load().shed, &[]))
        .build();
}

fn gauge(
    meter: &Meter,
    name: &'static str,
    description: &'static str,
    hasher: &Arc<Hasher>,
    read: fn(HashingLoad) -> usize,
) {
    let hasher = hasher.clone();
    meter
        .u64_observable_gauge(name)
        .with_unit("{hash}")
        .with_description(description)
        .with_callback(move |gauge| gauge.observe(gauged(read(hasher.load())), &[]))
        .build();
}

fn gauged(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
