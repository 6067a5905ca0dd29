//! A consumer: waits for messages and settles them. Who holds what is in the file alone, so that a cancelled call
//! leaves nothing that only memory knew.

use super::database::Shared;
use super::settle::{How, Settle};
use super::take::{GiveBack, Take, Taken, Which};
use super::unconfirmed;
use async_trait::async_trait;
use bytes::Bytes;
use common::queue::{Consumer, Death, Delivery, QueueError, Source};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// While something is delayed, its time is looked at this often: the clock may be moved under us.
const LONGEST_NAP: Duration = Duration::from_millis(200);
/// Due "now" is a moment away, so that a clock that stands still does not make a waiting consumer spin.
const SHORTEST_NAP: Duration = Duration::from_millis(1);
/// No call waits longer; it keeps the sum with "now" in range.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct SqliteConsumer {
    db: Arc<Shared>,
    source: Source,
    prefetch: u16,
    holder: i64,
    room: Arc<Notify>,
    stopped: AtomicBool,
}

impl SqliteConsumer {
    pub(super) fn new(db: Arc<Shared>, source: Source, prefetch: u16) -> Self {
        let holder = db.new_holder();
        Self { db, source, prefetch, holder, room: Arc::default(), stopped: AtomicBool::new(false) }
    }

    async fn take(&self, max: usize) -> Result<Taken, QueueError> {
        let take = Take {
            db: Arc::clone(&self.db),
            source: self.source,
            holder: self.holder,
            prefetch: self.prefetch,
            max,
        };
        self.db.writer.commit(take).await.map_err(unconfirmed)
    }

    async fn settle(&self, delivery: &Delivery, how: How) -> Result<(), QueueError> {
        let settle = Settle {
            db: Arc::clone(&self.db),
            source: self.source,
            holder: self.holder,
            seq: delivery.tag.cast_signed(),
            how,
            room: Arc::clone(&self.room),
        };
        self.db.writer.commit(settle).await.map_err(unconfirmed)?
    }
}

#[async_trait]
impl Consumer for SqliteConsumer {
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let deadline = Instant::now() + wait.min(LONGEST_WAIT);
        loop {
            // Listening starts before looking, or a message could arrive in between unheard.
            let mut arrived = pin!(self.db.arrived(self.source).notified());
            arrived.as_mut().enable();
            if self.stopped.load(Ordering::SeqCst) {
                tokio::time::sleep_until(deadline).await;
                return Ok(Vec::new());
            }
            let taken = self.take(max).await?;
            let nap = taken.next_due.map(|due| Instant::now() + due.clamp(SHORTEST_NAP, LONGEST_NAP));
            let deliveries = taken.accept();
            if !deliveries.is_empty() || Instant::now() >= deadline {
                return Ok(deliveries);
            }
            tokio::select! {
                () = arrived => {}
                () = self.room.notified() => {}
                () = tokio::time::sleep_until(nap.map_or(deadline, |nap| nap.min(deadline))) => {}
            }
        }
    }

    /// Nothing is taken before it is received, so nothing has to go back.
    async fn stop(&self) -> Result<(), QueueError> {
        self.stopped.store(true, Ordering::SeqCst);
        Ok(())
    }

    async fn ack(&self, delivery: &Delivery) -> Result<(), QueueError> {
        self.settle(delivery, How::Ack).await
    }

    async fn retry(&self, delivery: &Delivery, body: Bytes, after: Duration) -> Result<(), QueueError> {
        self.settle(delivery, How::Retry { body, after }).await
    }

    async fn dead_letter(&self, delivery: &Delivery, death: &Death) -> Result<(), QueueError> {
        self.settle(delivery, How::DeadLetter(death.clone())).await
    }
}

impl Drop for SqliteConsumer {
    fn drop(&mut self) {
        let give_back = GiveBack {
            db: Arc::clone(&self.db),
            source: self.source,
            holder: self.holder,
            which: Which::All,
        };
        self.db.writer.insist(give_back);
    }
}
