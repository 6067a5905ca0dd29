//! The queue port: durable, confirmed, at least once.
//!
//! Words are RabbitMQ's; the standalone's queue keeps the same promises in SQLite. Every obligation below is
//! a test of the queue contract suite, which runs against each implementation.

pub mod dead_letters;
pub mod metered;
pub mod rabbitmq;

use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// The waits before a message is tried again, shortest first. RabbitMQ has one delay queue each, so a schedule asks for
/// no other.
pub const RETRY_TIERS: [Duration; 4] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
];

/// Where a message is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// To mail-worker.
    Mail,
    /// To reset-api.
    Reports,
    /// To whoever subscribed; nobody may have. In the public contract's words: no envelope around them.
    AccountEvents,
}

/// What a consumer takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// What was published to [`Route::Mail`].
    Mail,
    /// What was published to [`Route::Reports`].
    Reports,
}

/// A message as the queue carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event's id, the same in every copy.
    pub id: Uuid,
    /// The type name, for whoever looks into the broker.
    pub type_name: &'static str,
    /// The encoded envelope.
    pub body: Bytes,
}

/// A message taken and not yet settled.
#[derive(Debug)]
pub struct Delivery {
    /// The message's id, or nil if it had none that could be read.
    pub id: Uuid,
    /// The encoded envelope, unread.
    pub body: Bytes,
    /// Whether it may have been delivered before.
    pub redelivered: bool,
    /// What the consumer settles it by; means nothing to any other consumer.
    pub tag: u64,
}

/// Why a message is kept aside, for the operator who will look at it: no address, and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// Why, in a word.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
    /// What was said last about it, masked; may be empty.
    pub last_words: String,
}

/// Why a message was not confirmed, or a delivery not settled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// It may or may not have happened. Publish it again under the same id.
    #[error("the queue did not answer: {0}")]
    Unconfirmed(String),
    /// The queue refuses it for now; wait before trying again. A broker does not say why: mostly it is full.
    #[error("the queue refused it: it may be full")]
    Full,
    /// The delivery was taken back meanwhile and will come again.
    #[error("the delivery is no longer ours")]
    Stale,
}

/// Publishes messages and opens consumers.
///
/// Obligations:
/// - A confirmed message survives kill -9 of every process and a restart of the queue.
/// - An error never means "surely not published".
/// - Account events reach subscribers of that moment; without one they are dropped, confirmed all the same.
#[async_trait]
pub trait Queue: Send + Sync {
    /// What it is, as OpenTelemetry names it (`messaging.system`).
    fn system(&self) -> &'static str {
        "_OTHER"
    }

    /// Returns when publishing has a chance; at once, where there is nothing to wait for. Whoever failed waits for this
    /// too, so that it goes on as soon as the queue is back. What is published then may fail all the same.
    async fn publishing_came_up(&self) {}

    /// The same for consuming.
    async fn consuming_came_up(&self) {}

    /// Publishes a batch and waits for all confirms: one verdict a message, in the order given.
    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>>;

    /// Opens a consumer that holds at most `prefetch` unsettled deliveries.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the queue is away.
    async fn consume(&self, source: Source, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError>;
}

/// Takes messages and settles them. Dropping it returns everything unsettled to the queue.
///
/// Obligations:
/// - While a delivery is unsettled, no other consumer gets the message.
/// - A message whose consumer died, or dropped it, is delivered again, marked `redelivered`.
/// - `retry` and `dead_letter` are durable copies first and acks second: dying in between makes a duplicate, never a loss.
/// - Settling through a second call, or after the delivery was taken back, is [`QueueError::Stale`] and changes nothing.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// Waits up to `wait` for a first delivery, then takes what else is there, `max` in all. Empty when time ran out.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the queue is away; open another consumer.
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError>;

    /// Takes nothing more: what was not received yet goes back to the queue at once, for others; what was received can
    /// still be settled. From now on nothing is received.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the queue is away: it has everything back, or soon will.
    async fn stop(&self) -> Result<(), QueueError>;

    /// The work is done; the message goes.
    ///
    /// # Errors
    /// [`QueueError::Stale`], or [`QueueError::Unconfirmed`]: it may come again.
    async fn ack(&self, delivery: &Delivery) -> Result<(), QueueError>;

    /// Try again after `after` with `body`, which may count the attempt. A queue may wait longer, until the next of
    /// [`RETRY_TIERS`] has passed; none waits longer than the last of them, whatever was asked for.
    ///
    /// # Errors
    /// As [`Consumer::ack`].
    async fn retry(&self, delivery: &Delivery, body: Bytes, after: Duration) -> Result<(), QueueError>;

    /// Never try again; keep the message aside for an operator: see [`dead_letters`].
    ///
    /// # Errors
    /// As [`Consumer::ack`]; [`QueueError::Full`] if no more can be kept aside, and the delivery is still held.
    async fn dead_letter(&self, delivery: &Delivery, death: &Death) -> Result<(), QueueError>;
}
