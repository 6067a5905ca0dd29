//! Delivering one mail: claim it, make it, send it, and remember what became of it.

use crate::claims::Claims;
use crate::dedup::{Claim, Fence, SentRecord};
use crate::message::MailMessage;
use crate::outcome::{History, Outcome, Standing};
use crate::prepare::Preparer;
use crate::smtp::{Accepted, Fault, Progress, SendError, Transport, Withdrawn};
use async_trait::async_trait;
use common::abort::{AbortPoint, AbortPoints};
use common::clock::{Clock, to_micros};
use std::sync::Arc;
use std::time::Duration;

/// Brings one mail to an outcome.
pub(crate) struct Deliverer {
    pub(crate) claims: Claims,
    pub(crate) preparer: Preparer,
    pub(crate) transport: Transport,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) abort: AbortPoints,
    /// Longer than the whole SMTP dialogue.
    pub(crate) lease: Duration,
    /// How long after its deliver_by a sent mail is remembered.
    pub(crate) keep_sent: Duration,
}

impl Deliverer {
    /// Tries to deliver. The claim comes before the look at the time: what was sent and only not yet reported must
    /// never be called expired.
    pub(crate) async fn attempt(&self, mail: &MailMessage) -> Outcome {
        let standing = match self.claims.claim(mail.envelope.event_id, self.lease).await {
            None => Standing { fence: None, history: History::Untold },
            Some(Claim::Fresh(fence)) => Standing { fence: Some(fence), history: History::Clean },
            Some(Claim::Resend(fence)) => Standing { fence: Some(fence), history: History::Dotted },
            Some(Claim::Sent(record)) => return Outcome::Accepted(record),
            Some(Claim::OutcomeUnknown) => return Outcome::Unknown,
            Some(Claim::Held(wait)) => return Outcome::Held(wait),
        };
        self.attempt_claimed(mail, standing).await
    }

    async fn attempt_claimed(&self, mail: &MailMessage, standing: Standing) -> Outcome {
        if self.clock.now() > mail.envelope.deliver_by {
            return self.expire(standing).await;
        }
        let outgoing = match self.preparer.make(mail) {
            Ok(outgoing) => outgoing,
            Err((why, detail)) => {
                self.release(standing).await;
                return Outcome::Undeliverable(why, detail);
            }
        };
        let progress = Marks { claims: &self.claims, abort: &self.abort, fence: standing.fence };
        let answer = self.transport.send(&outgoing, &progress).await;
        self.conclude(mail, standing, answer).await
    }

    async fn expire(&self, standing: Standing) -> Outcome {
        if standing.history != History::Dotted {
            self.release(standing).await;
            return Outcome::Expired;
        }
        self.release_ambiguous(standing).await;
        Outcome::Unknown
    }

    /// Remembers what the relay host said, before anybody is told.
    async fn conclude(
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
            Fault::Ambiguous => self.release_ambiguous(standing).await,
            // The claim is somebody else's by now.
            Fault::Withdrawn => {}
            Fault::RelayHost
            | Fault::Throttling
            | Fault::Transient
            | Fault::Permanent
            | Fault::BadAddress => self.release(standing).await,
        }
        Outcome::Failed { error, history: standing.history }
    }

    async fn remember(&self, mail: &MailMessage, standing: Standing, accepted: Accepted) -> Outcome {
        self.abort.reach(AbortPoint::AfterReply);
        let now = self.clock.now();
        let record = SentRecord {
            accepted_at: to_micros(now),
            attempt: mail.envelope.attempt.saturating_add(1),
            relay_host: accepted.relay_host,
            reply_code: accepted.reply.code,
            reply_text: accepted.reply.text,
        };
        if let Some(fence) = standing.fence {
            let left = Duration::try_from(mail.envelope.deliver_by - now).unwrap_or_default();
            self.claims.sent(fence, &record, left + self.keep_sent).await;
        }
        self.abort.reach(AbortPoint::AfterSent);
        Outcome::Accepted(record)
    }

    async fn release(&self, standing: Standing) {
        if let Some(fence) = standing.fence {
            self.claims.release(fence).await;
        }
    }

    async fn release_ambiguous(&self, standing: Standing) {
        if let Some(fence) = standing.fence {
            self.claims.release_ambiguous(fence).await;
        }
    }
}

/// Makes the marks that belong between the SMTP commands.
struct Marks<'a> {
    claims: &'a Claims,
    abort: &'a AbortPoints,
    fence: Option<Fence>,
}

#[async_trait]
impl Progress for Marks<'_> {
    async fn before_data(&self) {
        self.abort.reach(AbortPoint::BeforeData);
    }

    async fn before_dot(&self) -> Result<(), Withdrawn> {
        match self.fence {
            Some(fence) => self.claims.dot(fence).await,
            None => Ok(()),
        }
    }

    async fn after_dot(&self) {
        self.abort.reach(AbortPoint::AfterDot);
    }
}
