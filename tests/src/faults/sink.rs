//! The relay host of a run, in this process: remembers every mail it took, and misbehaves as its [`Mood`] says.

mod mail;
mod mood;
mod session;

pub(super) use mail::Taken;
pub(super) use mood::{Deed, Mood, Stage};

use super::scene::COPIES;
use crate::ports::free_port;
use crate::test_certificate::TestCertificate;
use common::clock::Clock;
use mail::Mails;
use rustls::ServerConfig;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 128;

/// The relay host, listening until it is dropped.
pub(super) struct Sink {
    port: u16,
    shared: Arc<Shared>,
    mood: watch::Sender<Option<Mood>>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

/// What every connection sees.
struct Shared {
    seed: u64,
    clock: Arc<dyn Clock>,
    mails: Arc<Mails>,
    mood: watch::Receiver<Option<Mood>>,
    certificates: Option<Certificates>,
    /// How often it misbehaved.
    deeds: AtomicU64,
    /// How much later the next mails are answered, and how many they are.
    stalling: Mutex<(Duration, usize)>,
    /// Numbers what has no name of its own.
    count: AtomicU64,
    /// How many mails it took.
    took: AtomicU64,
}

/// The one that clients trust, and one that they must not.
#[derive(Debug)]
pub(super) struct Certificates {
    trusted: Arc<ServerConfig>,
    stranger: Arc<ServerConfig>,
    /// What clients trust, in PEM.
    pub(super) roots: String,
}

impl Certificates {
    pub(super) fn for_host(name: &str) -> anyhow::Result<Self> {
        let (ours, stranger) = (TestCertificate::for_host(name)?, TestCertificate::for_host(name)?);
        Ok(Self { trusted: ours.server_config()?, stranger: stranger.server_config()?, roots: ours.pem })
    }
}

impl Sink {
    /// Listens; each first copy of a mail is handed to `arrivals`, too.
    pub(super) fn start(
        seed: u64,
        clock: Arc<dyn Clock>,
        certificates: Option<Certificates>,
        arrivals: mpsc::UnboundedSender<Taken>,
    ) -> anyhow::Result<Self> {
        Self::taking(Arc::new(Mails::new(arrivals)), seed, clock, certificates)
    }

    /// Another one, with a mood of its own; what either took is in one list.
    pub(super) fn start_beside(&self) -> anyhow::Result<Self> {
        let Shared { seed, clock, mails, .. } = &*self.shared;
        Self::taking(mails.clone(), *seed, clock.clone(), None)
    }

    fn taking(
        mails: Arc<Mails>,
        seed: u64,
        clock: Arc<dyn Clock>,
        certificates: Option<Certificates>,
    ) -> anyhow::Result<Self> {
        let (mood, seen) = watch::channel(None);
        let [deeds, count, took] = [0; 3].map(AtomicU64::new);
        let stalling = Mutex::default();
        let shared =
            Arc::new(Shared { seed, clock, mails, mood: seen, certificates, deeds, stalling, count, took });
        let sink = Self { port: free_port()?, shared, mood, listening: Mutex::new(None) };
        sink.listen()?;
        Ok(sink)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// From now on it is in this mood; `None`: it is well.
    pub(super) fn feel(&self, mood: Option<Mood>) -> anyhow::Result<()> {
        let refuses = mood.is_some_and(|mood| mood.deed.refuses());
        let before = self.mood.send_replace(mood);
        if let Some(Mood { deed: Deed::RefuseThenStall(delay), .. }) = before {
            *self.shared.stalling.lock().unwrap_or_else(PoisonError::into_inner) = (delay, COPIES);
        }
        if refuses {
            self.shared.deeds.fetch_add(1, Ordering::Relaxed);
            self.close();
            return Ok(());
        }
        self.listen()
    }

    /// Everything it took, in the order of the final dots.
    pub(super) fn taken(&self) -> Vec<Taken> {
        self.shared.mails.all()
    }

    /// How many of them came to this one.
    pub(super) fn took(&self) -> u64 {
        self.shared.took.load(Ordering::Relaxed)
    }

    /// How often it misbehaved so far.
    pub(super) fn deeds(&self) -> u64 {
        self.shared.deeds.load(Ordering::Relaxed)
    }

    fn listen(&self) -> anyhow::Result<()> {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if listening.is_none() {
            let socket = TcpSocket::new_v4()?;
            socket.set_reuseaddr(true)?;
            socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))?;
            *listening = Some(tokio::spawn(accept(socket.listen(BACKLOG)?, self.shared.clone())));
        }
        Ok(())
    }

    fn close(&self) {
        if let Some(task) = self.listening.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

impl Shared {
    /// How much later than others the mail is answered whose dot has come.
    fn stalls(&self) -> Duration {
        let mut stalling = self.stalling.lock().unwrap_or_else(PoisonError::into_inner);
        let (delay, mails) = *stalling;
        *stalling = (delay, mails.saturating_sub(1));
        if mails == 0 { Duration::ZERO } else { delay }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.close();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        // How a connection ends is what its client has to live with.
        tokio::spawn(async move { session::serve(stream, shared).await.ok() });
    }
}
