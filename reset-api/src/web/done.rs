//! `/done`: the password is set. It says so to whoever opens it, and knows nobody's name.

use super::site::View;
use super::visitor::Visitor;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

/// The page.
#[derive(Serialize)]
pub(super) struct Done {}

impl View for Done {
    fn template(&self) -> &'static str {
        "done"
    }
    fn heading(&self) -> &'static str {
        "done-heading"
    }
}

/// `GET /done`.
pub(super) async fn show(visitor: Visitor) -> Response {
    visitor.page(StatusCode::OK, &Done {})
}
