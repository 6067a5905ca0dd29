//! Metrics: instruments are values, made from the one [`Metrics`] of a process and passed to whatever they measure.
//!
//! They are OpenTelemetry's, so what is recorded is aggregated once for each reader, in the process. Prometheus reads it as text at the
//! admin listener, where `rpc.server.call.duration` in seconds is called `rpc_server_call_duration_seconds`.
//!
//! What has a semantic convention has its name and attributes: calls, pages, databases ([`database`]), the queue ([`messaging`]). What
//! is ours begins with what it is about (`reset.`, `password.`, `throttle.`, `mail.`). Two rules hold for every attribute:
//! - Its values are a list that the program or the operator has written: states, scopes, rules, relay hosts, the apps that
//!   have a brand. What a caller chooses never is one (an unknown method is `_OTHER`, an unknown app `_OTHER`), so nobody
//!   can make the series grow.
//! - None tells who somebody is: no address or its hash, no token, no network, no id of a request. The figures still tell
//!   how many requests were nobody's, and on a quiet system thereby about one address: the admin listener is not public.
//!
//! Counters whose attributes are listed begin with 0, so that a first event is a rise and not a beginning.

pub mod database;
pub mod messaging;
mod pushing;

pub use pushing::Pushing;

use crate::admin::{Peer, Probe};
use crate::telemetry::{Service, TelemetrySettings, resource};
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::metrics::{Instrument, SdkMeterProvider, Stream};
use prometheus::{Registry, TEXT_FORMAT, TextEncoder};
use pushing::Reader;
use std::time::Duration;

/// What stands for every value that is not listed, as the semantic conventions have it.
pub const OTHER: &str = "_OTHER";

/// The upper bounds of call durations, in seconds: those the semantic conventions advise, and 0.3, which a promise of
/// ours is about.
pub const CALL_SECONDS: [f64; 15] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// The upper bounds of database operations, as the semantic conventions advise.
pub const DATABASE_SECONDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

/// The most series of one instrument. None comes near it; were one to, the rest would be one series called
/// `otel_metric_overflow`. The library sets memory aside for each.
const MOST_SERIES: usize = 256;

/// Everything a process measures. Cheap to clone; what was recorded goes with the last clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    provider: SdkMeterProvider,
    registry: Registry,
}

/// Metrics cannot be set up, or written.
#[derive(Debug, thiserror::Error)]
#[error("metrics: {0}")]
pub struct MetricsError(String);

impl Metrics {
    /// Nothing is measured yet but the process itself. Who tells stands in `target_info`.
    ///
    /// # Errors
    /// [`MetricsError`] if two readers clash, which they do not.
    pub fn new(service: &Service) -> Result<Self, MetricsError> {
        Self::read_by(service, None)
    }

    /// The same, told to a collector too, if there is one; on the current runtime.
    ///
    /// # Errors
    /// [`MetricsError`] if the collector cannot be used as it is configured.
    pub fn start(service: &Service, settings: &TelemetrySettings) -> Result<(Self, Pushing), MetricsError> {
        let Some(otlp) = &settings.otlp else { return Ok((Self::new(service)?, Pushing::nowhere())) };
        let reader = Reader::new();
        let metrics = Self::read_by(service, Some(reader.clone()))?;
        Ok((metrics, Pushing::start(reader, otlp)?))
    }

    fn read_by(service: &Service, another: Option<Reader>) -> Result<Self, MetricsError> {
        let registry = Registry::new();
        measure_process(&registry)?;
        let text = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .build()
            .map_err(failed)?;
        let provider = SdkMeterProvider::builder().with_resource(resource(service)).with_view(few_series);
        let provider = provider.with_reader(text);
        let provider = match another {
            Some(reader) => provider.with_reader(reader),
            None => provider,
        };
        Ok(Self { provider: provider.build(), registry })
    }

    /// Makes instruments.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.provider.meter_with_scope(InstrumentationScope::builder("password-reset").build())
    }

    /// Tells readiness and peers from now on.
    pub(crate) fn watch(&self, ready: &Probe, peers: &[Peer]) {
        let (ready, peers) = (ready.clone(), peers.to_vec());
        self.meter()
            .u64_observable_gauge("service.ready")
            .with_description("1 while the process is ready for work, else 0.")
            .with_callback(move |gauge| gauge.observe(ready().into(), &[]))
            .build();
        self.meter()
            .u64_observable_gauge("peer.connected")
            .with_description("1 while this server is reached, 0 while it is away and its circuit open.")
            .with_callback(move |gauge| {
                for peer in &peers {
                    gauge.observe((peer.is_connected)().into(), &[label("peer", peer.name)]);
                }
            })
            .build();
    }

    /// Everything as it stands now, in the format of [`Metrics::CONTENT_TYPE`].
    ///
    /// # Errors
    /// [`MetricsError`] if something cannot be written.
    pub fn text(&self) -> Result<String, MetricsError> {
        TextEncoder::new().encode_to_string(&self.registry.gather()).map_err(failed)
    }

    /// The text's content type.
    pub const CONTENT_TYPE: &'static str = TEXT_FORMAT;
}

/// A meter whose instruments record nothing: for commands that end, which nobody reads.
#[must_use]
pub fn silent() -> Meter {
    opentelemetry::metrics::noop::NoopMeterProvider::new().meter("silent")
}

/// One attribute.
#[must_use]
pub fn label(key: &'static str, value: &'static str) -> KeyValue {
    KeyValue::new(key, value)
}

/// For histograms: a length of time in seconds.
#[must_use]
pub fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn few_series(_: &Instrument) -> Option<Stream> {
    Stream::builder().with_cardinality_limit(MOST_SERIES).build().ok()
}

fn failed(error: impl std::fmt::Display) -> MetricsError {
    MetricsError(error.to_string())
}

/// `process_…`, by the names every dashboard knows. Only Linux tells.
#[cfg(target_os = "linux")]
fn measure_process(registry: &Registry) -> Result<(), MetricsError> {
    let process = prometheus::process_collector::ProcessCollector::for_self();
    registry.register(Box::new(process)).map_err(failed)
}

#[cfg(not(target_os = "linux"))]
fn measure_process(_: &Registry) -> Result<(), MetricsError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: Service = Service { name: "a-service", version: "1.2.3", instance: uuid::Uuid::nil() };

    #[test]
    fn names_follow_prometheus_and_the_service_is_told() {
        let metrics = Metrics::new(&SERVICE).unwrap();
        let meter = metrics.meter();
        let calls = meter.f64_histogram("rpc.server.call.duration").with_unit("s");
        let calls = calls.with_boundaries(CALL_SECONDS.to_vec()).build();
        calls.record(0.28, &[label("rpc.method", "a")]);
        let text = metrics.text().unwrap();
        for line in [
            r#"service_name="a-service""#,
            r#"service_version="1.2.3""#,
            "# TYPE rpc_server_call_duration_seconds histogram",
            r#"rpc_server_call_duration_seconds_bucket{rpc_method="a",le="0.25"} 0"#,
            r#"rpc_server_call_duration_seconds_bucket{rpc_method="a",le="0.3"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in:\n{text}");
        }
        assert!(!text.contains("otel_scope"), "{text}");
    }

    #[test]
    fn series_end_at_the_limit() {
        let metrics = Metrics::new(&SERVICE).unwrap();
        let counter = metrics.meter().u64_counter("a").build();
        for number in 0..10 * MOST_SERIES {
            counter.add(1, &[KeyValue::new("number", number.to_string())]);
        }
        let text = metrics.text().unwrap();
        let series = text.lines().filter(|line| line.starts_with("a_total{")).count();
        assert_eq!(series, MOST_SERIES + 1);
        assert!(text.contains(r#"a_total{otel_metric_overflow="true"}"#), "{text}");
    }

    #[test]
    fn two_services_of_one_process_may_share_an_instrument() {
        let metrics = Metrics::new(&SERVICE).unwrap();
        let counter = || metrics.meter().u64_counter("shared").with_description("Both count.").build();
        let (one, other) = (counter(), counter());
        one.add(1, &[]);
        other.add(2, &[]);
        assert!(metrics.text().unwrap().contains("\nshared_total 3\n"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_process_is_measured() {
        let text = Metrics::new(&SERVICE).unwrap().text().unwrap();
        for name in ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"] {
            assert!(text.contains(&format!("\n{name} ")), "{name} is not in:\n{text}");
        }
    }
}
