//! The queue, measured by the semantic conventions for messaging: what is sent and taken, how long the queue takes for it,
//! and how long a message is in work.

use super::{CALL_SECONDS, label, seconds};
use crate::queue::{QueueError, Route, Source};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};
use std::time::Duration;

/// What is done about a message that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// It goes.
    Ack,
    /// It comes again.
    Retry,
    /// It is kept aside.
    DeadLetter,
}

/// The instruments of a queue.
#[derive(Debug, Clone)]
pub struct QueueMetrics {
    system: KeyValue,
    sent: Counter<u64>,
    consumed: Counter<u64>,
    operations: Histogram<f64>,
}

impl QueueMetrics {
    /// The instruments, for a queue of this kind (`rabbitmq`, `sqlite`).
    #[must_use]
    pub fn new(meter: &Meter, system: &'static str) -> Self {
        Self {
            system: label("messaging.system", system),
            sent: meter
                .u64_counter("messaging.client.sent.messages")
                .with_unit("{message}")
                .with_description("Messages published; those that were not confirmed have an error_type.")
                .build(),
            consumed: meter
                .u64_counter("messaging.client.consumed.messages")
                .with_unit("{message}")
                .with_description("Messages taken from the queue.")
                .build(),
            operations: meter
                .f64_histogram("messaging.client.operation.duration")
                .with_unit("s")
                .with_description("How long the queue took to confirm a batch of messages, or to settle one.")
                .with_boundaries(CALL_SECONDS.to_vec())
                .build(),
        }
    }

    /// A batch was published; one verdict a message.
    pub fn published(&self, route: Route, took: Duration, verdicts: &[Result<(), QueueError>]) {
        let failure = verdicts.iter().find_map(|verdict| verdict.as_ref().err());
        self.operation("publish", "send", destination(route), took, failure);
        for verdict in verdicts {
            self.count(&self.sent, "publish", "send", destination(route), 1, verdict.as_ref().err());
        }
    }

    /// So many messages were taken.
    pub fn received(&self, source: Source, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.count(&self.consumed, "receive", "receive", origin(source), count, None);
    }

    /// A message was settled, or was not.
    pub fn settled(&self, source: Source, settling: Settling, took: Duration, done: &Result<(), QueueError>) {
        let name = match settling {
            Settling::Ack => "ack",
            Settling::Retry => "retry",
            Settling::DeadLetter => "dead_letter",
        };
        self.operation(name, "settle", origin(source), took, done.as_ref().err());
    }

    fn operation(
        &self,
        name: &'static str,
        kind: &'static str,
        destination: &'static str,
        took: Duration,
        failure: Option<&QueueError>,
    ) {
        let common = self.attributes(name, kind, destination);
        match failure {
            None => self.operations.record(seconds(took), &common),
            Some(error) => self.operations.record(seconds(took), &with_error(common, error)),
        }
    }

    fn count(
        &self,
        counter: &Counter<u64>,
        name: &'static str,
        kind: &'static str,
        destination: &'static str,
        count: u64,
        failure: Option<&QueueError>,
    ) {
        let common = self.attributes(name, kind, destination);
        match failure {
            None => counter.add(count, &common),
            Some(error) => counter.add(count, &with_error(common, error)),
        }
    }

    fn attributes(&self, name: &'static str, kind: &'static str, destination: &'static str) -> [KeyValue; 4] {
        [
            label("messaging.destination.name", destination),
            label("messaging.operation.name", name),
            label("messaging.operation.type", kind),
            self.system.clone(),
        ]
    }
}

/// How long messages are in work, from being taken to being settled.
#[derive(Debug, Clone)]
pub struct Processing {
    took: Histogram<f64>,
    attributes: [KeyValue; 2],
}

impl Processing {
    /// The instrument, for the messages of one source.
    #[must_use]
    pub fn new(meter: &Meter, source: Source) -> Self {
        let took = meter
            .f64_histogram("messaging.process.duration")
            .with_unit("s")
            .with_description("How long a message was in work; one that was not settled has an error_type.")
            .with_boundaries(CALL_SECONDS.to_vec())
            .build();
        let attributes = [
            label("messaging.destination.name", origin(source)),
            label("messaging.operation.name", "process"),
        ];
        Self { took, attributes }
    }

    /// A message came to its end, or will come again.
    pub fn processed(&self, took: Duration, done: &Result<(), QueueError>) {
        let [destination, operation] = self.attributes.clone();
        match done {
            Ok(()) => self.took.record(seconds(took), &self.attributes),
            Err(error) => {
                self.took.record(seconds(took), &[destination, operation, error_type(error)]);
            }
        }
    }
}

fn with_error([a, b, c, d]: [KeyValue; 4], error: &QueueError) -> [KeyValue; 5] {
    [error_type(error), a, b, c, d]
}

fn error_type(error: &QueueError) -> KeyValue {
    label(
        "error.type",
        match error {
            QueueError::Unconfirmed(_) => "unconfirmed",
            QueueError::Full => "full",
            QueueError::Stale => "stale",
        },
    )
}

/// As RabbitMQ's queues and exchanges are called; the standalone has no other names for its own.
fn destination(route: Route) -> &'static str {
    match route {
        Route::Mail => origin(Source::Mail),
        Route::Reports => origin(Source::Reports),
        Route::AccountEvents => "account.events",
    }
}

fn origin(source: Source) -> &'static str {
    match source {
        Source::Mail => "mail.send",
        Source::Reports => "mail.reports",
    }
}
