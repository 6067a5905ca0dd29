//! The token in a path.

use super::site::Site;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::sync::Arc;

/// Whatever stands where a token should; empty if it is no text. It has no `Debug`: it must not reach a log.
pub(super) struct LinkToken(pub(super) String);

impl FromRequestParts<Arc<Site>> for LinkToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let token = Path::<String>::from_request_parts(parts, site).await;
        Ok(Self(token.map(|Path(token)| token).unwrap_or_default()))
    }
}
