//! The query string, refused in the API's own words.

use super::refusal::Refusal;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// As axum's `Query`, with a [`Refusal`] for what cannot be read.
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(value)| Self(value))
            .map_err(|rejection| Refusal::bad_request(rejection.body_text()))
    }
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Paging {
    /// How many of the newest mails to leave out.
    #[serde(default)]
    pub(super) start: u32,
    /// How many mails at most.
    #[serde(default = "fifty")]
    pub(super) limit: u32,
}

/// Mailpit's default.
fn fifty() -> u32 {
    50
}
