//! A connection that is always being kept up: its supervisor connects, declares, watches, and starts again.

use super::Shared;
use super::wire::Wire;
use crate::backoff::Backoff;
use crate::queue::QueueError;
use crate::surviving::{PANICKED, survived};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often is tried to connect; there is no last try.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(200), ceiling: Duration::from_secs(30) };
/// A connection that stood so long was a good one: the next failure is the first.
const GOOD: Duration = Duration::from_secs(30);

/// The pause after a panic: it may come again at once.
const AFTER_PANIC: Duration = Duration::from_secs(1);

/// No broker could be connected to, and why not the last one, in a few words without a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not connected to {servers}: {why}")]
pub struct NotConnected {
    servers: String,
    why: String,
}

/// The one connection for its purpose, whichever it is by now.
pub(super) struct Link {
    state: watch::Receiver<State>,
    reconnect: Duration,
    servers: String,
}

#[derive(Clone)]
enum State {
    Down {
        since: Instant,
        /// How often was tried in vain since then, and why the last time.
        failures: usize,
        why: String,
    },
    Up(Arc<Wire>),
}

impl State {
    fn down() -> Self {
        Self::Down { since: Instant::now(), failures: 0, why: String::new() }
    }

    fn wire(&self) -> Option<&Arc<Wire>> {
        match self {
            State::Up(wire) if wire.is_up() => Some(wire),
            _ => None,
        }
    }
}

impl Link {
    /// Starts the supervisor.
    pub(super) fn start(
        purpose: &'static str,
        shared: &Arc<Shared>,
        end: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Self {
        let (told, state) = watch::channel(State::down());
        let others = shared.came_up.subscribe();
        let mut supervisor = Supervisor { purpose, shared: Arc::clone(shared), told, others };
        let end = end.clone();
        tasks.spawn(async move {
            end.run_until_cancelled(supervisor.keep_up()).await;
            supervisor.end().await;
        });
        let settings = &shared.settings;
        Self { state, reconnect: settings.patience.reconnect, servers: settings.urls.to_string() }
    }

    pub(super) fn is_up(&self) -> bool {
        self.state.borrow().wire().is_some()
    }

    /// Returns when the connection is up, or never will be.
    pub(super) async fn came_up(&self) {
        // It fails when the supervisor has ended.
        let _ = self.state.clone().wait_for(|state| state.wire().is_some()).await;
    }

    /// Returns when the connection is up or, once it was tried so often in vain, why it is not.
    ///
    /// # Errors
    /// [`NotConnected`].
    pub(super) async fn reached(&self, tries: usize) -> Result<(), NotConnected> {
        let mut state = self.state.clone();
        let is_decided = |state: &State| match state {
            State::Up(_) => state.wire().is_some(),
            State::Down { failures, .. } => *failures >= tries,
        };
        let why = match state.wait_for(is_decided).await.as_deref() {
            Ok(State::Up(_)) => return Ok(()),
            Ok(State::Down { why, .. }) => why.clone(),
            Err(_) => "the queue was closed".to_owned(),
        };
        Err(NotConnected { servers: self.servers.clone(), why })
    }

    /// The connection; one that is away is waited for, but only for a moment since it went.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if it stays away.
    pub(super) async fn wire(&self) -> Result<Arc<Wire>, QueueError> {
        let mut state = self.state.clone();
        let asked = Instant::now();
        loop {
            let since = match &*state.borrow_and_update() {
                State::Up(wire) if wire.is_up() => return Ok(Arc::clone(wire)),
                // Its supervisor has not noticed yet.
                State::Up(_) => asked,
                State::Down { since, .. } => *since,
            };
            if !matches!(timeout_at(since + self.reconnect, state.changed()).await, Ok(Ok(()))) {
                return Err(QueueError::Unconfirmed(format!("not connected to {}", self.servers)));
            }
        }
    }
}

/// Keeps one connection up.
struct Supervisor {
    purpose: &'static str,
    shared: Arc<Shared>,
    told: watch::Sender<State>,
    /// Tells when the connection for another purpose came up.
    others: watch::Receiver<u64>,
}

impl Supervisor {
    async fn keep_up(&mut self) {
        let mut failures = 0;
        loop {
            if survived(self.turn(&mut failures)).await.is_none() {
                self.leave_connection();
                sleep(AFTER_PANIC).await;
            }
        }
    }

    /// One connection, and the wait for the next.
    async fn turn(&mut self, failures: &mut u32) {
        let begun = Instant::now();
        let broker = self.shared.brokers.turn();
        let why = self.one_connection(broker).await;
        let brokers = &self.shared.brokers;
        brokers.failed(broker);
        self.told.send_modify(|state| {
            if let State::Down { failures, why: last, .. } = state {
                *failures += 1;
                last.clone_from(&why);
            }
        });
        *failures = if begun.elapsed() > GOOD { 1 } else { failures.saturating_add(1) };
        let wait = BACKOFF.wait(brokers.rounds(*failures), &*self.shared.entropy);
        tracing::warn!(
            server = "RabbitMQ",
            purpose = self.purpose,
            url = %brokers.at(broker),
            why,
            next_try = ?wait,
            "not connected"
        );
        // The server is back for one purpose, so it is for this one, too.
        let is_back = async {
            let _ = self.others.changed().await;
            sleep(BACKOFF.floor).await;
        };
        let _ = timeout(wait, is_back).await;
    }

    /// What a connection was in the middle of when its turn panicked is not known.
    fn leave_connection(&self) {
        if let State::Up(wire) = self.told.send_replace(State::down()) {
            wire.condemn(PANICKED);
        }
    }

    /// Connects, and returns why it did not work or no longer does.
    async fn one_connection(&mut self, broker: usize) -> String {
        let wire = match self.bring_up(broker).await {
            Ok(wire) => Arc::new(wire),
            Err(why) => return why,
        };
        tracing::info!(
            server = "RabbitMQ",
            purpose = self.purpose,
            url = %self.shared.brokers.at(broker),
            "connected"
        );
        self.told.send_replace(State::Up(Arc::clone(&wire)));
        self.shared.came_up.send_modify(|times| *times = times.wrapping_add(1));
        let why = wire.lost().await;
        self.others.mark_unchanged();
        self.told.send_replace(State::down());
        wire.condemn(why.clone());
        why
    }

    async fn bring_up(&self, broker: usize) -> Result<Wire, String> {
        let wire = Wire::open(&self.shared.settings, self.shared.brokers.at(broker), self.purpose).await?;
        match self.shared.declare(&wire).await {
            Ok(()) => Ok(wire),
            Err(QueueError::Unconfirmed(why)) => Err(why),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn end(&self) {
        let last = self.told.send_replace(State::down());
        if let State::Up(wire) = last {
            wire.close().await;
        }
    }
}
