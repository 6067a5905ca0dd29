//! Who tells: the resource that spans and metrics share.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use uuid::Uuid;

/// A copy of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// What it is called, such as `reset-api`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// This copy, new at each start.
    pub instance: Uuid,
}

/// The service as OpenTelemetry names it.
#[must_use]
pub fn resource(service: &Service) -> Resource {
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_service_name(service.name)
        .with_attributes([
            KeyValue::new("service.version", service.version),
            KeyValue::new("service.instance.id", service.instance.to_string()),
        ])
        .build()
}
