//! What is remembered of an attempt: in dedup, before anybody is told.

use crate::claims::Claims;
use crate::dedup::SentRecord;
use crate::message::MailMessage;
use crate::outcome::{History, Outcome, Standing};
use crate::smtp::{Accepted, Fault, Progress, SendError, Withdrawn};
use async_trait::async_trait;
use common::abort::{AbortPoint, AbortPoints};
use common::clock::{Clock, to_micros};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Ends claims as their attempts ended.
pub(crate) struct Conclusions {
    pub(crate) claims: Claims,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) abort: AbortPoints,
    /// How long after its deliver_by a sent mail is remembered.
    pub(crate) keep_sent: Duration,
}

impl Conclusions {
    /// The relay host was asked, and this is its answer.
    pub(crate) async fn conclude(
        &self,
        mail: &MailMessage,
        standing: Standing,
        answer: Result<Accepted, SendError>,
    ) -> Outcome {
        let error = match answer {
            Ok(accepted) => return self.remember(mail, standing, accepted).await,
            Err(error) => error,
        };
        match error.fault {
            Fault::Ambiguous => {
                self.claims.release_ambiguous(standing, standing.history.dots() + 1).await;
            }
            // The claim is somebody else's by now.
            Fault::Withdrawn => {}
            Fault::RelayHost
            | Fault::Throttling
            | Fault::Faltering
            | Fault::Transient
            | Fault::Permanent
            | Fault::BadAddress => self.claims.release(standing).await,
        }
        Outcome::Failed { error, history: standing.history }
    }

    async fn remember(&self, mail: &MailMessage, standing: Standing, accepted: Accepted) -> Outcome {
        self.abort.reach(AbortPoint::AfterReply);
        let now = self.clock.now();
        let record = SentRecord {
            accepted_at: to_micros(now),
            attempt: mail.attempt(),
            relay_host: accepted.relay_host,
            reply_code: accepted.reply.code,
            enhanced_code: accepted.reply.enhanced,
            reply_text: accepted.reply.text,
        };
        let left = Duration::try_from(mail.envelope.deliver_by - now).unwrap_or_default();
        self.claims.sent(standing, &record, left + self.keep_sent).await;
        self.abort.reach(AbortPoint::AfterSent);
        Outcome::Accepted(record)
    }

    /// Its time was over before the relay host was asked.
    pub(crate) async fn expire(&self, standing: Standing) -> Outcome {
        if standing.history == History::Dotted {
            self.claims.release_ambiguous(standing, standing.history.dots()).await;
            return Outcome::Unknown;
        }
        self.claims.release(standing).await;
        Outcome::Expired
    }

    /// What makes the marks that belong between the SMTP commands.
    pub(crate) fn marks(&self, standing: Standing) -> Marks<'_> {
        Marks { claims: &self.claims, abort: &self.abort, standing, is_dotted: AtomicBool::new(false) }
    }
}

/// Makes the marks that belong between the SMTP commands.
pub(crate) struct Marks<'a> {
    claims: &'a Claims,
    abort: &'a AbortPoints,
    standing: Standing,
    is_dotted: AtomicBool,
}

impl Marks<'_> {
    /// What is known of earlier attempts, and of this one as far as it came.
    pub(crate) fn history(&self) -> History {
        if self.is_dotted.load(Ordering::Relaxed) { History::Dotted } else { self.standing.history }
    }
}

#[async_trait]
impl Progress for Marks<'_> {
    async fn before_data(&self) {
        self.abort.reach(AbortPoint::BeforeData);
    }

    async fn before_dot(&self) -> Result<(), Withdrawn> {
        self.claims.dot(self.standing).await?;
        self.is_dotted.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn after_dot(&self) {
        self.abort.reach(AbortPoint::AfterDot);
    }
}

#[cfg(test)]
mod tests;
