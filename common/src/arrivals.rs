//! Connections as they arrive: so many at a time, and none that keeps its place by saying nothing.
//!
//! A listener that takes whoever comes runs out of file descriptors, and then the process can reach its own servers no
//! longer. Here it is the next client that waits, in the kernel's queue.

use nix::sys::resource::{Resource, getrlimit};
use std::future::Future as _;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};

/// The part of the process's file descriptors that one listener may fill: there are three, and the servers behind us need
/// theirs.
const SHARE: u64 = 6;
/// How many bytes must arrive before the protocol's own time limits begin: those of HTTP/2's preface (RFC 9113 §3.4). A
/// request of HTTP/1.1 with its host has more.
const FIRST_WORD: usize = 24;
/// How long they may take.
const FIRST_WORD_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may take nothing of what is there for it.
const TAKES_WITHIN: Duration = Duration::from_secs(30);
/// How long to wait after the system had nothing left to accept a connection with.
const EXHAUSTED: Duration = Duration::from_secs(1);

/// A listener with so many places.
#[derive(Debug)]
pub struct Arrivals {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

/// A connection, which has its place until it is dropped.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Until the first word is complete.
    first_word: Option<FirstWord>,
    /// While nothing can be written: when that has lasted too long.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: Option<OwnedSemaphorePermit>,
}

#[derive(Debug)]
struct FirstWord {
    missing: usize,
    time_is_over: Pin<Box<Sleep>>,
}

impl Arrivals {
    /// Lets in at most so many at a time, and no more than a share of what the process may open.
    #[must_use]
    pub fn new(listener: TcpListener, most: usize) -> Self {
        let places = most.min(share_of(descriptors()));
        if places < most {
            tracing::warn!(
                places,
                wanted = most,
                "the limit of open files leaves a listener few connections"
            );
        }
        Self { listener, places: Arc::new(Semaphore::new(places)) }
    }

    /// Waits for a place, and for the next client to take it. Whatever goes wrong, the one after it is waited for.
    pub async fn next(&self) -> (Connection, SocketAddr) {
        // The places are never closed.
        let place = self.places.clone().acquire_owned().await.ok();
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => return (Connection::new(stream, place), peer),
                Err(error) if is_about_one_client(&error) => {}
                Err(error) => {
                    tracing::error!(%error, again_in = ?EXHAUSTED, "no connection can be accepted");
                    sleep(EXHAUSTED).await;
                }
            }
        }
    }
}

/// How many the process may have; where nobody says, as many as it likes.
fn descriptors() -> u64 {
    getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::MAX, |(soft, _)| soft)
}

fn share_of(descriptors: u64) -> usize {
    usize::try_from(descriptors / SHARE).unwrap_or(usize::MAX).clamp(1, Semaphore::MAX_PERMITS)
}

fn is_about_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

impl Connection {
    fn new(stream: TcpStream, place: Option<OwnedSemaphorePermit>) -> Self {
        // Without it answers wait for acknowledgements; a socket that cannot be told so still works.
        let _ = stream.set_nodelay(true);
        let first_word =
            Some(FirstWord { missing: FIRST_WORD, time_is_over: Box::pin(sleep(FIRST_WORD_WITHIN)) });
        Self { stream, first_word, stalled: None, _place: place }
    }

    fn heard(&mut self, bytes: usize) {
        if let Some(word) = &mut self.first_word {
            word.missing = word.missing.saturating_sub(bytes);
            if word.missing == 0 {
                self.first_word = None;
            }
        }
    }

    /// The outcome of a write, or the end of waiting for one.
    fn told<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(TAKES_WITHIN)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buffer) {
            this.heard(buffer.filled().len() - before);
            return Poll::Ready(read);
        }
        let Some(word) = &mut this.first_word else { return Poll::Pending };
        ready!(word.time_is_over.as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.told(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bytes);
        this.told(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_full_listeners_leave_half_of_the_descriptors() {
        for (descriptors, places) in
            [(0, 1), (5, 1), (128, 21), (1_024, 170), (u64::MAX, Semaphore::MAX_PERMITS)]
        {
            assert_eq!(share_of(descriptors), places, "{descriptors}");
        }
    }
}
