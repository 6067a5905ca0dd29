//! The admin listener: is the process alive, is it ready for work, which servers does it reach, and what has it measured.

use crate::http_server;
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::net::TcpListener;

/// How many connections at a time: probes and scrapers are few.
const PLACES: usize = 64;

/// A question with a quick answer.
pub type Probe = Arc<dyn Fn() -> bool + Send + Sync>;

/// A server this process works with.
#[derive(Clone)]
pub struct Peer {
    /// What it is called.
    pub name: &'static str,
    /// Whether it is reached at this moment.
    pub is_connected: Probe,
}

impl Peer {
    /// A peer that answers by `is_connected`.
    #[must_use]
    pub fn new(name: &'static str, is_connected: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { name, is_connected: Arc::new(is_connected) }
    }
}

/// What the admin listener tells.
pub struct Told {
    /// Whether the process is ready.
    pub ready: Probe,
    /// The servers it works with.
    pub peers: Vec<Peer>,
    /// What it has measured; readiness and peers are among it.
    pub metrics: Metrics,
}

/// Serves `GET /live` (200 as long as anything is), `GET /ready` (200 or 503, and a line for each peer) and
/// `GET /metrics` until shutdown begins.
pub async fn serve(listener: TcpListener, told: Told, shutdown: Shutdown) {
    let Told { ready, peers, metrics } = told;
    metrics.watch(&ready, &peers);
    let readiness = move || async move { answer(ready(), &peers) };
    let router = Router::new()
        .route("/live", get(|| async { "live\n" }))
        .route("/ready", get(readiness))
        .route("/metrics", get(move || async move { measured(&metrics) }));
    http_server::serve(listener, PLACES, router, shutdown).await;
}

fn answer(ready: bool, peers: &[Peer]) -> (StatusCode, String) {
    let (status, word) =
        if ready { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    let mut body = format!("{word}\n");
    for peer in peers {
        let state = if (peer.is_connected)() { "connected" } else { "away" };
        // Writing to a string does not fail.
        let _ = writeln!(body, "{}: {state}", peer.name);
    }
    (status, body)
}

fn measured(metrics: &Metrics) -> Response {
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be told");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
