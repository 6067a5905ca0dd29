//! A queue that is measured. It stands around either implementation, and changes nothing of what that promises.

use super::{Consumer, Death, Delivery, Message, Queue, QueueError, Route, Source};
use crate::metrics::messaging::{QueueMetrics, Settling};
use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::metrics::Meter;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The queue port, measured.
pub struct MeteredQueue {
    inner: Arc<dyn Queue>,
    metrics: QueueMetrics,
}

impl MeteredQueue {
    /// Measures what goes through it.
    #[must_use]
    pub fn new(inner: Arc<dyn Queue>, meter: &Meter) -> Self {
        Self { metrics: QueueMetrics::new(meter, inner.system()), inner }
    }
}

struct MeteredConsumer {
    inner: Box<dyn Consumer>,
    source: Source,
    metrics: QueueMetrics,
}

#[async_trait]
impl Queue for MeteredQueue {
    fn system(&self) -> &'static str {
        self.inner.system()
    }

    async fn publishing_came_up(&self) {
        self.inner.publishing_came_up().await;
    }

    async fn consuming_came_up(&self) {
        self.inner.consuming_came_up().await;
    }

    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        let begun = Instant::now();
        let verdicts = self.inner.publish(route, batch).await;
        self.metrics.published(route, begun.elapsed(), &verdicts);
        verdicts
    }

    async fn consume(&self, source: Source, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let inner = self.inner.consume(source, prefetch).await?;
        Ok(Box::new(MeteredConsumer { inner, source, metrics: self.metrics.clone() }))
    }
}

impl MeteredConsumer {
    async fn settle(
        &self,
        settling: Settling,
        work: impl Future<Output = Result<(), QueueError>>,
    ) -> Result<(), QueueError> {
        let begun = Instant::now();
        let done = work.await;
        self.metrics.settled(self.source, settling, begun.elapsed(), &done);
        done
    }
}

#[async_trait]
impl Consumer for MeteredConsumer {
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let received = self.inner.receive(max, wait).await?;
        self.metrics.received(self.source, received.len());
        Ok(received)
    }

    async fn stop(&self) -> Result<(), QueueError> {
        self.inner.stop().await
    }

    async fn ack(&self, delivery: &Delivery) -> Result<(), QueueError> {
        self.settle(Settling::Ack, self.inner.ack(delivery)).await
    }

    async fn retry(&self, delivery: &Delivery, body: Bytes, after: Duration) -> Result<(), QueueError> {
        self.settle(Settling::Retry, self.inner.retry(delivery, body, after)).await
    }

    async fn dead_letter(&self, delivery: &Delivery, death: &Death) -> Result<(), QueueError> {
        self.settle(Settling::DeadLetter, self.inner.dead_letter(delivery, death)).await
    }
}
