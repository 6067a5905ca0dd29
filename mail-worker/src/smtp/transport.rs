//! The transport: a mail in, a verdict out.

use super::connection::Connection;
use super::dial::Dialler;
use super::failure::{Failure, FailureAt};
use super::letter::Letter;
use super::pool::Pool;
use super::reply::ReplyLines;
use super::settings::{Settings, SettingsError};
use super::{Accepted, Fault, Progress, Reply, SendError, classify};
use crate::mail::OutgoingMail;
use common::event::DeliveryStage;
use common::one_line::one_line;
use std::fmt;

/// Sends mails to a relay host over kept connections. Sends run at the same time, each on its own connection.
pub struct Transport {
    dialler: Dialler,
    pool: Pool,
    relay_host: String,
}

impl Transport {
    /// Checks the settings and, for TLS, reads the operating system's trust anchors. Connects to nothing yet.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let relay_host = settings.relay_host.to_string();
        let pool = Pool::new(settings.connections);
        Ok(Self { dialler: Dialler::new(settings)?, pool, relay_host })
    }

    /// Sends one mail. Dropping the future closes its connection; whether the mail went out is told by the hooks of
    /// `progress` that were called.
    ///
    /// # Errors
    /// [`SendError`] carries its verdict; the caller obeys it.
    pub async fn send(&self, mail: &OutgoingMail, progress: &dyn Progress) -> Result<Accepted, SendError> {
        let sent = self.try_send(mail, progress).await;
        match sent {
            Ok(reply) => Ok(Accepted { relay_host: self.relay_host.clone(), reply: reply.to_reply() }),
            Err(failure) => Err(self.verdict(&failure)),
        }
    }

    /// Says QUIT to the connections that are kept. Sends under way go on.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// `host:port` of the relay host.
    #[must_use]
    pub fn relay_host(&self) -> &str {
        &self.relay_host
    }

    async fn try_send(&self, mail: &OutgoingMail, progress: &dyn Progress) -> Result<ReplyLines, FailureAt> {
        let letter = Letter::new(mail).map_err(Failure::at(DeliveryStage::Render))?;
        // All connections being busy for so long is the relay host's slowness, and no attempt at this mail.
        let busy = Failure::Stopped(Fault::Throttling, "no connection to the relay host came free");
        let _permit =
            self.pool.permit().await.ok_or(FailureAt { stage: DeliveryStage::Unspecified, failure: busy })?;
        if let Some(kept) = self.pool.take().await {
            match self.transmit(kept, &letter, progress).await {
                Err(failure) if failure.is_dead_connection() => {
                    tracing::debug!(relay_host = %self.relay_host, "a kept connection had ended; dialling");
                }
                outcome => return outcome,
            }
        }
        let fresh = self.dialler.dial().await.map_err(Failure::at(DeliveryStage::Connect))?;
        self.transmit(fresh, &letter, progress).await
    }

    /// The connection comes back to the pool after a 250 to the dot only.
    async fn transmit(
        &self,
        mut connection: Connection,
        letter: &Letter,
        progress: &dyn Progress,
    ) -> Result<ReplyLines, FailureAt> {
        let reply = connection.transmit(letter, progress, &self.dialler.settings().timeouts).await?;
        self.pool.give_back(connection).await;
        Ok(reply)
    }

    fn verdict(&self, failure: &FailureAt) -> SendError {
        SendError {
            relay_host: self.relay_host.clone(),
            stage: failure.stage,
            fault: classify::fault(failure),
            reply: reply_of(&failure.failure),
            detail: one_line(&failure.failure.to_string()),
        }
    }
}

fn reply_of(failure: &Failure) -> Option<Reply> {
    match failure {
        Failure::Answered(reply) => Some(reply.to_reply()),
        _ => None,
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transport({})", self.relay_host)
    }
}
