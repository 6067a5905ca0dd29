//! The span of each call, in the trace of its caller: gateways are trusted to say which trace a call belongs to.
//!
//! Health and reflection have none: probes would be most of all traces, and are about none of them.

use super::around::{Answer, Around};
use super::codes::{is_fault, name};
use common::telemetry::{Span, SpanKind, TraceContext};
use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tonic::{Code, Status};

/// What the paths of our own services begin with.
const OURS: &str = "/passwordreset.v1.";
/// The methods there are. A path that nobody serves is a stranger's text, and names no span.
const METHODS: [&str; 10] = [
    "passwordreset.v1.PasswordResetService/RequestReset",
    "passwordreset.v1.PasswordResetService/InspectLink",
    "passwordreset.v1.PasswordResetService/CompleteReset",
    "passwordreset.v1.PasswordResetService/RevokeReset",
    "passwordreset.v1.PasswordResetService/GetPasswordPolicy",
    "passwordreset.v1.AccountService/CreateAccount",
    "passwordreset.v1.AccountService/ChangeAddress",
    "passwordreset.v1.AccountService/SetDisabled",
    "passwordreset.v1.AccountService/VerifyPassword",
    "passwordreset.v1.SupportService/ExplainDelivery",
];

/// Gives each call its span.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spans;

impl Around for Spans {
    fn around<B, F, E>(&self, request: Request<B>, inner: impl FnOnce(Request<B>) -> F) -> Answer<E>
    where
        F: Future<Output = Result<Response<Body>, E>> + Send + 'static,
    {
        let span = span_of(request.uri().path(), request.headers());
        let answer = inner(request);
        let Some(span) = span else { return Box::pin(answer) };
        Box::pin(async move {
            let answered = span.around(answer).await;
            if let Ok(response) = &answered {
                note(&span, response.headers());
            }
            answered
        })
    }
}

fn span_of(path: &str, headers: &HeaderMap) -> Option<Span> {
    if !path.starts_with(OURS) {
        return None;
    }
    let method = METHODS.into_iter().find(|method| *method == &path[1..]).unwrap_or("_OTHER");
    let span = Span::begin(method, SpanKind::Server, &parent(headers));
    span.set("rpc.system.name", "grpc");
    span.set("rpc.method", method);
    Some(span)
}

/// The caller's place; more than one header is as malformed as a wrong one.
fn parent(headers: &HeaderMap) -> TraceContext {
    let mut values = headers.get_all("traceparent").iter();
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(value), None) => TraceContext::parse(value),
        _ => TraceContext::NONE,
    }
}

/// A refusal stands in the headers; without one the call went well.
fn note(span: &Span, headers: &HeaderMap) {
    let code = Status::from_header_map(headers).map_or(Code::Ok, |status| status.code());
    let name = name(code);
    span.set("rpc.response.status_code", name);
    if is_fault(code) {
        span.fail(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;

    const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn parent_of(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("traceparent", value.parse().unwrap());
        }
        parent(&headers).to_string()
    }

    #[test]
    fn a_caller_says_which_trace_a_call_belongs_to_and_a_mistake_in_it_says_nothing() {
        assert_eq!(parent_of(&[CALLER]), CALLER);
        for wrong in [&[][..], &[""], &["ada@example.org"], &[CALLER, CALLER]] {
            assert_eq!(parent_of(wrong), "", "{wrong:?}");
        }
    }

    #[test]
    fn every_method_that_is_served_has_a_span_of_its_name() {
        let files = prost_types::FileDescriptorSet::decode(proto::PUBLIC_DESCRIPTOR_SET).unwrap().file;
        let mut served = Vec::new();
        for file in files.iter().filter(|file| file.package() == "passwordreset.v1") {
            for service in &file.service {
                let full = |method: &str| format!("{}.{}/{method}", file.package(), service.name());
                served.extend(service.method.iter().map(|method| full(method.name())));
            }
        }
        served.sort();
        let mut named = METHODS.map(str::to_owned).to_vec();
        named.sort();
        assert_eq!(named, served);
    }

    #[test]
    fn probes_have_no_span() {
        assert!(span_of("/grpc.health.v1.Health/Check", &HeaderMap::new()).is_none());
        assert!(span_of("/passwordreset.v1.PasswordResetService/RequestReset", &HeaderMap::new()).is_some());
    }
}
