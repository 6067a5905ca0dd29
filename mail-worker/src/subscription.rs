//! The one open consumer of the mail queue, and its replacement.

use common::queue::{Consumer, Queue, QueueError, Source};
use std::sync::{Arc, Mutex, PoisonError};

/// Holds the consumer that messages are taken from. Messages in work keep their own hold on the consumer they came
/// from; when it is replaced and the last of them has ended, what it left unsettled goes back to the queue.
pub(crate) struct Subscription {
    queue: Arc<dyn Queue>,
    current: Mutex<Option<Open>>,
}

#[derive(Clone)]
struct Open {
    consumer: Arc<dyn Consumer>,
    prefetch: u16,
}

impl Subscription {
    pub(crate) fn new(queue: Arc<dyn Queue>) -> Self {
        Self { queue, current: Mutex::new(None) }
    }

    /// Returns when taking has a chance.
    pub(crate) async fn has_a_chance(&self) {
        self.queue.consuming_came_up().await;
    }

    /// The open consumer with that prefetch; another is opened if there is none.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the queue is away.
    pub(crate) async fn with_prefetch(&self, prefetch: u16) -> Result<Arc<dyn Consumer>, QueueError> {
        let open = self.lock().clone().filter(|open| open.prefetch == prefetch);
        if let Some(open) = open {
            return Ok(open.consumer);
        }
        self.give_back().await;
        let consumer: Arc<dyn Consumer> = self.queue.consume(Source::Mail, prefetch).await?.into();
        *self.lock() = Some(Open { consumer: consumer.clone(), prefetch });
        Ok(consumer)
    }

    /// Takes nothing more: what waits here goes back at once, and what is in work can still be settled.
    pub(crate) async fn stop(&self) {
        let open = self.lock().clone();
        if let Some(open) = open
            && !stop_taking(&*open.consumer).await
        {
            self.close();
        }
    }

    /// Lets others have what was prefetched, at once: a consumer that is only let go keeps it as long as one of its messages
    /// is in work.
    pub(crate) async fn give_back(&self) {
        self.stop().await;
        self.close();
    }

    /// Lets the open consumer go.
    pub(crate) fn close(&self) {
        *self.lock() = None;
    }

    /// Lets this consumer go, if it is still the open one; whether it was. Then it is still to be stopped.
    #[must_use]
    pub(crate) fn abandon(&self, consumer: &Arc<dyn Consumer>) -> bool {
        let mut current = self.lock();
        let is_open = current.as_ref().is_some_and(|open| Arc::ptr_eq(&open.consumer, consumer));
        if is_open {
            *current = None;
        }
        is_open
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Open>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has a consumer give back what it prefetched; whether it did.
pub(crate) async fn stop_taking(consumer: &dyn Consumer) -> bool {
    let stopped = consumer.stop().await;
    stopped
        .inspect_err(|error| tracing::debug!(%error, "what was prefetched goes back with its channel"))
        .is_ok()
}
