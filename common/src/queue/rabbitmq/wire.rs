//! One living connection: every wait on it has an end, and whoever finds it dead has it replaced.

use super::Settings;
use super::connecting::{Socket, open};
use super::shown::in_short;
use crate::queue::QueueError;
use crate::server_url::ServerUrl;
use futures::StreamExt as _;
use lapin::{Channel, Connection, Event};
use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How often is looked whether the connection still stands: lapin does not tell of every loss.
const LOOK: Duration = Duration::from_millis(100);
/// What a connection says when it is closed in order (AMQP 0-9-1, `reply-success`).
const REPLY_SUCCESS: u16 = 200;

/// A connection, and the way to cut it.
pub(super) struct Wire {
    connection: Connection,
    socket: Socket,
    condemned: CancellationToken,
    why: OnceLock<String>,
    answer: Duration,
}

impl Wire {
    /// # Errors
    /// What went wrong, in a few words without a secret.
    pub(super) async fn open(settings: &Settings, url: &ServerUrl, purpose: &str) -> Result<Self, String> {
        let (connection, socket) = open(settings, url, purpose).await?;
        let (condemned, why, answer) = (CancellationToken::new(), OnceLock::new(), settings.patience.answer);
        Ok(Self { connection, socket, condemned, why, answer })
    }

    /// Whether it is worth using.
    pub(super) fn is_up(&self) -> bool {
        !self.condemned.is_cancelled() && self.connection.status().connected()
    }

    /// Whether the broker takes nothing from it for now: an alarm of memory or disk.
    pub(super) fn is_blocked(&self) -> bool {
        self.connection.status().blocked()
    }

    /// Has it thrown away and replaced. The first reason is the one that is told.
    pub(super) fn condemn(&self, why: impl Into<String>) {
        let _ = self.why.set(why.into());
        self.condemned.cancel();
        self.socket.cut();
    }

    /// A new channel.
    pub(super) async fn channel(&self) -> Result<Channel, QueueError> {
        self.ask("opening a channel", self.connection.create_channel()).await
    }

    /// Waits for the broker's answer, but not for ever; a silent broker condemns the connection.
    pub(super) async fn ask<T>(
        &self,
        what: &str,
        answer: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, QueueError> {
        match timeout(self.answer, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(QueueError::Unconfirmed(format!("{what}: {}", in_short(&error)))),
            Err(_) => {
                self.condemn(format!("{what}: no answer in time"));
                Err(QueueError::Unconfirmed(format!("{what}: no answer in time")))
            }
        }
    }

    /// The same for an answer with a message in it. One that cannot be read ends the connection, and lapin lets whoever
    /// waits for it wait on.
    pub(super) async fn ask_while_up<T>(
        &self,
        what: &str,
        answer: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, QueueError> {
        tokio::select! {
            biased;
            answer = self.ask(what, answer) => answer,
            why = self.lost() => Err(QueueError::Unconfirmed(format!("{what}: {why}"))),
        }
    }

    /// Returns when it is lost or condemned, with the reason.
    pub(super) async fn lost(&self) -> String {
        let mut events = pin!(self.connection.events_listener());
        while self.is_up() {
            tokio::select! {
                () = self.condemned.cancelled() => {}
                () = sleep(LOOK) => {}
                Some(event) = events.next() => self.learn(&event),
            }
        }
        // lapin tells why a moment after it has given the connection up.
        while self.why.get().is_none()
            && let Ok(Some(event)) = timeout(LOOK, events.next()).await
        {
            self.learn(&event);
        }
        self.why.get().cloned().unwrap_or_else(|| "the connection was lost".to_owned())
    }

    /// An operator must learn why nothing is published, and why a connection ended.
    fn learn(&self, event: &Event) {
        match event {
            Event::ConnectionBlocked(reason) => {
                tracing::warn!(reason, "the broker takes no messages for now");
            }
            Event::ConnectionUnblocked => tracing::info!("the broker takes messages again"),
            // That of a channel comes here, too, and the connection lives on.
            Event::Error(error) if !self.connection.status().connected() => {
                let _ = self.why.set(in_short(error));
            }
            _ => {}
        }
    }

    /// Closes it in order, as far as the broker still answers.
    pub(super) async fn close(&self) {
        let closing = self.connection.close(REPLY_SUCCESS, "closed".into());
        // An error means that it is closed already.
        let _ = timeout(self.answer, closing).await;
        self.condemn("closed");
    }
}
