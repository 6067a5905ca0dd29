//! Calls, measured by the semantic conventions for RPC: how long each took and what it was answered.
//!
//! The methods that are served are known; any other is one series, whatever its name, so that a caller cannot make more.

use super::around::{Answer, Around};
use super::codes::{is_fault, name};
use common::metrics::{CALL_SECONDS, OTHER, label, seconds};
use http::{Request, Response, StatusCode};
use opentelemetry::metrics::{Histogram, Meter};
use opentelemetry::{KeyValue, Value};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::time::Instant;
use tonic::body::Body;
use tonic::{Code, Status};

/// Measures calls; it stands outside of every other layer, so that it sees the answer the caller gets.
#[derive(Debug, Clone)]
pub struct CallMetrics {
    took: Histogram<f64>,
    methods: Arc<HashMap<String, Value>>,
}

impl CallMetrics {
    /// The instrument, and the methods of every service that is served.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        let took = meter
            .f64_histogram("rpc.server.call.duration")
            .with_unit("s")
            .with_description(
                "How long calls took, until their answer began; a fault of ours has an error_type.",
            )
            .with_boundaries(CALL_SECONDS.to_vec())
            .build();
        let served = [
            proto::PUBLIC_DESCRIPTOR_SET,
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
            tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
        ];
        Self { took, methods: Arc::new(served.into_iter().flat_map(methods).collect()) }
    }

    fn begin(&self, path: &str) -> Call {
        let method = self.methods.get(path).cloned().unwrap_or_else(|| OTHER.into());
        Call { took: self.took.clone(), method: Some(method), begun: Instant::now() }
    }
}

/// Each method's path with its name.
fn methods(descriptors: &[u8]) -> Vec<(String, Value)> {
    // They are compiled in; were one broken, its methods would be counted as any other.
    let files = FileDescriptorSet::decode(descriptors).unwrap_or_default().file;
    let services = files.iter().flat_map(|file| file.service.iter().map(move |service| (file, service)));
    let names = services.flat_map(|(file, service)| {
        let method = move |name: &str| format!("{}.{}/{name}", file.package(), service.name());
        service.method.iter().map(move |one| method(one.name()))
    });
    names.map(|name| (format!("/{name}"), Value::from(Arc::<str>::from(name)))).collect()
}

/// A call under way. One whose caller goes away is dropped, and measured as cancelled.
struct Call {
    took: Histogram<f64>,
    method: Option<Value>,
    begun: Instant,
}

impl Call {
    fn end(&mut self, code: Code) {
        let Some(method) = self.method.take() else { return };
        let took = seconds(self.begun.elapsed());
        let (method, system) = (KeyValue::new("rpc.method", method), label("rpc.system.name", "grpc"));
        let status = label("rpc.response.status_code", name(code));
        if is_fault(code) {
            self.took.record(took, &[label("error.type", name(code)), method, status, system]);
        } else {
            self.took.record(took, &[method, status, system]);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

impl Around for CallMetrics {
    fn around<B, F, E>(&self, request: Request<B>, inner: impl FnOnce(Request<B>) -> F) -> Answer<E>
    where
        F: Future<Output = Result<Response<Body>, E>> + Send + 'static,
    {
        let mut call = self.begin(request.uri().path());
        let answer = inner(request);
        Box::pin(async move {
            let answered = answer.await;
            call.end(answered.as_ref().map_or(Code::Unknown, code));
            answered
        })
    }
}

/// An error stands in the headers, because no message goes before it; an answer that is none has only HTTP's status.
fn code(answer: &Response<Body>) -> Code {
    match Status::from_header_map(answer.headers()) {
        Some(status) => status.code(),
        None if answer.status() == StatusCode::OK => Code::Ok,
        None => Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::metrics::Metrics;
    use common::telemetry::Service;

    const SERVICE: Service = Service { name: "reset-api", version: "1", instance: uuid::Uuid::nil() };

    #[test]
    fn every_method_that_is_served_has_its_name_and_any_other_has_none() {
        let metrics = Metrics::new(&SERVICE).unwrap();
        let calls = CallMetrics::new(&metrics.meter());
        for path in [
            "/passwordreset.v1.PasswordResetService/RequestReset",
            "/passwordreset.v1.AccountService/VerifyPassword",
            "/grpc.health.v1.Health/Check",
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "/passwordreset.v1.PasswordResetService/Other",
            "/anything/else?ada@example.org",
        ] {
            calls.begin(path).end(Code::Ok);
        }
        let text = metrics.text().unwrap();
        let count = |method: &str| {
            let of = |line: &&str| line.contains("_count{") && line.contains(&format!("\"{method}\""));
            text.lines().filter(of).count()
        };
        assert_eq!(count("passwordreset.v1.PasswordResetService/RequestReset"), 1, "{text}");
        assert_eq!(count("grpc.health.v1.Health/Check"), 1, "{text}");
        assert_eq!(count("grpc.reflection.v1.ServerReflection/ServerReflectionInfo"), 1, "{text}");
        assert_eq!(count(OTHER), 1, "{text}");
        assert!(!text.contains("example.org"), "{text}");
    }

    #[test]
    fn a_call_that_is_dropped_is_cancelled_and_one_that_ended_is_not() {
        let metrics = Metrics::new(&SERVICE).unwrap();
        let calls = CallMetrics::new(&metrics.meter());
        drop(calls.begin("/grpc.health.v1.Health/Check"));
        calls.begin("/grpc.health.v1.Health/Check").end(Code::Unavailable);
        let text = metrics.text().unwrap();
        assert!(text.contains("CANCELLED"), "{text}");
        assert!(text.contains(r#"error_type="UNAVAILABLE""#), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("_count{")).count(), 2, "{text}");
    }
}
