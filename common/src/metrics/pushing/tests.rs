//! Against a collector of our own.

use super::super::{Metrics, label};
use super::*;
use crate::server_url::{OTLP, ServerUrl};
use crate::telemetry::{Service, TelemetrySettings};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Response, Status};

const SERVICE: Service = Service { name: "a-service", version: "1.2.3", instance: uuid::Uuid::nil() };
const DEADLINE: Duration = Duration::from_secs(20);

struct Collector(UnboundedSender<ExportMetricsServiceRequest>);

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let _ = self.0.send(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

async fn collector() -> (SocketAddr, UnboundedReceiver<ExportMetricsServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, received) = unbounded_channel();
    let server = Server::builder().add_service(MetricsServiceServer::new(Collector(sender)));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    (address, received)
}

fn telling(collector: SocketAddr) -> TelemetrySettings {
    let endpoint = ServerUrl::parse(&format!("http://{collector}"), OTLP).unwrap();
    TelemetrySettings { otlp: Some(OtlpSettings::at(endpoint)), sample_ratio: 0.0 }
}

/// The figures of a counter, with their attributes.
fn counted(message: &ExportMetricsServiceRequest, name: &str) -> Vec<(String, i64)> {
    let scopes = message.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    let metric = scopes.flat_map(|scope| &scope.metrics).find(|metric| metric.name == name).unwrap();
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{name} is no counter") };
    let points = sum.data_points.iter().map(|point| {
        let Some(Value::AsInt(value)) = point.value else { panic!("no whole number") };
        (point.attributes[0].key.clone(), value)
    });
    points.collect()
}

#[tokio::test]
async fn a_collector_is_told_what_prometheus_reads_by_its_first_name() {
    let (address, mut received) = collector().await;
    let (metrics, pushing) = Metrics::start(&SERVICE, &telling(address)).unwrap();
    let counter = metrics.meter().u64_counter("reset.requests").build();
    counter.add(3, &[label("app", "tapo")]);
    timeout(DEADLINE, pushing.finish()).await.unwrap();
    let message = timeout(DEADLINE, received.recv()).await.unwrap().unwrap();
    assert_eq!(counted(&message, "reset.requests"), [("app".to_owned(), 3)]);
    let resource = message.resource_metrics[0].resource.as_ref().unwrap();
    let keys: Vec<_> = resource.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert!(keys.contains(&"service.name") && keys.contains(&"service.instance.id"), "{keys:?}");
    assert!(metrics.text().unwrap().contains("reset_requests_total{app=\"tapo\"} 3\n"));
}

#[tokio::test]
async fn figures_are_pushed_again_and_again_and_a_collector_that_was_away_misses_nothing() {
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = away.local_addr().unwrap();
    drop(away);
    let reader = Reader::new();
    let metrics = Metrics::read_by(&SERVICE, Some(reader.clone())).unwrap();
    let otlp = telling(address).otlp.unwrap();
    let pushing = Pushing::start_every(reader, &otlp, Duration::from_millis(10)).unwrap();
    let counter = metrics.meter().u64_counter("reset.requests").build();
    counter.add(1, &[label("app", "tapo")]);
    // Each is read without a collector at least once: nothing tells when, and nothing depends on it.
    tokio::task::yield_now().await;
    let listener = TcpListener::bind(address).await.unwrap();
    let (sender, mut received) = unbounded_channel();
    let server = Server::builder().add_service(MetricsServiceServer::new(Collector(sender)));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    counter.add(1, &[label("app", "tapo")]);
    for _ in 0..3 {
        let message = timeout(DEADLINE, received.recv()).await.unwrap().unwrap();
        assert_eq!(counted(&message, "reset.requests"), [("app".to_owned(), 2)]);
    }
    pushing.finish().await;
}

#[tokio::test]
async fn a_collector_that_never_answers_holds_up_nobody_longer_than_the_flush() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = telling(silent.local_addr().unwrap());
    let otlp = settings.otlp.as_mut().unwrap();
    otlp.flush = Duration::from_millis(100);
    let (metrics, pushing) = Metrics::start(&SERVICE, &settings).unwrap();
    metrics.meter().u64_counter("reset.requests").build().add(1, &[]);
    let begun = Instant::now();
    pushing.finish().await;
    assert!(begun.elapsed() < otlp_timeout(&settings), "{:?}", begun.elapsed());
}

fn otlp_timeout(settings: &TelemetrySettings) -> Duration {
    settings.otlp.as_ref().unwrap().timeout
}

#[tokio::test]
async fn without_a_collector_nothing_is_pushed() {
    let (metrics, pushing) = Metrics::start(&SERVICE, &TelemetrySettings::off()).unwrap();
    assert!(pushing.0.is_none());
    pushing.finish().await;
    assert!(metrics.text().unwrap().contains("service_name=\"a-service\""));
}
