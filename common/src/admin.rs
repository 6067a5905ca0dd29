//! The admin listener: is the process alive, and is it ready for work.

use crate::shutdown::Shutdown;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Serves `GET /live` (200 as long as anything is) and `GET /ready` (200 or 503) until shutdown begins.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    ready: watch::Receiver<bool>,
    shutdown: Shutdown,
) -> std::io::Result<()> {
    let is_ready = move || async move {
        if *ready.borrow() {
            (StatusCode::OK, "ready\n")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    };
    let router = Router::new().route("/live", get(|| async { "live\n" })).route("/ready", get(is_ready));
    axum::serve(listener, router).with_graceful_shutdown(async move { shutdown.begun().await }).await
}
