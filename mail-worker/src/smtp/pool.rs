//! Connections kept for the next mail.

use super::connection::Connection;
use super::settings::ConnectionLimits;
use futures::future::join_all;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// How long saying QUIT may take; it fits any socket's buffer, so it takes no time at all unless the host is gone.
const FAREWELL: Duration = Duration::from_secs(1);

/// Bounds how many connections there are, and keeps the idle ones. Whoever holds a connection owns it: one that
/// is not given back is closed by being dropped, so a cancelled send never leaves half a transaction behind.
pub(super) struct Pool {
    limits: ConnectionLimits,
    permits: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        // More than the semaphore can count is no limit at all.
        let permits = Semaphore::new(limits.max.min(Semaphore::MAX_PERMITS));
        Self { limits, permits, idle: Mutex::new(Vec::new()) }
    }

    /// The right to hold one connection; `None` if none came free in time.
    pub(super) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        tokio::time::timeout(self.limits.wait, self.permits.acquire()).await.ok()?.ok()
    }

    /// The most recently used connection that is fit for another mail.
    pub(super) async fn take(&self) -> Option<Connection> {
        self.retire_old().await;
        loop {
            let mut connection = self.lock().pop()?.connection;
            if connection.is_quiet().await {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection whose last transaction ended with a 250 to the dot.
    pub(super) async fn give_back(&self, connection: Connection) {
        if connection.mails() >= self.limits.mails {
            connection.quit(FAREWELL).await;
        } else {
            self.lock().push(Idle { connection, since: Instant::now() });
        }
    }

    /// Says QUIT to every idle connection.
    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *self.lock());
        say_quit(idle).await;
    }

    async fn retire_old(&self) {
        let old: Vec<_> =
            self.lock().extract_if(.., |idle| idle.since.elapsed() >= self.limits.idle).collect();
        say_quit(old).await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        // The list is whole between any two operations, so a panic elsewhere has not harmed it.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn say_quit(idle: Vec<Idle>) {
    join_all(idle.into_iter().map(|idle| idle.connection.quit(FAREWELL))).await;
}
