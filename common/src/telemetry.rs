//! What a process tells of its work to a collector: spans, by OTLP over gRPC.
//!
//! [`Span`] is made where work is done and [`TraceContext`] travels with it. Spans are made by hand and not out of the
//! log's, so that what leaves the process is what stands in our code: no library's fields, no address, no token, and
//! nothing of the exporting connection itself. Ended spans wait in a bounded `queue`; an `exporting` task hands them to
//! the `collector`. A collector that is away, slow or refuses costs spans and one line of the log, never work.

mod collector;
mod exporting;
mod ids;
mod log_lines;
mod outage;
mod queue;
mod resource;
mod settings;
mod span;
mod trace_context;

pub(crate) use collector::{channel, why};
pub use log_lines::{WithTrace, may_be_logged};
pub use opentelemetry::Value;
pub use opentelemetry::trace::SpanKind;
pub use resource::{Service, resource};
pub use settings::{BadHeaders, OtlpHeaders, OtlpSettings, TelemetrySettings};
pub use span::{Begun, Span, carried};
pub use trace_context::TraceContext;

use crate::entropy::Entropy;
use collector::Collector;
use exporting::Exporting;
use ids::Ids;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use queue::Queue;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// What our spans are found by, among those of other instrumentations.
const SCOPE: &str = "passwordreset";
/// What a flush may take beyond its time, for the last call to be given up.
const LAST_CALL: Duration = Duration::from_millis(200);

/// Telemetry, running as long as this is held; [`Telemetry::finish`] hands over what is left.
#[must_use]
pub struct Telemetry(Option<Running>);

struct Running {
    end: CancellationToken,
    exporting: JoinHandle<()>,
    flush: Duration,
}

/// The collector cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("telemetry.otlp_endpoint: {0}")]
pub struct TelemetryError(#[from] tonic::transport::Error);

impl Telemetry {
    /// Makes spans from now on and hands them to the collector, if there is one; on the current runtime, once a process.
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// [`TelemetryError`].
    pub fn start(
        settings: &TelemetrySettings,
        service: &Service,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, TelemetryError> {
        let Some(otlp) = &settings.otlp else { return Ok(Self(None)) };
        let resource = resource(service);
        let collector = Collector::new(otlp, &resource)?;
        let (queue, ended) = Queue::new();
        let end = CancellationToken::new();
        let exporting = Exporting::new(collector, ended, entropy.clone(), otlp.flush);
        let exporting = tokio::spawn(exporting.run(end.clone()));
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample_ratio))))
            .with_id_generator(Ids(entropy))
            .with_resource(resource)
            .with_span_processor(queue)
            .build();
        span::make_with(provider.tracer(SCOPE));
        Ok(Self(Some(Running { end, exporting, flush: otlp.flush })))
    }

    /// Hands over the spans that have ended, as far as the collector takes them in time.
    pub async fn finish(self) {
        let Some(running) = self.0 else { return };
        running.end.cancel();
        // Either way it is over: what is left was told by the task, or it hangs and nothing can be told.
        let _ = timeout(running.flush + LAST_CALL, running.exporting).await;
    }
}
