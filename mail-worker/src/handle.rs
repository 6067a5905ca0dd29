//! Handling one message: an outcome, a report, and only then its settlement.

use crate::deliver::Deliverer;
use crate::message::{self, MailMessage, Unreadable};
use crate::outcome::{History, Outcome, Undeliverable};
use crate::report::{Reporter, Subject};
use crate::settle::Settling;
use crate::spans;
use crate::verdict::{Verdict, judge};
use common::abort::AbortPoint;
use common::metrics::messaging::Processing;
use common::queue::{Consumer, Delivery, QueueError};
use common::surviving::survived;
use common::telemetry::Span;
use time::OffsetDateTime;
use tokio::time::Instant;

/// Handles messages, one call each.
pub(crate) struct Handler {
    pub(crate) deliverer: Deliverer,
    pub(crate) reporter: Reporter,
    pub(crate) processing: Processing,
}

impl Handler {
    /// Brings a message to its end.
    ///
    /// # Errors
    /// [`QueueError`]: it is not settled and must go back to the queue.
    pub(crate) async fn handle(
        &self,
        consumer: &dyn Consumer,
        delivery: &Delivery,
    ) -> Result<(), QueueError> {
        let begun = Instant::now();
        let read = message::read(delivery);
        let span = spans::process(self.reporter.queue.system(), delivery, &read);
        let handled = span.around(self.handle_read(consumer, delivery, &read, &span)).await;
        if handled.is_err() {
            span.fail("unsettled");
        }
        self.processing.processed(begun.elapsed(), &handled);
        handled
    }

    async fn handle_read(
        &self,
        consumer: &dyn Consumer,
        delivery: &Delivery,
        read: &Result<MailMessage, Unreadable>,
        span: &Span,
    ) -> Result<(), QueueError> {
        let outcome = match read {
            Ok(mail) => self.attempt(mail).await,
            Err(unreadable) => {
                let (why, detail) = (Undeliverable::Undecodable, unreadable.why.clone());
                Outcome::Undeliverable { why, detail, history: History::Clean }
            }
        };
        let now = self.deliverer.conclusions.clock.now();
        let subject = subject_of(read, now);
        let verdict = judge(&subject, &outcome, now);
        spans::decided(span, &verdict);
        log(&subject, &verdict);
        self.report(&verdict).await?;
        let settling = Settling {
            consumer,
            delivery,
            envelope: read.as_ref().ok().map(|mail| &mail.envelope),
            report: verdict.report.as_ref(),
            now,
            abort: &self.deliverer.conclusions.abort,
            metrics: &self.deliverer.metrics,
        };
        settling.settle(&verdict.settlement).await
    }

    /// Also what is done around the sending may panic.
    async fn attempt(&self, mail: &MailMessage) -> Outcome {
        let history = History::of(mail.envelope.tally.unanswered_dots);
        survived(self.deliverer.attempt(mail)).await.unwrap_or(Outcome::Crashed(history))
    }

    async fn report(&self, verdict: &Verdict) -> Result<(), QueueError> {
        if let Some(report) = &verdict.report {
            self.reporter.publish(report).await?;
            self.deliverer.metrics.reported(report.outcome);
            self.deliverer.conclusions.abort.reach(AbortPoint::AfterReport);
        }
        Ok(())
    }
}

fn subject_of(read: &Result<MailMessage, Unreadable>, now: OffsetDateTime) -> Subject {
    match read {
        Ok(mail) => Subject {
            event_id: mail.envelope.event_id,
            attempt: mail.attempt(),
            tally: mail.envelope.tally,
            deliver_by: mail.envelope.deliver_by,
        },
        Err(Unreadable { event_id, tally, .. }) => {
            Subject { event_id: *event_id, attempt: 1, tally: *tally, deliver_by: now }
        }
    }
}

fn log(subject: &Subject, verdict: &Verdict) {
    let outcome = verdict.report.as_ref().map(|report| report.outcome.as_str_name());
    let code = verdict.report.as_ref().map(|report| report.reply_code);
    let Subject { event_id, attempt, .. } = subject;
    tracing::info!(%event_id, attempt, outcome, code, settlement = ?verdict.settlement, "handled a mail");
}
