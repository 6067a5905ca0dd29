//! The collector: one call hands over one batch.

use super::settings::OtlpSettings;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use std::error::Error as _;
use std::time::Duration;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Extensions, Request, Status};

/// How often a silent connection is asked whether it is still there, and how long it may take to say so.
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// A collector of spans.
pub(super) struct Collector {
    client: TraceServiceClient<Channel>,
    headers: MetadataMap,
    resource: ResourceAttributesWithSchema,
    timeout: Duration,
    server: String,
}

/// A batch was not taken; the words are few and our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// It may be taken later.
    ForNow(String),
    /// It never will be.
    ForGood(String),
}

impl Collector {
    /// Connects to nothing yet.
    pub(super) fn new(settings: &OtlpSettings, resource: &Resource) -> Result<Self, tonic::transport::Error> {
        Ok(Self {
            client: TraceServiceClient::new(channel(settings)?),
            headers: settings.headers.expose_secret().clone(),
            resource: resource.into(),
            timeout: settings.timeout,
            server: settings.endpoint.to_string(),
        })
    }

    /// Where it is, without a secret.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    /// Hands over a batch; how many spans of it were turned down.
    pub(super) async fn export(&mut self, batch: Vec<SpanData>) -> Result<u64, Refused> {
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let message = ExportTraceServiceRequest { resource_spans };
        let request = Request::from_parts(self.headers.clone(), Extensions::default(), message);
        let answer = tokio::time::timeout(self.timeout, self.client.export(request)).await;
        let answer = answer.map_err(|_| Refused::ForNow("no answer in time".to_owned()))?;
        let answer = answer.map_err(|status| refused(&status))?.into_inner();
        let rejected = answer.partial_success.map_or(0, |partly| partly.rejected_spans);
        Ok(u64::try_from(rejected).unwrap_or(0))
    }
}

/// The way to a collector; connects to nothing yet.
pub(crate) fn channel(settings: &OtlpSettings) -> Result<Channel, tonic::transport::Error> {
    let endpoint = Endpoint::from_shared(settings.endpoint.expose_secret().to_owned())?
        .connect_timeout(settings.timeout)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT);
    let endpoint = if settings.endpoint.is_encrypted() {
        endpoint.tls_config(ClientTlsConfig::new().with_native_roots())?
    } else {
        endpoint
    };
    Ok(endpoint.connect_lazy())
}

/// Which codes are worth another try: OTLP 1.9, "OTLP/gRPC response", "Failures". A collector that is out of room and does
/// not say until when is not asked again for this batch, which may be what is too large. What failed on our side of the
/// connection says nothing about the batch.
fn refused(status: &Status) -> Refused {
    let why = why(status);
    match status.code() {
        _ if status.source().is_some() => Refused::ForNow(why),
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Refused::ForNow(why),
        _ => Refused::ForGood(why),
    }
}

/// What failed on our side of the connection, such as the certificate, has a source; what the collector says itself is its
/// code and no more.
pub(crate) fn why(status: &Status) -> String {
    let mut why = status.code().description().to_owned();
    let mut source = status.source();
    while let Some(error) = source {
        (why, source) = (error.to_string(), error.source());
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_batch_is_kept_where_another_try_may_help() {
        let answered = |code| refused(&Status::new(code, "ada@example.org"));
        let for_now = |why: &str| Refused::ForNow(why.to_owned());
        assert_eq!(answered(Code::Unavailable), for_now("The service is currently unavailable"));
        assert!(matches!(answered(Code::DeadlineExceeded), Refused::ForNow(_)));
        for code in [Code::ResourceExhausted, Code::InvalidArgument, Code::Unauthenticated, Code::Unknown] {
            let Refused::ForGood(why) = answered(code) else { panic!("{code:?}") };
            assert!(!why.contains("ada@example.org"), "the collector's own words are not repeated: {why}");
        }
        let broken = Status::from_error(Box::new(io::Error::other("connection reset")));
        assert_eq!((broken.code(), refused(&broken)), (Code::Unknown, for_now("connection reset")));
    }
}
