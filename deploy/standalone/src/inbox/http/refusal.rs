//! What a request that cannot be served is answered.

use crate::inbox::account_events::AccountEventsUnavailable;
use crate::inbox::mail_id::MalformedMailId;
use crate::inbox::store::StoreError;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::error::Error;

/// A status and the sentence that goes with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    text: String,
}

impl Refusal {
    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text: text.into() }
    }

    pub(super) fn forbidden(text: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, text: text.into() }
    }

    pub(super) fn not_found(text: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, text: text.into() }
    }

    pub(super) fn method_not_allowed() -> Self {
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            text: "this path does not have that method".to_owned(),
        }
    }

    /// The cause goes to the log; the client learns that it is not to blame.
    fn internal(cause: &(dyn Error + 'static), text: &str) -> Self {
        tracing::error!(error = cause, "the inbox could not answer");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, text: text.to_owned() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "Error": self.text }))).into_response()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::internal(&error, "the inbox's database failed")
    }
}

impl From<AccountEventsUnavailable> for Refusal {
    fn from(error: AccountEventsUnavailable) -> Self {
        Self::internal(&error, "the account events cannot be read")
    }
}

impl From<MalformedMailId> for Refusal {
    fn from(error: MalformedMailId) -> Self {
        Self::bad_request(error.to_string())
    }
}
