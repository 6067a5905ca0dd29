//! A queue and a dedup store in memory that write down what they are asked for, and fail when told to.

use async_trait::async_trait;
use bytes::Bytes;
use common::event::{DeliveryReport, Envelope};
use common::queue::{Consumer, Death, Delivery, Message, Queue, QueueError, Route, Source};
use mail_worker::dedup::{Claim, Dedup, DedupError, Fence, SentRecord};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

/// What was asked of the fakes, in order.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<Vec<String>>);

impl Journal {
    fn write(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }

    /// What was written since the last look.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A mail queue and what was published to the reports.
#[derive(Default)]
pub(super) struct FakeQueue {
    pub(super) journal: Arc<Journal>,
    ready: Mutex<VecDeque<(Uuid, Bytes)>>,
    pub(super) retried: Mutex<Vec<Bytes>>,
    pub(super) reports: Mutex<Vec<DeliveryReport>>,
    pub(super) refuse_reports: AtomicBool,
    pub(super) refuse_dead_letters: AtomicBool,
    /// How often opening a consumer still fails.
    pub(super) absences: AtomicU32,
    /// How often a consumer was stopped.
    pub(super) stops: AtomicU32,
    /// How often it still panics.
    pub(super) panics: AtomicU32,
    /// Whether it is away, and says so.
    pub(super) away: watch::Sender<bool>,
    this: std::sync::Weak<Self>,
}

impl FakeQueue {
    pub(super) fn new(journal: Arc<Journal>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self { journal, this: this.clone(), ..Self::default() })
    }

    /// A message for the worker.
    pub(super) fn put(&self, id: Uuid, body: impl Into<Bytes>) {
        self.ready.lock().unwrap().push_back((id, body.into()));
    }

    pub(super) fn waiting(&self) -> usize {
        self.ready.lock().unwrap().len()
    }
}

#[async_trait]
impl Queue for FakeQueue {
    async fn consuming_came_up(&self) {
        self.away.subscribe().wait_for(|away| !away).await.unwrap();
    }

    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        assert_eq!(route, Route::Reports);
        batch.into_iter().map(|message| self.publish_report(&message)).collect()
    }

    async fn consume(&self, source: Source, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        assert_eq!(source, Source::Mail);
        let once_less = |count: &AtomicU32| {
            count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
        };
        assert!(!once_less(&self.panics), "as told");
        if once_less(&self.absences) {
            return Err(QueueError::Unconfirmed("away".to_owned()));
        }
        let queue = self.this.upgrade().unwrap();
        let (held, prefetched) = (Mutex::default(), Mutex::default());
        Ok(Box::new(FakeConsumer { queue, prefetch: Mutex::new(prefetch.into()), prefetched, held }))
    }
}

impl FakeQueue {
    fn publish_report(&self, message: &Message) -> Result<(), QueueError> {
        if self.refuse_reports.load(Ordering::SeqCst) {
            return Err(QueueError::Full);
        }
        let envelope = Envelope::decode(message.body.clone()).unwrap();
        assert_eq!(message.id, envelope.event_id);
        assert_eq!(envelope.deliver_by - envelope.occurred_at, time::Duration::days(7));
        let report = DeliveryReport::decode(envelope.body).unwrap();
        assert_eq!(report.report_id, message.id);
        self.journal.write(&format!("report {}", report.outcome.as_str_name()));
        self.reports.lock().unwrap().push(report);
        Ok(())
    }
}

struct FakeConsumer {
    queue: Arc<FakeQueue>,
    /// It holds no more than this; nothing once it was stopped.
    prefetch: Mutex<usize>,
    /// What came to it before anybody received it.
    prefetched: Mutex<VecDeque<(Uuid, Bytes)>>,
    /// Unsettled deliveries, by their place; settled ones leave a hole.
    held: Mutex<Vec<Option<(Uuid, Bytes)>>>,
}

impl FakeConsumer {
    fn take(&self, max: usize) -> Vec<Delivery> {
        let (mut held, mut prefetched) = (self.held.lock().unwrap(), self.prefetched.lock().unwrap());
        let mut ready = self.queue.ready.lock().unwrap();
        let room = self.prefetch.lock().unwrap().saturating_sub(held.iter().flatten().count());
        let more = room.saturating_sub(prefetched.len()).min(ready.len());
        prefetched.extend(ready.drain(..more));
        let count = max.min(prefetched.len());
        let hold = |(id, body): (Uuid, Bytes)| {
            held.push(Some((id, body.clone())));
            Delivery { id, body, redelivered: false, tag: held.len() as u64 - 1 }
        };
        prefetched.drain(..count).map(hold).collect()
    }

    fn settle(&self, delivery: &Delivery, line: &str) -> Result<(), QueueError> {
        let place = usize::try_from(delivery.tag).unwrap();
        self.held.lock().unwrap()[place].take().ok_or(QueueError::Stale)?;
        self.queue.journal.write(line);
        Ok(())
    }
}

#[async_trait]
impl Consumer for FakeConsumer {
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let deliveries = self.take(max);
        if deliveries.is_empty() {
            tokio::time::sleep(wait).await;
        }
        Ok(deliveries)
    }

    async fn stop(&self) -> Result<(), QueueError> {
        self.queue.stops.fetch_add(1, Ordering::SeqCst);
        *self.prefetch.lock().unwrap() = 0;
        let unreceived = std::mem::take(&mut *self.prefetched.lock().unwrap());
        self.queue.ready.lock().unwrap().extend(unreceived);
        Ok(())
    }

    async fn ack(&self, delivery: &Delivery) -> Result<(), QueueError> {
        self.settle(delivery, "ack")
    }

    async fn retry(&self, delivery: &Delivery, body: Bytes, after: Duration) -> Result<(), QueueError> {
        self.settle(delivery, &format!("retry after {} s", after.as_secs()))?;
        self.queue.retried.lock().unwrap().push(body);
        Ok(())
    }

    async fn dead_letter(&self, delivery: &Delivery, death: &Death) -> Result<(), QueueError> {
        if self.queue.refuse_dead_letters.load(Ordering::SeqCst) {
            return Err(QueueError::Full);
        }
        self.settle(delivery, &format!("dead-letter {}", death.reason))
    }
}

impl Drop for FakeConsumer {
    fn drop(&mut self) {
        let unsettled = std::mem::take(&mut *self.held.lock().unwrap()).into_iter().flatten();
        let unreceived = std::mem::take(&mut *self.prefetched.lock().unwrap());
        self.queue.ready.lock().unwrap().extend(unsettled.chain(unreceived));
    }
}

/// How the dedup store answers a renewal.
#[derive(Clone, Copy)]
pub(super) enum Renewal {
    Done,
    Lost,
    Away,
}

/// How the dedup store answers a claim.
pub(super) enum Answer {
    This(Claim),
    Away,
    Panic,
}

/// A dedup store that answers every claim alike.
pub(super) struct FakeDedup {
    journal: Arc<Journal>,
    answer: Mutex<Answer>,
    /// A claim takes one of these; with none left it waits.
    pub(super) gate: Semaphore,
    pub(super) claims: AtomicU32,
    pub(super) renewal: Mutex<Renewal>,
    /// Not in the journal: how many there are is a matter of time.
    pub(super) renewals: AtomicU32,
}

impl FakeDedup {
    /// From now on it answers so.
    pub(super) fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(super) fn new(journal: Arc<Journal>, answer: Answer) -> Arc<Self> {
        let gate = Semaphore::new(Semaphore::MAX_PERMITS / 2);
        let (answer, renewal) = (Mutex::new(answer), Mutex::new(Renewal::Done));
        let (claims, renewals) = (AtomicU32::new(0), AtomicU32::new(0));
        Arc::new(Self { journal, answer, gate, claims, renewal, renewals })
    }

    /// From now on a claim waits for `gate`.
    pub(super) fn shut(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }
}

#[async_trait]
impl Dedup for FakeDedup {
    async fn claim(&self, _: Uuid, _unanswered_dots: u32, _: Duration) -> Result<Claim, DedupError> {
        self.claims.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        match &*self.answer.lock().unwrap() {
            Answer::This(claim) => Ok(claim.clone()),
            Answer::Away => Err(DedupError::Unavailable("away".to_owned())),
            Answer::Panic => panic!("as told"),
        }
    }

    async fn renew(&self, _fence: Fence, _lease: Duration) -> Result<(), DedupError> {
        self.renewals.fetch_add(1, Ordering::SeqCst);
        match *self.renewal.lock().unwrap() {
            Renewal::Done => Ok(()),
            Renewal::Lost => Err(DedupError::Lost),
            Renewal::Away => Err(DedupError::Unavailable("away".to_owned())),
        }
    }

    async fn dot(&self, _fence: Fence) -> Result<(), DedupError> {
        self.journal.write("dot");
        Ok(())
    }

    async fn sent(&self, _: Fence, _: &SentRecord, _: Duration) -> Result<(), DedupError> {
        self.journal.write("sent");
        Ok(())
    }

    async fn release(&self, _fence: Fence) -> Result<(), DedupError> {
        self.journal.write("release");
        Ok(())
    }

    async fn release_ambiguous(&self, _fence: Fence) -> Result<(), DedupError> {
        self.journal.write("release ambiguous");
        Ok(())
    }
}
