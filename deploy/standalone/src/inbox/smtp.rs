//! The SMTP server (RFC 5321), with PIPELINING (RFC 2920), 8BITMIME (RFC 6152), SIZE (RFC 1870),
//! ENHANCEDSTATUSCODES (RFC 2034) and SMTPUTF8 (RFC 6531).
//!
//! Strict where a lax server would hide a fault that the next relay punishes: lines end with CRLF and have at
//! most 998 octets, commands come in order. It takes mail for every address.

mod command;
mod conversation;
mod data;
mod lines;
mod path;
mod reply;
mod session;

use super::store::Store;
use super::{DRAIN_GRACE, Limits};
use common::shutdown::Shutdown;
use conversation::Conversation;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// How many clients are served at once; further ones wait in the listener's backlog. Bounds the memory that
/// mails on their way can take.
const CLIENTS: usize = 128;
/// How long to wait after a failed accept; it fails when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown`, then lets the clients finish the mail they are sending.
pub(super) async fn serve(listener: TcpListener, store: Store, limits: Limits, shutdown: Shutdown) {
    let clients = TaskTracker::new();
    let permits = Arc::new(Semaphore::new(CLIENTS));
    let drained = Shutdown::new();
    while let Some(Ok(permit)) = shutdown.interrupts(Arc::clone(&permits).acquire_owned()).await {
        let Some(stream) = shutdown.interrupts(accept(&listener)).await else { break };
        let conversation = Conversation { store: store.clone(), limits, shutdown: shutdown.clone() };
        let drained = drained.clone();
        clients.spawn(async move {
            drained.interrupts(conversation.hold(stream)).await;
            drop(permit);
        });
    }
    drop(listener);
    clients.close();
    if tokio::time::timeout(DRAIN_GRACE, clients.wait()).await.is_err() {
        tracing::warn!(clients = clients.len(), "the inbox hangs up on smtp clients that did not finish");
    }
    drained.begin();
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!(%error, "the inbox cannot take an smtp connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
