//! The consumer loop: takes as many messages as there are permits, handles each in its own task, and never ends
//! because of one of them.

use crate::circuit::TRIAL_LOOK;
use crate::handle::Handler;
use crate::relays::{Passage, Relays};
use crate::subscription::{Subscription, stop_taking};
use common::backoff::Backoff;
use common::entropy::Entropy;
use common::queue::{Consumer, Delivery, QueueError};
use common::shutdown::Shutdown;
use common::surviving::survived;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::task::TaskTracker;

/// How often a queue that is away is asked again.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(200), ceiling: Duration::from_secs(30) };

/// A mail that was prefetched waits no longer than this for a worker that is slowed down, if another is free.
const LONG: Duration = Duration::from_secs(1);

/// Takes messages and has them handled.
pub(crate) struct MailConsumer {
    handler: Handler,
    relays: Arc<Relays>,
    subscription: Subscription,
    entropy: Arc<dyn Entropy>,
    limits: Limits,
    permits: Arc<Semaphore>,
    tasks: TaskTracker,
    /// Failures of the queue in a row.
    trouble: AtomicU32,
    /// Ends what is still in flight after the grace period.
    end: Shutdown,
}

/// How much is taken, and how long is waited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Messages in work at a time.
    pub(crate) permits: u16,
    /// How long one look into an empty queue lasts.
    pub(crate) receive_wait: Duration,
    /// How long a trial is waited for before another one may begin.
    pub(crate) trial_patience: Duration,
    /// How long messages in work may take once stopping has begun.
    pub(crate) grace_period: Duration,
}

/// Messages in work, and whether their end decides about the relay host.
#[derive(Default)]
struct Taken {
    tasks: Vec<JoinHandle<()>>,
    on_trial: bool,
}

impl MailConsumer {
    pub(crate) fn new(
        handler: Handler,
        subscription: Subscription,
        entropy: Arc<dyn Entropy>,
        limits: Limits,
    ) -> Self {
        let relays = handler.deliverer.relays.clone();
        let permits = Arc::new(Semaphore::new(limits.permits.into()));
        let (tasks, trouble, end) = (TaskTracker::new(), AtomicU32::new(0), Shutdown::new());
        Self { handler, relays, subscription, entropy, limits, permits, tasks, trouble, end }
    }

    pub(crate) fn handler(&self) -> &Handler {
        &self.handler
    }

    /// How many permits are free, for whoever asks later.
    pub(crate) fn free_permits(&self) -> impl Fn() -> usize + Send + Sync + 'static {
        let permits = self.permits.clone();
        move || permits.available_permits()
    }

    /// Takes what there is, up to the free permits, and waits until it is handled. 0 while no relay host can be used.
    pub(crate) async fn step(self: &Arc<Self>) -> Result<usize, QueueError> {
        let taken = self.take().await?;
        let count = taken.tasks.len();
        futures::future::join_all(taken.tasks).await;
        Ok(count)
    }

    /// Takes and handles until stopping begins; then finishes what it holds, within the grace period.
    pub(crate) async fn run(self: &Arc<Self>, shutdown: &Shutdown) {
        while !shutdown.has_begun() {
            if let Some(None) = shutdown.interrupts(survived(self.turn())).await {
                self.count_trouble();
            }
        }
        self.drain().await;
    }

    async fn turn(self: &Arc<Self>) {
        let trouble = self.trouble.load(Ordering::Relaxed);
        if trouble > 0 {
            sleep(BACKOFF.wait(trouble, &*self.entropy)).await;
        }
        self.subscription.has_a_chance().await;
        match self.relays.passage(Instant::now(), 1) {
            Passage::PausedUntil(until) => {
                self.subscription.give_back().await;
                sleep_until(until).await;
            }
            Passage::SlowedUntil(until) => {
                if until > Instant::now() + LONG {
                    self.subscription.give_back().await;
                }
                sleep_until(until).await;
            }
            Passage::UpTo(_) | Passage::Trial => {}
        }
        match self.take().await {
            Ok(taken) if taken.on_trial => self.await_trial(taken.tasks).await,
            Ok(_) => {}
            // Once an outage: that it lasts, the connection's own lines tell.
            Err(error) if trouble == 0 => {
                tracing::warn!(%error, "could not take from the mail queue; it is tried again");
            }
            Err(_) => {}
        }
    }

    /// Returns when the trial is over, when it does not matter any more, or when it takes so long that another mail may find
    /// out, too. It goes on undisturbed.
    async fn await_trial(&self, trial: Vec<JoinHandle<()>>) {
        let patient_until = Instant::now() + self.limits.trial_patience;
        let mut over = pin!(futures::future::join_all(trial));
        while timeout(TRIAL_LOOK, &mut over).await.is_err() {
            let now = Instant::now();
            match self.relays.passage(now, 1) {
                Passage::UpTo(_) | Passage::SlowedUntil(_) => return,
                // Its consumer holds the one message it may, and is given no other.
                Passage::Trial if now >= patient_until => return self.subscription.give_back().await,
                Passage::Trial | Passage::PausedUntil(_) => {}
            }
        }
    }

    async fn take(self: &Arc<Self>) -> Result<Taken, QueueError> {
        let mut permits = self.acquire().await;
        // Only now: while it waited for a permit, the relay host may have gone.
        let (wanted, prefetch, on_trial) = match self.relays.passage(Instant::now(), permits.len()) {
            Passage::UpTo(wanted) => (wanted, self.limits.permits, false),
            Passage::Trial => (1, 1, true),
            Passage::PausedUntil(_) | Passage::SlowedUntil(_) => return Ok(Taken::default()),
        };
        permits.truncate(wanted);
        let consumer = self.open(prefetch).await?;
        let deliveries = match consumer.receive(permits.len(), self.limits.receive_wait).await {
            Ok(deliveries) => deliveries,
            Err(error) => {
                self.gone(&consumer).await;
                return Err(error);
            }
        };
        if deliveries.is_empty() {
            self.trouble.store(0, Ordering::Relaxed);
        }
        self.relays.took(deliveries.len());
        let pairs = deliveries.into_iter().zip(permits);
        let tasks = pairs.map(|(delivery, permit)| self.spawn(consumer.clone(), delivery, permit)).collect();
        Ok(Taken { tasks, on_trial })
    }

    async fn open(&self, prefetch: u16) -> Result<Arc<dyn Consumer>, QueueError> {
        let opened = self.subscription.with_prefetch(prefetch).await;
        opened.inspect_err(|_| self.count_trouble())
    }

    /// One permit, however long it takes, and any others that are free.
    async fn acquire(&self) -> Vec<OwnedSemaphorePermit> {
        let first = self.permits.clone().acquire_owned().await;
        let more = std::iter::from_fn(|| self.permits.clone().try_acquire_owned().ok());
        first.into_iter().chain(more).collect()
    }

    fn spawn(
        self: &Arc<Self>,
        consumer: Arc<dyn Consumer>,
        delivery: Delivery,
        permit: OwnedSemaphorePermit,
    ) -> JoinHandle<()> {
        let this = self.clone();
        self.tasks.spawn(async move {
            this.work(&consumer, &delivery).await;
            drop(permit);
        })
    }

    async fn work(&self, consumer: &Arc<dyn Consumer>, delivery: &Delivery) {
        let handled = survived(self.handler.handle(&**consumer, delivery));
        match self.end.interrupts(handled).await {
            None => {}
            Some(Some(Ok(()))) => self.trouble.store(0, Ordering::Relaxed),
            Some(Some(Err(QueueError::Stale))) => {
                tracing::info!(id = %delivery.id, "a message was taken back before it was settled");
            }
            Some(Some(Err(error))) => {
                tracing::warn!(id = %delivery.id, %error, "a message is not settled and will come again");
                self.gone(consumer).await;
            }
            // It panicked, which was told where it happened.
            Some(None) => self.gone(consumer).await,
        }
    }

    /// The consumer holds a message it cannot settle, or has lost its queue: only letting it go gives that back. What it
    /// prefetched besides goes back at once; it would wait for every other message that is in work.
    async fn gone(&self, consumer: &Arc<dyn Consumer>) {
        if self.subscription.abandon(consumer) {
            self.count_trouble();
            stop_taking(&**consumer).await;
        }
    }

    fn count_trouble(&self) {
        self.trouble.fetch_add(1, Ordering::Relaxed);
    }

    /// Finishes what is in work, for as long as the grace period lasts; the rest goes back to the queue.
    async fn drain(&self) {
        self.tasks.close();
        let finished = async { tokio::join!(self.subscription.stop(), self.tasks.wait()) };
        if timeout(self.limits.grace_period, finished).await.is_err() {
            tracing::warn!(
                left = self.tasks.len(),
                "the grace period is over: the rest goes back to the queue"
            );
            self.end.begin();
            self.tasks.wait().await;
        }
        self.subscription.close();
    }
}
