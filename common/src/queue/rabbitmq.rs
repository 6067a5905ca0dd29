//! The queue on RabbitMQ: the promises of the queue port, kept by quorum queues and confirms.
//!
//! Two connections, each with its own supervisor ([`link`]): one publishes, the other consumes, because a broker that
//! blocks a publisher stops reading from its connection, and acks must go on. [`topology`] says what is declared and why,
//! each [`publisher`] gathers batches into rounds and [`round`] judges them, [`consumer`] takes and settles.

mod brokers;
mod connecting;
mod consumer;
mod dead_letters;
mod held;
mod link;
mod outgoing;
mod patience;
mod publisher;
mod round;
mod shown;
mod topology;
mod wire;

pub use link::NotConnected;
pub use outgoing::{SCHEMA_VERSION, TRACE_HEADER};
pub use patience::Patience;
pub use shown::may_be_logged;
pub use topology::Topology;

use super::{Consumer, Message, Queue, QueueError, Route, Source};
use crate::entropy::Entropy;
use crate::server_url::ServerUrls;
use async_trait::async_trait;
use brokers::Brokers;
use consumer::RabbitConsumer;
use link::Link;
use outgoing::Outgoing;
use publisher::{Leaves, Publisher};
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// Where the broker is, and how it is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The brokers of one cluster; one of them is used at a time.
    pub urls: ServerUrls,
    /// What the broker's operator sees the connections called.
    pub connection_name: String,
    /// What is declared there.
    pub topology: Topology,
    /// How long is waited for what.
    pub patience: Patience,
}

impl Settings {
    /// The settings of production.
    #[must_use]
    pub fn new(urls: impl Into<ServerUrls>, connection_name: impl Into<String>) -> Self {
        let (topology, patience) = (Topology::default(), Patience::default());
        Self { urls: urls.into(), connection_name: connection_name.into(), topology, patience }
    }
}

/// What everything that uses the broker shares.
struct Shared {
    settings: Settings,
    brokers: Brokers,
    /// One declaration at a time, or the two connections would race for each new queue.
    declaring: Mutex<()>,
    /// How often a connection came up: when one has, the other need not wait to try again.
    came_up: watch::Sender<u64>,
    entropy: Arc<dyn Entropy>,
}

/// The queue port on RabbitMQ.
pub struct RabbitQueue {
    inner: Arc<Inner>,
}

/// Consumers hold on to it, so that what they took can still be settled when the queue was dropped.
struct Inner {
    shared: Arc<Shared>,
    publisher: Publisher,
    account_events: Publisher,
    publishing: Arc<Link>,
    consuming: Arc<Link>,
    end: CancellationToken,
    tasks: TaskTracker,
    _end_at_drop: DropGuard,
}

impl Inner {
    /// Account events have a publisher of their own: whoever may publish them is granted that by hand, and where it was
    /// forgotten, mails must go out all the same.
    fn publisher_to(&self, route: Route) -> &Publisher {
        match route {
            Route::Mail | Route::Reports => &self.publisher,
            Route::AccountEvents => &self.account_events,
        }
    }
}

impl RabbitQueue {
    /// Starts connecting, on the current runtime, and returns at once; it goes on until the queue and all its consumers
    /// are dropped, or [`RabbitQueue::close`] is called. A drain needs the queue to its end, so the wish to stop is not
    /// its business.
    #[must_use]
    pub fn start(settings: Settings, entropy: Arc<dyn Entropy>) -> Self {
        let brokers = Brokers::new(settings.urls.clone(), &*entropy);
        let (declaring, came_up) = (Mutex::new(()), watch::Sender::default());
        let shared = Arc::new(Shared { settings, brokers, declaring, came_up, entropy });
        let (end, tasks) = (CancellationToken::new(), TaskTracker::new());
        let publishing = Arc::new(Link::start("publishing", &shared, &end, &tasks));
        let consuming = Arc::new(Link::start("consuming", &shared, &end, &tasks));
        let [publisher, account_events] = [Leaves::Connection, Leaves::Channel]
            .map(|leaves| Publisher::start(&shared, &publishing, leaves, &end, &tasks));
        tasks.close();
        let _end_at_drop = end.clone().drop_guard();
        let inner =
            Inner { shared, publisher, account_events, publishing, consuming, end, tasks, _end_at_drop };
        Self { inner: Arc::new(inner) }
    }

    /// Whether both connections are up; readiness tells it.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.inner.publishing.is_up() && self.inner.consuming.is_up()
    }

    /// Returns when both connections are up, or the queue is closed.
    pub async fn connected(&self) {
        let both = async {
            while !self.is_connected() {
                self.inner.publishing.came_up().await;
                self.inner.consuming.came_up().await;
            }
        };
        self.inner.end.run_until_cancelled(both).await;
    }

    /// Returns when messages can be published: for whoever would rather be told why not than wait.
    ///
    /// # Errors
    /// [`NotConnected`], once every broker was tried in vain.
    pub async fn reached(&self) -> Result<(), NotConnected> {
        self.inner.publishing.reached(self.inner.shared.brokers.count()).await
    }

    /// Closes both connections in order. Whatever is still unsettled returns to the queue.
    pub async fn close(&self) {
        self.inner.end.cancel();
        self.inner.tasks.wait().await;
    }
}

#[async_trait]
impl Queue for RabbitQueue {
    fn system(&self) -> &'static str {
        "rabbitmq"
    }

    async fn publishing_came_up(&self) {
        self.inner.publishing.came_up().await;
    }

    async fn consuming_came_up(&self) {
        self.inner.consuming.came_up().await;
    }

    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        let topology = &self.inner.shared.settings.topology;
        let outgoing = batch.into_iter().map(|message| Outgoing::first(topology, route, message)).collect();
        self.inner.publisher_to(route).publish(outgoing).await
    }

    async fn consume(&self, source: Source, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        Ok(Box::new(RabbitConsumer::open(Arc::clone(&self.inner), source, prefetch).await?))
    }
}
