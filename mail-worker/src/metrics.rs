//! What mail-worker measures beside its queue and dedup store: attempts, what they came to, and what stops them.
//!
//! The rules for names and attributes are those of [`common::metrics`]. Relay hosts are the configured ones.

use crate::circuit::{Circuit, Standing};
use crate::outcome::{Undeliverable, is_by_policy};
use crate::pace::Pace;
use crate::smtp::{Accepted, Fault, SendError};
use common::event::{DeliveryOutcome, OUTCOMES, outcome_word};
use common::metrics::{label, seconds};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};
use std::sync::Arc;
use std::time::Duration;

/// The upper bounds of attempts, in seconds: a relay host may take its time.
const ATTEMPT_SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0];

/// What an attempt came to that met no [`Fault`].
const ACCEPTED: &str = "accepted";
/// Of [`Undeliverable`], those that are about making the mail.
const RENDER_ERRORS: [Undeliverable; 3] =
    [Undeliverable::Unsealable, Undeliverable::UnknownApp, Undeliverable::RenderFailed];
/// Every reason of a dead letter.
const DEAD: [&str; 8] = [
    "undecodable",
    "unsealable",
    "unknown_key",
    "unknown_app",
    "render_failed",
    "worker_failed",
    "refused",
    "expired_before_delivery",
];
/// Why a relay host refuses for good: the domain or the content of a mail (5.7.x), which concerns all of them and wants an
/// operator; the address; anything else.
const REFUSALS: [&str; 3] = ["policy", "address", "other"];
const STANDINGS: [Standing; 3] = [Standing::Closed, Standing::HalfOpen, Standing::Open];

/// The instruments.
#[derive(Debug, Clone)]
pub(crate) struct WorkerMetrics {
    attempts: Counter<u64>,
    took: Histogram<f64>,
    refusals: Counter<u64>,
    reports: Counter<u64>,
    render_errors: Counter<u64>,
    dead_letters: Counter<u64>,
    dropped: Counter<u64>,
    resends: Counter<u64>,
    duplicates: Counter<u64>,
}

impl WorkerMetrics {
    /// The instruments of a worker that sends through these relay hosts.
    pub(crate) fn new<'a>(meter: &Meter, relay_hosts: impl Iterator<Item = &'a str>) -> Self {
        let counter = |name: &'static str, unit: &'static str, description: &'static str| {
            meter.u64_counter(name).with_unit(unit).with_description(description).build()
        };
        let metrics = Self {
            attempts: counter(
                "mail.attempts",
                "{attempt}",
                "Attempts at the relay host, by what they came to.",
            ),
            took: meter
                .f64_histogram("mail.attempt.duration")
                .with_unit("s")
                .with_description("How long attempts took, waiting for a connection included.")
                .with_boundaries(ATTEMPT_SECONDS.to_vec())
                .build(),
            refusals: counter(
                "mail.refusals",
                "{mail}",
                "Mails that a relay host refused for good, by why; policy (5.7.x) is worth an alert.",
            ),
            reports: counter("mail.reports", "{report}", "Outcomes that were reported."),
            render_errors: counter("mail.render.errors", "{mail}", "Mails that could not be made, by why."),
            dead_letters: counter("mail.dead_letters", "{message}", "Messages kept aside, by why."),
            dropped: counter(
                "mail.dead_letters.dropped",
                "{message}",
                "Dead letters that found no room, and were let go with their report.",
            ),
            resends: counter("mail.resends", "{mail}", "Mails sent again after a dot without an answer."),
            duplicates: counter(
                "mail.duplicates",
                "{message}",
                "Messages whose mail had been sent: not sent again.",
            ),
        };
        metrics.begin_with_nothing(relay_hosts);
        metrics
    }

    fn begin_with_nothing<'a>(&self, relay_hosts: impl Iterator<Item = &'a str>) {
        for host in relay_hosts {
            for result in Fault::ALL.map(Fault::name).into_iter().chain([ACCEPTED]) {
                self.attempts.add(0, &[relay_host(host), label("result", result)]);
            }
        }
        for reason in REFUSALS {
            self.refusals.add(0, &[label("reason", reason)]);
        }
        for outcome in OUTCOMES {
            self.reports.add(0, &[label("outcome", outcome_word(outcome))]);
        }
        for why in RENDER_ERRORS {
            self.render_errors.add(0, &[label("reason", why.reason())]);
        }
        for reason in DEAD {
            self.dead_letters.add(0, &[label("reason", reason)]);
        }
        self.dropped.add(0, &[]);
        self.resends.add(0, &[]);
        self.duplicates.add(0, &[]);
    }

    /// A relay host was asked to take a mail.
    pub(crate) fn attempted(&self, host: &str, took: Duration, answer: &Result<Accepted, SendError>) {
        self.attempts.add(1, &[relay_host(host), label("result", result(answer))]);
        self.took.record(seconds(took), &[relay_host(host)]);
        if let Some(reason) = answer.as_ref().err().and_then(refusal) {
            self.refusals.add(1, &[label("reason", reason)]);
        }
    }

    /// An outcome was reported.
    pub(crate) fn reported(&self, outcome: DeliveryOutcome) {
        self.reports.add(1, &[label("outcome", outcome_word(outcome))]);
    }

    /// A mail could not be made.
    pub(crate) fn not_made(&self, why: Undeliverable) {
        self.render_errors.add(1, &[label("reason", why.reason())]);
    }

    /// A message was kept aside.
    pub(crate) fn kept_aside(&self, reason: &'static str) {
        self.dead_letters.add(1, &[label("reason", reason)]);
    }

    /// A dead letter found no room.
    pub(crate) fn let_go(&self) {
        self.dropped.add(1, &[]);
    }

    /// A mail goes out that may be out already.
    pub(crate) fn sent_again(&self) {
        self.resends.add(1, &[]);
    }

    /// A copy of a message whose mail was sent.
    pub(crate) fn sent_before(&self) {
        self.duplicates.add(1, &[]);
    }
}

/// Tells the state of each circuit, whenever somebody reads.
pub(crate) fn watch_circuits(meter: &Meter, circuits: Vec<Arc<Circuit>>) {
    meter
        .u64_observable_gauge("mail.circuit.state")
        .with_description(
            "1 for the state a relay host's circuit is in; while all are open no mail is taken.",
        )
        .with_callback(move |gauge| {
            for circuit in &circuits {
                let now = circuit.standing();
                for standing in STANDINGS {
                    let labels = [relay_host(circuit.relay_host()), label("state", standing.name())];
                    gauge.observe((standing == now).into(), &labels);
                }
            }
        })
        .build();
}

/// Tells how fast mails may be taken up, whenever somebody reads.
pub(crate) fn watch_pace(meter: &Meter, pace: Arc<Pace>) {
    meter
        .f64_observable_gauge("mail.pace.limit")
        .with_unit("{mail}/s")
        .with_description(
            "Mails taken up a second at most, while a relay host has just come back or throttles; 0: no limit.",
        )
        .with_callback(move |gauge| gauge.observe(pace.rate().unwrap_or(0.0), &[]))
        .build();
}

/// Tells how many marks the dedup store could not make, whenever somebody reads.
pub(crate) fn watch_marks(meter: &Meter, missed: impl Fn() -> u64 + Send + Sync + 'static) {
    meter
        .u64_observable_counter("mail.unprotected.marks")
        .with_unit("{mark}")
        .with_description("Marks the dedup store could not make: each is a mail that may go out twice.")
        .with_callback(move |counter| counter.observe(missed(), &[]))
        .build();
}

/// Tells how many mails are in work, whenever somebody reads.
pub(crate) fn watch_permits(meter: &Meter, limit: u16, free: impl Fn() -> usize + Send + Sync + 'static) {
    let active = move || u64::from(limit).saturating_sub(u64::try_from(free()).unwrap_or(u64::MAX));
    meter
        .u64_observable_gauge("mail.permits.active")
        .with_unit("{mail}")
        .with_description("Mails in work, or about to be taken.")
        .with_callback(move |gauge| gauge.observe(active(), &[]))
        .build();
    meter
        .u64_observable_gauge("mail.permits.limit")
        .with_unit("{mail}")
        .with_description("How many mails may be in work.")
        .with_callback(move |gauge| gauge.observe(limit.into(), &[]))
        .build();
}

fn relay_host(name: &str) -> KeyValue {
    KeyValue::new("relay_host", name.to_owned())
}

fn result(answer: &Result<Accepted, SendError>) -> &'static str {
    answer.as_ref().map_or_else(|error| error.fault.name(), |_| ACCEPTED)
}

fn refusal(error: &SendError) -> Option<&'static str> {
    match error.fault {
        Fault::Permanent if is_by_policy(error) => Some("policy"),
        Fault::Permanent => Some("other"),
        Fault::BadAddress => Some("address"),
        Fault::RelayHost
        | Fault::Throttling
        | Fault::Faltering
        | Fault::Transient
        | Fault::Ambiguous
        | Fault::Withdrawn => None,
    }
}
