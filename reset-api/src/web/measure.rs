//! Pages, measured by the semantic conventions for HTTP: by the route, never by the path, which may hold a token.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use common::metrics::{CALL_SECONDS, OTHER, label, seconds};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};
use tokio::time::Instant;

/// The instrument.
#[derive(Debug, Clone)]
pub(super) struct PageMetrics {
    took: Histogram<f64>,
}

impl PageMetrics {
    pub(super) fn new(meter: &Meter) -> Self {
        let took = meter
            .f64_histogram("http.server.request.duration")
            .with_unit("s")
            .with_description(
                "How long pages took, until their answer began; what leads to no page has no route.",
            )
            .with_boundaries(CALL_SECONDS.to_vec())
            .build();
        Self { took }
    }

    fn record(&self, took: f64, method: &'static str, route: Option<String>, status: u16) {
        let mut attributes = vec![
            label("http.request.method", method),
            KeyValue::new("http.response.status_code", i64::from(status)),
            label("url.scheme", "http"),
        ];
        attributes.extend(route.map(|route| KeyValue::new("http.route", route)));
        if status >= 500 {
            attributes.push(KeyValue::new("error.type", status.to_string()));
        }
        self.took.record(took, &attributes);
    }
}

/// Measures a request, whatever else stands around the page.
pub(super) async fn request(State(metrics): State<PageMetrics>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let begun = Instant::now();
    let response = next.run(request).await;
    metrics.record(seconds(begun.elapsed()), method, route, response.status().as_u16());
    response
}

/// A method's name, if it is one that HTTP defines (RFC 9110, RFC 5789).
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        _ => OTHER,
    }
}
