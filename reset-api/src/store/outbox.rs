//! The outbox: events written in the transaction of their fact.

use common::event::EventKind;
use time::OffsetDateTime;
use uuid::Uuid;

/// An event to be published, written in the transaction of its fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEvent {
    /// UUIDv7, the same in every copy.
    pub event_id: Uuid,
    /// What it is.
    pub kind: EventKind,
    /// After this instant it is of no use.
    pub deliver_by: OffsetDateTime,
    /// W3C trace context of the work that made it, or empty.
    pub traceparent: String,
    /// What is published: the encoded envelope, or of an account event the public message.
    pub body: Vec<u8>,
}

/// An outbox row under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedEvent {
    /// The event.
    pub event: OutboxEvent,
    /// Proves the lease; a later claim has a higher one.
    pub fence: i64,
    /// How often it was published before.
    pub publishes: u32,
}
