//! Serving a router over HTTP/1.1 and HTTP/2, to clients that may mean no good: slow ones are cut off.
//!
//! axum's own loop waits for a request's head as long as its client likes.

use crate::arrivals::{Arrivals, Connection};
use crate::shutdown::Shutdown;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// How long the head of a request may take, from the end of the one before: an idle connection is no loss.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How often a silent connection of HTTP/2 is asked whether it is still there, and how long it may take to say so.
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many requests one connection of HTTP/2 may have under way.
const MAX_STREAMS: u32 = 100;

/// Serves at most so many connections at a time until shutdown begins, then lets the requests under way end. Requests
/// hold the client's address as [`ConnectInfo`].
pub async fn serve(listener: TcpListener, most: usize, router: Router, shutdown: Shutdown) {
    let (arrivals, connections) = (Arrivals::new(listener, most), TaskTracker::new());
    while let Some((connection, peer)) = shutdown.interrupts(arrivals.next()).await {
        connections.spawn(attend(connection, peer, router.clone(), shutdown.clone()));
    }
    drop(arrivals);
    connections.close();
    connections.wait().await;
}

async fn attend(connection: Connection, peer: SocketAddr, router: Router, shutdown: Shutdown) {
    let service = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    let protocols = protocols();
    let mut serving =
        pin!(protocols.serve_connection(TokioIo::new(connection), TowerToHyperService::new(service)));
    let served = tokio::select! {
        served = serving.as_mut() => served,
        () = shutdown.begun() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(error, "a connection ended in the middle");
    }
}

fn protocols() -> Builder<TokioExecutor> {
    let mut protocols = Builder::new(TokioExecutor::new());
    protocols.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    protocols
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .max_concurrent_streams(MAX_STREAMS);
    protocols
}

#[cfg(test)]
mod tests;
