//! The same figures, pushed to a collector (OTLP over gRPC) where one is configured.
//!
//! A reader of its own collects them every minute, so what is recorded costs a little more. A collector that is away, slow
//! or refuses costs one line of the log: the figures only grow, so the next push makes up for the last.

use super::{MetricsError, failed};
use crate::surviving::survived;
use crate::telemetry::{OtlpSettings, channel, why};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{InstrumentKind, ManualReader, Pipeline, Temporality};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Extensions, Request};

/// How often: as OpenTelemetry has it by default.
const EVERY: Duration = Duration::from_secs(60);

/// Pushes as long as this is held; [`Pushing::finish`] pushes once more.
#[must_use]
pub struct Pushing(Option<Running>);

struct Running {
    end: CancellationToken,
    task: JoinHandle<()>,
    flush: Duration,
}

/// Reads for the pushing task, and is known to the provider.
#[derive(Debug, Clone)]
pub(super) struct Reader(Arc<ManualReader>);

struct Task {
    reader: Reader,
    client: MetricsServiceClient<Channel>,
    headers: MetadataMap,
    timeout: Duration,
    every: Duration,
    server: String,
    /// Whether it was told that the collector does not take them.
    is_away: bool,
}

impl Pushing {
    /// Nobody is told.
    pub(super) fn nowhere() -> Self {
        Self(None)
    }

    /// Pushes what the reader reads, on the current runtime. Connects to nothing yet.
    pub(super) fn start(reader: Reader, settings: &OtlpSettings) -> Result<Self, MetricsError> {
        Self::start_every(reader, settings, EVERY)
    }

    fn start_every(reader: Reader, settings: &OtlpSettings, every: Duration) -> Result<Self, MetricsError> {
        let task = Task {
            reader,
            client: MetricsServiceClient::new(channel(settings).map_err(failed)?),
            headers: settings.headers.expose_secret().clone(),
            timeout: settings.timeout,
            every,
            server: settings.endpoint.to_string(),
            is_away: false,
        };
        let end = CancellationToken::new();
        let running = tokio::spawn(task.run(end.clone()));
        Ok(Self(Some(Running { end, task: running, flush: settings.flush })))
    }

    /// Pushes the last figures, as far as the collector takes them in time.
    pub async fn finish(self) {
        let Some(running) = self.0 else { return };
        running.end.cancel();
        let abort = running.task.abort_handle();
        if timeout(running.flush, running.task).await.is_err() {
            abort.abort();
        }
    }
}

impl Task {
    async fn run(mut self, end: CancellationToken) {
        while end.run_until_cancelled(sleep(self.every)).await.is_some() {
            // Cut off, it is done once more below.
            end.run_until_cancelled(survived(self.push())).await;
        }
        self.push().await;
    }

    async fn push(&mut self) {
        let pushed = self.try_push().await;
        match (&pushed, self.is_away) {
            (Err(why), false) => {
                tracing::warn!(
                    collector = self.server,
                    why,
                    "metrics are not taken: they are pushed again, whole"
                );
            }
            (Ok(()), true) => tracing::info!(collector = self.server, "metrics are taken again"),
            _ => {}
        }
        self.is_away = pushed.is_err();
    }

    /// An error is a few words of our own.
    async fn try_push(&mut self) -> Result<(), String> {
        let mut figures = ResourceMetrics::default();
        self.reader.0.collect(&mut figures).map_err(|_| "they cannot be read".to_owned())?;
        let message = ExportMetricsServiceRequest::from(&figures);
        let request = Request::from_parts(self.headers.clone(), Extensions::default(), message);
        let answer = timeout(self.timeout, self.client.export(request)).await;
        let answer = answer.map_err(|_| "no answer in time".to_owned())?;
        let answer = answer.map_err(|status| why(&status))?.into_inner();
        let is_whole = answer.partial_success.is_none_or(|partly| partly.rejected_data_points == 0);
        if is_whole { Ok(()) } else { Err("it turns some down".to_owned()) }
    }
}

impl Reader {
    pub(super) fn new() -> Self {
        Self(Arc::new(ManualReader::builder().build()))
    }
}

impl MetricReader for Reader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, figures: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(figures)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

#[cfg(test)]
mod tests;
