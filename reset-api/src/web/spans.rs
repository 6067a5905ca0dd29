//! The span of each request for a page, by its route: the path has a token in it.
//!
//! A browser's `traceparent` is not looked at: anybody can send one, and would place what we do into a trace of theirs.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use common::telemetry::{Span, SpanKind, TraceContext};

/// Routes that are files; they tell nothing.
const FILES: &str = "/assets/";

/// Answers within a span.
pub(super) async fn within(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    if route.as_ref().is_some_and(|route| route.starts_with(FILES)) {
        return next.run(request).await;
    }
    let method = known(request.method());
    let name = route.as_ref().map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    let span = Span::begin(name, SpanKind::Server, &TraceContext::NONE);
    span.set("http.request.method", method);
    if let Some(route) = route {
        span.set("http.route", route);
    }
    let response = span.around(next.run(request)).await;
    span.set("http.response.status_code", i64::from(response.status().as_u16()));
    if response.status().is_server_error() {
        span.fail("server_error");
    }
    response
}

/// A method that nobody has heard of is a stranger's text.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    }
}
