//! What is known of the server, shared by the calls and the supervisor.

use super::LinkSettings;
use super::connection::{Connected, ServerClock};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// Whether the server can be used, and through which connection.
#[derive(Debug)]
pub(super) struct State {
    pub(super) settings: LinkSettings,
    now: Mutex<Now>,
    /// Told when the connection is lost.
    pub(super) lost: Notify,
    /// Told when the first try has ended.
    first_try_ended: Notify,
}

#[derive(Debug)]
enum Now {
    /// Connecting for the first time.
    Starting,
    Connected(Connected),
    /// It was told that the server is away.
    Away,
}

impl State {
    pub(super) fn new(settings: LinkSettings) -> Self {
        Self { settings, now: Mutex::new(Now::Starting), lost: Notify::new(), first_try_ended: Notify::new() }
    }

    /// The connection in use, if there is one.
    pub(super) fn current(&self) -> Option<Connected> {
        self.with(|now| match now {
            Now::Connected(connected) => Some(connected.clone()),
            Now::Starting | Now::Away => None,
        })
    }

    /// The server can be used.
    pub(super) fn use_from_now(&self, connected: Connected) {
        let before = self.with(|now| std::mem::replace(now, Now::Connected(connected)));
        self.first_try_ended.notify_waiters();
        match before {
            Now::Away => {
                tracing::info!(link = self.settings.name, server = %self.settings.url, "redis is back");
            }
            Now::Starting | Now::Connected(_) => {}
        }
    }

    /// The clock of the connection in use was read again.
    pub(super) fn set_clock(&self, number: u64, clock: ServerClock) {
        self.with(|now| {
            if let Now::Connected(connected) = now
                && connected.number == number
            {
                *connected = connected.clone().at(clock);
            }
        });
    }

    /// A call or a probe through that connection has failed: nothing more goes through it.
    pub(super) fn lose(&self, number: u64, reason: &str) {
        let lost = self.with(|now| {
            let is_this = matches!(now, Now::Connected(connected) if connected.number == number);
            is_this.then(|| std::mem::replace(now, Now::Away))
        });
        if lost.is_some() {
            self.tell_away(reason);
            self.lost.notify_one();
        }
    }

    /// The first try at the start has failed; later ones are not told of.
    pub(super) fn could_not_connect(&self, reason: &str) {
        if let Now::Starting = self.with(|now| std::mem::replace(now, Now::Away)) {
            self.first_try_ended.notify_waiters();
            self.tell_away(reason);
        }
    }

    /// Waits for the end of the first try.
    pub(super) async fn tried(&self) {
        let ended = self.first_try_ended.notified();
        tokio::pin!(ended);
        // Listening before looking, so that an end in between is heard.
        ended.as_mut().enable();
        if self.with(|now| matches!(now, Now::Starting)) {
            ended.await;
        }
    }

    fn tell_away(&self, reason: &str) {
        let (link, server) = (self.settings.name, &self.settings.url);
        tracing::warn!(link, %server, reason, "redis is away; it is tried again within a second, and then every second");
    }

    fn with<T>(&self, act: impl FnOnce(&mut Now) -> T) -> T {
        act(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
