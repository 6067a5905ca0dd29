//! Ended spans on their way to the exporting task: bounded, and never waited for.

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// How many wait at most: a few megabytes, and some seconds of a busy copy.
pub(super) const CAPACITY: usize = 8_192;

/// Takes spans as they end; one that finds no room is counted and gone.
#[derive(Debug)]
pub(super) struct Queue {
    sender: mpsc::Sender<SpanData>,
    dropped: Arc<AtomicU64>,
}

/// The other end.
#[derive(Debug)]
pub(super) struct Ended {
    receiver: mpsc::Receiver<SpanData>,
    dropped: Arc<AtomicU64>,
}

impl Queue {
    pub(super) fn new() -> (Self, Ended) {
        let ((sender, receiver), dropped) = (mpsc::channel(CAPACITY), Arc::new(AtomicU64::new(0)));
        (Self { sender, dropped: dropped.clone() }, Ended { receiver, dropped })
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &opentelemetry::Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.sender.try_send(span).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Flushing is the exporting task's business.
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Ended {
    /// Waits for a span and takes what is there with it, until `batch` has `most`.
    pub(super) async fn take(&mut self, batch: &mut Vec<SpanData>, most: usize) {
        self.receiver.recv_many(batch, most.saturating_sub(batch.len())).await;
    }

    /// Takes no more from outside; what is there stays to be taken.
    pub(super) fn close(&mut self) {
        self.receiver.close();
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.receiver.len()
    }

    /// How many found no room since this was asked last.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    #[tokio::test]
    async fn what_finds_no_room_is_counted_and_nobody_waits() {
        let (queue, mut ended) = Queue::new();
        let provider = SdkTracerProvider::builder().with_span_processor(queue).build();
        let tracer = provider.tracer("test");
        for _ in 0..CAPACITY + 5 {
            drop(tracer.start("work"));
        }
        assert_eq!((ended.len(), ended.dropped(), ended.dropped()), (CAPACITY, 5, 0));
        let mut batch = Vec::new();
        ended.take(&mut batch, 512).await;
        drop(tracer.start("there is room again"));
        assert_eq!((batch.len(), ended.len(), ended.dropped()), (512, CAPACITY - 511, 0));
    }
}
