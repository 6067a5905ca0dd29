//! Delivering one mail: claim it, make it, send it, and remember what became of it.

use crate::claims::Right;
use crate::conclude::{Conclusions, Marks};
use crate::message::MailMessage;
use crate::metrics::WorkerMetrics;
use crate::outcome::{History, Outcome, Standing, is_by_policy};
use crate::prepare::{Preparer, Unmakeable};
use crate::relays::Relays;
use crate::smtp::{Accepted, SendError};
use common::surviving::survived;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// Brings one mail to an outcome.
pub(crate) struct Deliverer {
    pub(crate) conclusions: Conclusions,
    pub(crate) preparer: Preparer,
    pub(crate) relays: Arc<Relays>,
    /// How long a claim lasts from its last renewal.
    pub(crate) lease: Duration,
    pub(crate) metrics: WorkerMetrics,
}

impl Deliverer {
    /// Tries to deliver. The claim comes before the look at the time: what was sent and only not yet reported must
    /// never be called expired.
    pub(crate) async fn attempt(&self, mail: &MailMessage) -> Outcome {
        let (claims, event_id) = (&self.conclusions.claims, mail.envelope.event_id);
        let Some(_in_hand) = claims.take_in_hand(event_id) else { return Outcome::Held(self.lease) };
        match claims.claim(event_id, mail.envelope.tally.unanswered_dots, self.lease).await {
            Right::ToSend(standing) => self.attempt_claimed(mail, standing).await,
            Right::Sent(record) => {
                self.metrics.sent_before();
                Outcome::Accepted(record)
            }
            Right::OutcomeUnknown => Outcome::Unknown,
            Right::Held(wait) => Outcome::Held(wait),
        }
    }

    async fn attempt_claimed(&self, mail: &MailMessage, standing: Standing) -> Outcome {
        let conclusions = &self.conclusions;
        if conclusions.clock.now() > mail.envelope.deliver_by {
            return conclusions.expire(standing).await;
        }
        // A panic is an outcome like any other: this mail fails, the rest go on. It was told where it happened.
        let marks = conclusions.marks(standing);
        let sending = survived(self.make_and_send(mail, standing, &marks));
        let answer = match standing.fence {
            Some(fence) => conclusions.claims.keep(fence, self.lease, sending).await,
            None => sending.await,
        };
        let history = standing.history;
        match answer {
            Some(Ok(answer)) => conclusions.conclude(mail, standing, answer).await,
            Some(Err((why, detail))) => {
                self.metrics.not_made(why);
                conclusions.claims.release(standing).await;
                Outcome::Undeliverable { why, detail, history }
            }
            None => Outcome::Crashed(marks.history()),
        }
    }

    async fn make_and_send(
        &self,
        mail: &MailMessage,
        standing: Standing,
        marks: &Marks<'_>,
    ) -> Result<Result<Accepted, SendError>, Unmakeable> {
        let outgoing = self.preparer.make(mail)?;
        if standing.history == History::Dotted {
            self.metrics.sent_again();
        }
        let left = mail.envelope.deliver_by - self.conclusions.clock.now();
        let left = Duration::try_from(left).unwrap_or_default();
        let answer = self.relays.send(&outgoing, marks, Instant::now() + left).await;
        if let Err(error) = &answer
            && is_by_policy(error)
        {
            warn_of_policy(mail.envelope.event_id, error);
        }
        Ok(answer)
    }
}

/// The next mail will fare the same: an operator must look at reputation, signatures or content. Replies are masked.
fn warn_of_policy(event_id: Uuid, error: &SendError) {
    let SendError { relay_host, reply, .. } = error;
    let (code, enhanced, text) = reply
        .as_ref()
        .map_or((0, "", ""), |reply| (reply.code, reply.enhanced.as_str(), reply.text.as_str()));
    tracing::warn!(%event_id, relay_host, code, enhanced, text, "a mail was refused by policy");
}
