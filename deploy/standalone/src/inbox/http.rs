//! The page and the API.
//!
//! Paths, parameters and JSON under `/api/v1/` are Mailpit's, except `wait` and `account-events`, which it does
//! not have. Errors are `{"Error": "…"}`.

mod account_events;
mod frame;
mod info;
mod mails;
mod message;
mod page;
mod parameters;
mod refusal;
mod security;
mod wait;

use super::DRAIN_GRACE;
use super::account_events::AccountEvents;
use super::store::Store;
use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum::routing::get;
use common::http_server;
use common::shutdown::Shutdown;
use refusal::Refusal;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpListener;

/// How many connections at a time: pages that look on, and tests that wait.
const PLACES: usize = 512;

/// What the handlers work with.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) store: Store,
    pub(super) events: Arc<dyn AccountEvents>,
    /// Where the SMTP server is, once it is.
    pub(super) smtp_address: Arc<OnceLock<SocketAddr>>,
    /// Ends waiting requests.
    pub(super) shutdown: Shutdown,
}

/// Serves until `shutdown`, then lets the requests in work end.
pub(super) async fn serve(listener: TcpListener, served: Served) {
    let shutdown = served.shutdown.clone();
    let begun = shutdown.clone();
    let server = http_server::serve(listener, PLACES, router(served), begun);
    let patience = async {
        shutdown.begun().await;
        tokio::time::sleep(DRAIN_GRACE).await;
    };
    tokio::select! {
        () = server => {}
        () = patience => tracing::warn!("the inbox hangs up on http clients that did not finish"),
    }
}

fn router(served: Served) -> Router {
    Router::new()
        .route("/", get(page::document))
        .route("/inbox.css", get(page::style))
        .route("/inbox.js", get(page::script))
        .route("/changes", get(page::changes))
        .route("/view/{name}", get(frame::view))
        .route("/api/v1/info", get(info::info))
        .route("/api/v1/messages", get(mails::list).put(mails::set_read).delete(mails::delete))
        .route("/api/v1/search", get(mails::search).delete(mails::delete_found))
        .route("/api/v1/message/{id}", get(message::content))
        .route("/api/v1/message/{id}/headers", get(message::headers))
        .route("/api/v1/message/{id}/raw", get(message::raw))
        .route("/api/v1/wait", get(wait::wait))
        .route("/api/v1/account-events", get(account_events::list))
        .fallback(async || Refusal::not_found("no such path"))
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(from_fn(security::guard))
        .layer(map_response(security::harden))
        .with_state(served)
}
