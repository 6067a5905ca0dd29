//! What a consumer has taken and not yet settled.

use super::outgoing::message_id;
use crate::queue::{Delivery, QueueError};
use lapin::{Acker, BasicProperties};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The broker counts the deliveries of each channel from 1. Ours are never given twice in a process, so that one
/// consumer's delivery means nothing to another.
static NEXT_TAG: AtomicU64 = AtomicU64::new(1);

/// The deliveries by their tag.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<HashMap<u64, Taken>>);

/// What is needed to settle a delivery.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) acker: Acker,
    pub(super) properties: BasicProperties,
}

impl Held {
    /// Notes a delivery.
    pub(super) fn add(&self, delivery: lapin::message::Delivery) -> Delivery {
        let tag = NEXT_TAG.fetch_add(1, Ordering::Relaxed);
        let id = Uuid::parse_str(message_id(&delivery.properties)).unwrap_or_default();
        self.lock().insert(tag, Taken { acker: delivery.acker, properties: delivery.properties });
        Delivery { id, body: delivery.data.into(), redelivered: delivery.redelivered, tag }
    }

    /// Takes a delivery out to settle it: a second call finds nothing.
    ///
    /// # Errors
    /// [`QueueError::Stale`] if it is not there, or the broker has taken it back with its channel.
    pub(super) fn settle(&self, tag: u64) -> Result<Settling<'_>, QueueError> {
        let taken = self.lock().remove(&tag).filter(|taken| taken.acker.usable());
        taken.map(|taken| Settling { held: self, tag, taken }).ok_or(QueueError::Stale)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A delivery that is being settled. Dropped before its ack was begun, it is held as before.
#[derive(Debug)]
pub(super) struct Settling<'a> {
    held: &'a Held,
    tag: u64,
    pub(super) taken: Taken,
}

impl Drop for Settling<'_> {
    fn drop(&mut self) {
        // An acker is good for one ack.
        if self.taken.acker.usable() {
            self.held.lock().insert(self.tag, self.taken.clone());
        }
    }
}
