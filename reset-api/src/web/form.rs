//! A form on its way in: small, soon, and answered with a page whatever is wrong with it.

use super::refusal::{self, Refused};
use super::site::Site;
use super::visitor::Visitor;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long a form may take to arrive: 8 KiB over the slowest telephone line, and no slow client holds us longer.
const ARRIVES_WITHIN: Duration = Duration::from_secs(10);

/// A form and who sent it.
pub(super) struct Posted<T> {
    pub(super) visitor: Visitor,
    pub(super) form: T,
}

impl<T: DeserializeOwned> FromRequest<Arc<Site>> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visitor = Visitor::of(&parts, site);
        let reading = Form::<T>::from_request(Request::from_parts(parts, body), site);
        let status = match timeout(ARRIVES_WITHIN, reading).await {
            Ok(Ok(Form(form))) => return Ok(Self { visitor, form }),
            Ok(Err(rejection)) => rejection_status(&rejection),
            Err(_) => StatusCode::REQUEST_TIMEOUT,
        };
        Err(refusal::answer(&visitor, Refused::Malformed(status)))
    }
}

/// A form with a field twice is as malformed as one that is no form.
fn rejection_status(rejection: &FormRejection) -> StatusCode {
    match rejection.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    }
}
