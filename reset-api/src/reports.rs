//! LEARN: the worker's reports become the timeline, and start or end a link's clock. What operators did to dead letters
//! becomes a part of the audit trail, and what they redrive goes out again, if its link can still live.

use crate::relay::SILENCE;
use crate::stepping::Step;
use crate::store::{Actor, AuditAction, AuditEntry, OPERATOR, OutboxEvent, Redrive, Redriven, Store};
use async_trait::async_trait;
use batch_size::BatchSize;
use common::clock::Clock;
use common::event::{
    DecodeError, DeliveryReport, Envelope, EventKind, MailRedriven, OperatorAct, OperatorAction, outcome_word,
};
use common::one_line::one_line;
use common::queue::{Consumer, Death, Delivery, Queue, QueueError, Source};
use common::telemetry::{Begun, Span, SpanKind, TraceContext};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

mod batch_size;

/// How many may be held unsettled.
const PREFETCH: u16 = 512;
/// How long a step waits for a first report.
const WAIT: Duration = Duration::from_millis(500);

/// The loop that reads reports.
pub struct Reports {
    store: Arc<dyn Store>,
    queue: Arc<dyn Queue>,
    clock: Arc<dyn Clock>,
    consumer: Mutex<Option<Box<dyn Consumer>>>,
    batch: BatchSize,
}

impl Reports {
    /// Nothing is consumed before the first step.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>) -> Self {
        Self { store, queue, clock, consumer: Mutex::new(None), batch: BatchSize::new() }
    }

    /// A report that is taken and given back counts as delivered once more, and the broker sets aside what was delivered
    /// too often: while the store is away nothing is taken.
    async fn open(&self) -> anyhow::Result<Box<dyn Consumer>> {
        self.store.ready().await?;
        Ok(self.queue.consume(Source::Reports, PREFETCH).await?)
    }

    /// What can be read comes first: dead letters may be refused, and must not hold up the others.
    async fn take_up(&self, consumer: &dyn Consumer) -> anyhow::Result<u64> {
        let deliveries = consumer.receive(self.batch.now(), WAIT).await?;
        let begun = Begun::now();
        let (mut read, mut reports, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let mut acts = Vec::new();
        let mut spans = Vec::new();
        for delivery in &deliveries {
            match decode(delivery) {
                Ok((Told::Act(act), _)) => acts.push((delivery, act)),
                Ok((Told::Report(report), context)) => {
                    spans.push(self.span(begun, &report, &context));
                    read.push(delivery);
                    reports.push(report);
                }
                Err(error) => unreadable.push((delivery, error)),
            }
        }
        let recorded = self.record(consumer, &read, &reports).await;
        if recorded.is_err() {
            spans.iter().for_each(|span| span.fail("unsettled"));
        }
        drop(spans);
        recorded?;
        self.write_down(consumer, &acts).await?;
        self.set_aside(consumer, &unreadable).await?;
        Ok(deliveries.len() as u64)
    }

    /// Learning goes on in the trace of the attempt that is reported.
    fn span(&self, begun: Begun, report: &DeliveryReport, context: &TraceContext) -> Span {
        let span = Span::begun_at(begun, "process mail.reports", SpanKind::Consumer, context);
        span.set("messaging.system", self.queue.system());
        span.set("messaging.operation.name", "process");
        span.set("messaging.operation.type", "process");
        span.set("messaging.destination.name", "mail.reports");
        span.set("messaging.message.id", report.report_id.to_string());
        span.set("passwordreset.delivery.outcome", outcome_word(report.outcome));
        span
    }

    /// Recorded first and acked then: dying in between makes a copy, which is recorded once.
    async fn record(
        &self,
        consumer: &dyn Consumer,
        read: &[&Delivery],
        reports: &[DeliveryReport],
    ) -> anyhow::Result<()> {
        if reports.is_empty() {
            return Ok(());
        }
        let recorded = self.store.record_reports(reports, SILENCE).await;
        if recorded.is_err() {
            self.batch.failed(reports.len());
        }
        recorded?;
        self.batch.recorded(reports.len());
        for delivery in read {
            consumer.ack(delivery).await?;
        }
        Ok(())
    }

    /// Likewise.
    async fn write_down(&self, consumer: &dyn Consumer, acts: &[(&Delivery, Act)]) -> anyhow::Result<()> {
        for (delivery, act) in acts {
            match act {
                Act::Only(entry) => self.store.audit(entry).await?,
                Act::Redrive(redrive) => self.redrive(redrive).await?,
            }
            consumer.ack(delivery).await?;
        }
        Ok(())
    }

    async fn redrive(&self, redrive: &Redrive) -> anyhow::Result<()> {
        let event_id = redrive.event.event_id;
        match self.store.redrive(redrive).await? {
            Redriven::Due => tracing::info!(%event_id, "a dead letter is sent again"),
            Redriven::NotSent(why) => {
                tracing::warn!(%event_id, why = why.words(), "a dead letter is not sent again");
            }
            Redriven::ToldBefore => {}
        }
        Ok(())
    }

    async fn set_aside(
        &self,
        consumer: &dyn Consumer,
        unreadable: &[(&Delivery, DecodeError)],
    ) -> Result<(), QueueError> {
        for (delivery, error) in unreadable {
            tracing::error!(message_id = %delivery.id, %error, "a report could not be read");
            let (reason, last_words) = ("undecodable".to_owned(), error.to_string());
            let death = Death { reason, at: self.clock.now(), last_words };
            consumer.dead_letter(delivery, &death).await?;
        }
        Ok(())
    }
}

/// What comes over this queue.
enum Told {
    Report(DeliveryReport),
    Act(Act),
}

/// What an operator did.
enum Act {
    /// It is only written down.
    Only(AuditEntry),
    /// A mail is to go out again.
    Redrive(Box<Redrive>),
}

impl Act {
    fn redrive(MailRedriven { action, envelope }: &MailRedriven) -> Self {
        let event = OutboxEvent {
            event_id: envelope.event_id,
            kind: envelope.kind,
            deliver_by: envelope.deliver_by,
            traceparent: envelope.traceparent.clone(),
            body: envelope.encode(),
        };
        Self::Redrive(Box::new(Redrive { entry: entry(action), event, redrives: envelope.tally.redrives }))
    }
}

/// What the audit trail keeps of it. Whoever can write the queue could tell anything, and it is read at a terminal.
fn entry(action: &OperatorAction) -> AuditEntry {
    let name = one_line(&action.operator);
    AuditEntry {
        id: action.id,
        at: Some(action.at),
        actor: Actor { role: OPERATOR.to_owned(), name, network: None },
        action: match action.act {
            OperatorAct::DeadLettersListed | OperatorAct::Unspecified => AuditAction::DeadLettersListed,
            OperatorAct::DeadLetterShown => AuditAction::DeadLetterShown,
            OperatorAct::DeadLetterRedriven => AuditAction::DeadLetterRedriven,
            OperatorAct::DeadLetterDropped => AuditAction::DeadLetterDropped,
        },
        address_key: None,
        request_id: None,
        event_id: action.event_id,
        detail: one_line(&action.detail),
    }
}

#[async_trait]
impl Step for Reports {
    fn name(&self) -> &'static str {
        "reports"
    }

    async fn has_a_chance(&self) {
        self.queue.consuming_came_up().await;
    }

    async fn step(&self) -> anyhow::Result<u64> {
        let mut slot = self.consumer.lock().await;
        let consumer = match slot.take() {
            Some(consumer) => consumer,
            None => self.open().await?,
        };
        // On an error the consumer is dropped, which returns what it holds to the queue.
        let done = self.take_up(&*consumer).await?;
        *slot = Some(consumer);
        Ok(done)
    }
}

fn decode(delivery: &Delivery) -> Result<(Told, TraceContext), DecodeError> {
    let envelope = Envelope::decode(delivery.body.clone())?;
    let told = match envelope.kind {
        EventKind::DeliveryReport => Told::Report(DeliveryReport::decode(envelope.body)?),
        EventKind::OperatorAction => Told::Act(Act::Only(entry(&OperatorAction::decode(envelope.body)?))),
        EventKind::MailRedriven => Told::Act(Act::redrive(&MailRedriven::decode(envelope.body)?)),
        _ => return Err(DecodeError::Field("kind")),
    };
    Ok((told, TraceContext::parse(&envelope.traceparent)))
}
