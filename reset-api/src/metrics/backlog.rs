//! What waits in the store: looked at by a loop, and told whenever somebody reads, so that a scrape asks no database.

use crate::relay::LEASE;
use crate::stepping::Step;
use crate::store::{Backlog, Store};
use async_trait::async_trait;
use opentelemetry::metrics::Meter;
use std::sync::{Arc, Mutex, PoisonError};

/// What the last look saw; nothing, if it failed. An old figure would hide that nobody knows.
type LastLook = Arc<Mutex<Option<Backlog>>>;

/// The loop that looks.
pub struct BacklogWatch {
    store: Arc<dyn Store>,
    last: LastLook,
}

impl BacklogWatch {
    /// Tells what it sees from the first step on.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, meter: &Meter) -> Self {
        let last = LastLook::default();
        count(meter, "reset.shared.requests.waiting", "{request}", REQUESTS, &last, |seen| seen.requests);
        age(meter, "reset.shared.requests.oldest.age", REQUESTS_AGE, &last, |seen| seen.oldest_request);
        count(meter, "reset.shared.outbox.pending", "{event}", EVENTS, &last, |seen| seen.events);
        age(meter, "reset.shared.outbox.oldest.age", EVENTS_AGE, &last, |seen| seen.oldest_event);
        Self { store, last }
    }
}

const REQUESTS: &str = "Accepted requests that nobody has taken up. The same at every replica: max, not sum.";
const REQUESTS_AGE: &str = "How long the oldest of those requests has waited. The same at every replica.";
const EVENTS: &str = "Events that were never published. The same at every replica: max, not sum.";
const EVENTS_AGE: &str = "How long the oldest of those events has waited. The same at every replica.";

fn count(
    meter: &Meter,
    name: &'static str,
    unit: &'static str,
    description: &'static str,
    last: &LastLook,
    read: fn(Backlog) -> u64,
) {
    let last = last.clone();
    meter
        .u64_observable_gauge(name)
        .with_unit(unit)
        .with_description(description)
        .with_callback(move |gauge| {
            if let Some(seen) = seen(&last) {
                gauge.observe(read(seen), &[]);
            }
        })
        .build();
}

fn age(
    meter: &Meter,
    name: &'static str,
    description: &'static str,
    last: &LastLook,
    read: fn(Backlog) -> time::Duration,
) {
    let last = last.clone();
    meter
        .f64_observable_gauge(name)
        .with_unit("s")
        .with_description(description)
        .with_callback(move |gauge| {
            if let Some(seen) = seen(&last) {
                gauge.observe(read(seen).as_seconds_f64(), &[]);
            }
        })
        .build();
}

fn seen(last: &LastLook) -> Option<Backlog> {
    *last.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Step for BacklogWatch {
    fn name(&self) -> &'static str {
        "backlog"
    }

    /// Always finds nothing to do, so that its pace decides when it looks again.
    async fn step(&self) -> anyhow::Result<u64> {
        let looked = self.store.backlog(LEASE).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = looked.as_ref().ok().copied();
        looked?;
        Ok(0)
    }
}
