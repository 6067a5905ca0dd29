//! Delivering one mail: claim it, make it, send it, and remember what became of it.

use crate::conclude::Conclusions;
use crate::dedup::Claim;
use crate::message::MailMessage;
use crate::metrics::WorkerMetrics;
use crate::outcome::{History, Outcome, Standing};
use crate::prepare::{Preparer, Unmakeable};
use crate::smtp::{Accepted, SendError, Transport};
use crate::spans;
use std::time::Duration;
use tokio::time::Instant;

/// Brings one mail to an outcome.
pub(crate) struct Deliverer {
    pub(crate) conclusions: Conclusions,
    pub(crate) preparer: Preparer,
    pub(crate) transport: Transport,
    /// How long a claim lasts from its last renewal.
    pub(crate) lease: Duration,
    pub(crate) metrics: WorkerMetrics,
}

impl Deliverer {
    /// Tries to deliver. The claim comes before the look at the time: what was sent and only not yet reported must
    /// never be called expired.
    pub(crate) async fn attempt(&self, mail: &MailMessage) -> Outcome {
        let claims = &self.conclusions.claims;
        let unanswered_dots = mail.envelope.tally.unanswered_dots;
        let standing = match claims.claim(mail.envelope.event_id, unanswered_dots, self.lease).await {
            None if unanswered_dots > 1 => return Outcome::Unknown,
            None => Standing { fence: None, history: History::of(unanswered_dots) },
            Some(Claim::Fresh(fence)) => Standing { fence: Some(fence), history: History::Clean },
            Some(Claim::Resend(fence)) => Standing { fence: Some(fence), history: History::Dotted },
            Some(Claim::Sent(record)) => {
                self.metrics.sent_before();
                return Outcome::Accepted(record);
            }
            Some(Claim::OutcomeUnknown) => return Outcome::Unknown,
            Some(Claim::Held(wait)) => return Outcome::Held(wait),
        };
        self.attempt_claimed(mail, standing).await
    }

    async fn attempt_claimed(&self, mail: &MailMessage, standing: Standing) -> Outcome {
        let conclusions = &self.conclusions;
        if conclusions.clock.now() > mail.envelope.deliver_by {
            return conclusions.expire(standing).await;
        }
        let sending = self.make_and_send(mail, standing);
        let answer = match standing.fence {
            Some(fence) => conclusions.claims.keep(fence, self.lease, sending).await,
            None => sending.await,
        };
        match answer {
            Ok(answer) => conclusions.conclude(mail, standing, answer).await,
            Err((why, detail)) => {
                self.metrics.not_made(why);
                conclusions.release(standing).await;
                Outcome::Undeliverable(why, detail)
            }
        }
    }

    async fn make_and_send(
        &self,
        mail: &MailMessage,
        standing: Standing,
    ) -> Result<Result<Accepted, SendError>, Unmakeable> {
        let outgoing = self.preparer.make(mail)?;
        if standing.history == History::Dotted {
            self.metrics.sent_again();
        }
        let (span, marks) = (spans::send(), self.conclusions.marks(standing));
        let begun = Instant::now();
        let answer = span.around(self.transport.send(&outgoing, &marks)).await;
        self.metrics.attempted(begun.elapsed(), &answer);
        spans::answered(&span, &answer);
        Ok(answer)
    }
}
