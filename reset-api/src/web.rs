//! The pages: plain forms around the same heart as gRPC. They need no script and set no cookie.
//!
//! Requests are read by `visitor` and `form`, answered by a file a page group (`forgot`, `new_password`, `done`,
//! `revoke`, `refusal`), each with the values of its template, and rendered by `site` from `templates` and `wording`.
//! `guard` and `headers` stand around everything, and `measure` around those.

use crate::reset::Reset;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response_with_state};
use axum::routing::get;
use common::brand::{AppId, Brands};
use common::http_server;
use common::shutdown::Shutdown;
use common::wording::Strings;
use measure::PageMetrics;
use opentelemetry::metrics::Meter;
use proxies::TrustedProxies;
use site::Site;
use std::sync::Arc;
use tokio::net::TcpListener;

mod assets;
mod done;
mod forgot;
mod form;
mod guard;
mod headers;
mod icons;
mod language;
mod link_token;
mod measure;
mod new_password;
pub mod proxies;
mod refusal;
mod revoke;
mod site;
mod spans;
mod templates;
mod trial;
mod visitor;
mod well_known;
pub mod wording;

/// The most bytes of a form; two passwords of the greatest length fit, unless every character is an escape.
const MAX_BODY: usize = 8 * 1024;
/// How many connections at a time. Each is a file descriptor, and idle for ten seconds at most.
const PLACES: usize = 2_048;

/// What an operator decides about the pages.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Where browsers find the pages: scheme, host, and a path if a proxy in front takes it away.
    pub public_url: String,
    /// The app whose brand a page has that was opened without one.
    pub default_app: AppId,
    /// The proxies in front.
    pub trusted_proxies: TrustedProxies,
}

impl WebSettings {
    /// Whether links may begin with this.
    ///
    /// # Errors
    /// [`PagesError::PublicUrl`].
    pub fn check_public_url(text: &str) -> Result<(), PagesError> {
        site::parse_public_url(text).map(drop)
    }
}

/// The pages cannot be served as they are configured or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PagesError {
    /// The public URL is not one.
    #[error("the public url starts with http:// or https://, has a host, and neither user nor query")]
    PublicUrl,
    /// No bundle has the default app's id.
    #[error("the default app has no brand bundle")]
    DefaultApp,
    /// A template or a string is broken.
    #[error("could not render: {0}")]
    Render(String),
}

/// Every page, compiled and rendered once for each brand and language, so that no visitor is the first to find a mistake.
///
/// A request's client is known where the server gives [`axum::extract::ConnectInfo`] of a [`std::net::SocketAddr`]; headers such as
/// X-Forwarded-For say nothing, unless a trusted proxy wrote them.
///
/// # Errors
/// [`PagesError`].
pub fn router(
    reset: Reset,
    brands: Arc<Brands>,
    strings: Arc<Strings>,
    settings: &WebSettings,
    meter: &Meter,
) -> Result<Router, PagesError> {
    let site = Arc::new(Site::new(reset, brands, strings, settings)?);
    trial::render_everything(&site)?;
    Ok(Router::new()
        .route("/", get(forgot::redirect))
        .route("/.well-known/change-password", get(forgot::redirect))
        .route("/.well-known/assetlinks.json", get(well_known::android))
        .route("/.well-known/apple-app-site-association", get(well_known::apple))
        .route("/forgot", get(forgot::show).post(forgot::send))
        .route("/r/{token}", get(new_password::show))
        .route("/reset", get(refusal::reopen).post(new_password::save))
        .route("/done", get(done::show))
        .route("/revoke", get(refusal::reopen))
        .route("/revoke/{token}", get(revoke::show).post(revoke::revoke))
        .route("/assets/{name}", get(assets::serve))
        .fallback(refusal::not_found)
        .method_not_allowed_fallback(refusal::method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(site.clone(), guard::same_site))
        .layer(from_fn_with_state(site.clone(), guard::survive))
        .layer(map_response_with_state(site.clone(), headers::harden))
        .layer(from_fn(spans::within))
        .layer(from_fn_with_state(PageMetrics::new(meter), measure::request))
        .with_state(site))
}

/// Serves until shutdown begins, then lets the requests under way end.
pub async fn serve(listener: TcpListener, router: Router, shutdown: Shutdown) {
    http_server::serve(listener, PLACES, router, shutdown).await;
}
