//! Settling: what the queue is told about a message, last of all.

use crate::metrics::WorkerMetrics;
use common::abort::{AbortPoint, AbortPoints};
use common::event::{Envelope, Tally};
use common::queue::{Consumer, Delivery, QueueError};
use common::telemetry::TraceContext;
use std::time::Duration;

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// It goes.
    Ack,
    /// It comes again.
    Retry {
        /// No sooner than this.
        after: Duration,
        /// Whether an attempt was used up.
        count_attempt: bool,
        /// What the attempts came to, this one included.
        tally: Tally,
    },
    /// It is kept aside for an operator.
    DeadLetter {
        /// Why.
        reason: &'static str,
    },
}

/// A message about to be settled.
pub(crate) struct Settling<'a> {
    pub(crate) consumer: &'a dyn Consumer,
    pub(crate) delivery: &'a Delivery,
    /// None if it could not be read.
    pub(crate) envelope: Option<&'a Envelope>,
    /// Whether a report of the outcome is confirmed.
    pub(crate) reported: bool,
    pub(crate) abort: &'a AbortPoints,
    pub(crate) metrics: &'a WorkerMetrics,
}

impl Settling<'_> {
    /// Settles it.
    ///
    /// # Errors
    /// [`QueueError`] if the queue may not have done it; the message may come again.
    pub(crate) async fn settle(&self, settlement: &Settlement) -> Result<(), QueueError> {
        match settlement {
            Settlement::Ack => self.consumer.ack(self.delivery).await,
            Settlement::Retry { after, count_attempt, tally } => {
                let again = self.envelope.map(|envelope| again(envelope, *count_attempt, *tally));
                self.retry(*after, again).await
            }
            Settlement::DeadLetter { reason } => self.dead_letter(reason).await,
        }
    }

    async fn retry(&self, after: Duration, again: Option<Envelope>) -> Result<(), QueueError> {
        let body = again.map_or_else(|| self.delivery.body.clone(), |envelope| envelope.encode().into());
        let retried = self.consumer.retry(self.delivery, body, after).await;
        self.abort.reach(AbortPoint::AfterRetryPublish);
        retried
    }

    /// Where dead letters find no room, a confirmed final report keeps the promise, and the message may go.
    async fn dead_letter(&self, reason: &'static str) -> Result<(), QueueError> {
        match self.consumer.dead_letter(self.delivery, reason).await {
            Err(QueueError::Full) if self.reported => {
                self.consumer.ack(self.delivery).await?;
                self.metrics.let_go();
            }
            done => {
                done?;
                self.metrics.kept_aside(reason);
            }
        }
        Ok(())
    }
}

/// The next attempt links to this one.
fn again(envelope: &Envelope, count_attempt: bool, tally: Tally) -> Envelope {
    let next = if count_attempt { envelope.after_attempt() } else { envelope.clone() };
    Envelope { former_attempt: TraceContext::current().to_string(), tally, ..next }
}
