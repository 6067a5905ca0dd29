//! Spans as a person reads them, and the tree they make.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What differs from run to run.
const VARYING: [&str; 2] = ["messaging.message.id", "server.port"];

/// A span that was told; ids are in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// `service.name` of its resource.
    pub service: String,
    /// `service.instance.id` of its resource.
    pub instance: String,
    /// Its trace.
    pub trace: String,
    /// Its id.
    pub id: String,
    /// Its parent's; empty at the root.
    pub parent: String,
    /// What it is called.
    pub name: String,
    /// server, client, producer, consumer or internal.
    pub kind: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// The ids of the spans it links to.
    pub links: Vec<String>,
    /// Whether its work failed.
    pub failed: bool,
    began: u64,
}

/// The spans of one trace, in the order they began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(Vec<Told>);

/// The spans of one call.
pub(super) fn read(request: &ExportTraceServiceRequest) -> Vec<Told> {
    let mut told = Vec::new();
    for resource in &request.resource_spans {
        let attributes = resource.resource.as_ref().map(|it| texts(&it.attributes)).unwrap_or_default();
        let of = |key: &str| attributes.get(key).cloned().unwrap_or_default();
        let (service, instance) = (of("service.name"), of("service.instance.id"));
        let spans = resource.scope_spans.iter().flat_map(|scope| &scope.spans);
        told.extend(spans.map(|span| one(span, &service, &instance)));
    }
    told
}

fn one(span: &Span, service: &str, instance: &str) -> Told {
    Told {
        service: service.to_owned(),
        instance: instance.to_owned(),
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        name: span.name.clone(),
        kind: kind(span.kind()).to_owned(),
        attributes: texts(&span.attributes),
        links: span.links.iter().map(|link| hex(&link.span_id)).collect(),
        failed: span.status.as_ref().is_some_and(|status| status.code() == StatusCode::Error),
        began: span.start_time_unix_nano,
    }
}

fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Server => "server",
        SpanKind::Client => "client",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
        SpanKind::Internal | SpanKind::Unspecified => "internal",
    }
}

fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    attributes.iter().map(|one| (one.key.clone(), text(one.value.as_ref()))).collect()
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(flag)) => flag.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Trace {
    pub(super) fn of(mut spans: Vec<Told>) -> Self {
        spans.sort_by(|a, b| (a.began, &a.id).cmp(&(b.began, &b.id)));
        Self(spans)
    }

    /// Its spans.
    #[must_use]
    pub fn spans(&self) -> &[Told] {
        &self.0
    }

    /// Those that have no parent among them.
    #[must_use]
    pub fn roots(&self) -> Vec<&Told> {
        self.0.iter().filter(|span| !self.0.iter().any(|other| other.id == span.parent)).collect()
    }

    /// The tree as text, a line a span: its number, name, service and kind, whether it failed, its attributes, and the
    /// numbers of the spans it links to.
    #[must_use]
    pub fn tree(&self) -> String {
        let mut order = Vec::new();
        for root in self.roots() {
            self.gather(root, 0, &mut order);
        }
        let number = |id: &String| order.iter().position(|(_, span)| span.id == *id).map(|at| at + 1);
        let mut text = String::new();
        for (at, (depth, span)) in order.iter().enumerate() {
            let links = span.links.iter().map(|id| match number(id) {
                Some(number) => format!(" -> links to {number}"),
                None => " -> links out of this trace".to_owned(),
            });
            let (indent, links) = ("  ".repeat(*depth), links.collect::<String>());
            let _ = writeln!(text, "{:>2} {indent}{}{links}", at + 1, line(span));
        }
        text
    }

    fn gather<'a>(&'a self, span: &'a Told, depth: usize, order: &mut Vec<(usize, &'a Told)>) {
        order.push((depth, span));
        for child in self.0.iter().filter(|child| child.parent == span.id) {
            self.gather(child, depth + 1, order);
        }
    }
}

fn line(span: &Told) -> String {
    let failed = if span.failed { " FAILED" } else { "" };
    let mut line = format!("{} [{} {}]{failed}", span.name, span.service, span.kind);
    for (key, value) in &span.attributes {
        let value = if VARYING.contains(&key.as_str()) { "..." } else { value };
        let _ = write!(line, " {key}={value}");
    }
    line
}
