//! LEARN: the worker's reports become the timeline, and start or end a link's clock.

use crate::relay::SILENCE;
use crate::stepping::Step;
use crate::store::Store;
use async_trait::async_trait;
use common::event::{DecodeError, DeliveryReport, Envelope, EventKind, outcome_word};
use common::queue::{Consumer, Delivery, Queue, QueueError, Source};
use common::telemetry::{Begun, Span, SpanKind, TraceContext};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How many reports one transaction takes.
const BATCH: usize = 256;
/// How many may be held unsettled.
const PREFETCH: u16 = 512;
/// How long a step waits for a first report.
const WAIT: Duration = Duration::from_millis(500);

/// The loop that reads reports.
pub struct Reports {
    store: Arc<dyn Store>,
    queue: Arc<dyn Queue>,
    consumer: Mutex<Option<Box<dyn Consumer>>>,
}

impl Reports {
    /// Nothing is consumed before the first step.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, queue: Arc<dyn Queue>) -> Self {
        Self { store, queue, consumer: Mutex::new(None) }
    }

    /// A report that is taken and given back counts as delivered once more, and the broker sets aside what was delivered
    /// too often: while the store is away nothing is taken.
    async fn open(&self) -> anyhow::Result<Box<dyn Consumer>> {
        self.store.ready().await?;
        Ok(self.queue.consume(Source::Reports, PREFETCH).await?)
    }

    /// What can be read comes first: dead letters may be refused, and must not hold up the others.
    async fn take_up(&self, consumer: &dyn Consumer) -> anyhow::Result<u64> {
        let deliveries = consumer.receive(BATCH, WAIT).await?;
        let begun = Begun::now();
        let (mut read, mut reports, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let mut spans = Vec::new();
        for delivery in &deliveries {
            match decode(delivery) {
                Ok((report, context)) => {
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
        set_aside(consumer, &unreadable).await?;
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
        self.store.record_reports(reports, SILENCE).await?;
        for delivery in read {
            consumer.ack(delivery).await?;
        }
        Ok(())
    }
}

async fn set_aside(
    consumer: &dyn Consumer,
    unreadable: &[(&Delivery, DecodeError)],
) -> Result<(), QueueError> {
    for (delivery, error) in unreadable {
        tracing::error!(message_id = %delivery.id, %error, "a report could not be read");
        consumer.dead_letter(delivery, "undecodable").await?;
    }
    Ok(())
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

fn decode(delivery: &Delivery) -> Result<(DeliveryReport, TraceContext), DecodeError> {
    let envelope = Envelope::decode(delivery.body.clone())?;
    if envelope.kind != EventKind::DeliveryReport {
        return Err(DecodeError::Field("kind"));
    }
    Ok((DeliveryReport::decode(envelope.body)?, TraceContext::parse(&envelope.traceparent)))
}
