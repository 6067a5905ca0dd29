//! A message as it goes to the broker: first publishes, and the copies that settle a delivery.

use super::topology::Topology;
use crate::clock::to_micros;
use crate::event::context_of;
use crate::queue::{Death, Message, Route, Source};
use crate::telemetry::TraceContext;
use bytes::Bytes;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use std::time::Duration;

/// The header of a dead letter that says why it is one.
pub(super) const REASON_HEADER: &str = "reason";
/// The header of a dead letter that names the queue it was taken from.
pub(super) const SOURCE_HEADER: &str = "source";
/// The header of a dead letter that says when it became one, in microseconds since 1970.
pub(super) const DIED_AT_HEADER: &str = "died_at";
/// The header of a dead letter that says what was said last about it.
pub(super) const LAST_WORDS_HEADER: &str = "last_words";
/// The header that says how the envelope is to be read.
const SCHEMA_HEADER: &str = "schema_version";
/// Which version of the envelope this program writes. Fields may be added within one.
pub const SCHEMA_VERSION: u32 = 1;

/// The header with the envelope's trace context (W3C Trace Context for AMQP), for whoever does not read envelopes.
pub const TRACE_HEADER: &str = "traceparent";

const CONTENT_TYPE: &str = "application/x-protobuf";
/// On disk before it is confirmed (AMQP 0-9-1, delivery mode).
const PERSISTENT: u8 = 2;

/// A message on its way.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) exchange: ShortString,
    pub(super) key: ShortString,
    /// Whether the broker must return it if it leads to no queue.
    pub(super) mandatory: bool,
    pub(super) properties: BasicProperties,
    pub(super) body: Bytes,
}

impl Outgoing {
    /// A message as its first publisher wants it. Nobody may have subscribed to account events, so only those may lead
    /// nowhere.
    pub(super) fn first(topology: &Topology, route: Route, message: Message) -> Self {
        let (exchange, key) = topology.destination(route, message.type_name);
        let mandatory = route != Route::AccountEvents;
        let id = Some(message.id.to_string().into());
        let properties = properties(id, Some(message.type_name.into()), FieldTable::default(), &message.body);
        Self { exchange, key, mandatory, properties, body: message.body }
    }

    /// The copy of a delivery that comes again after a while, to the queue it was taken from.
    pub(super) fn retry(
        topology: &Topology,
        source: Source,
        taken: &BasicProperties,
        body: Bytes,
        after: Duration,
    ) -> Self {
        let (exchange, key) = (topology.retry_exchange(after), topology.queue_of(source));
        Self { exchange, key, mandatory: true, properties: copied(taken, FieldTable::default(), &body), body }
    }

    /// The copy of a delivery that is kept aside.
    pub(super) fn dead(
        topology: &Topology,
        source: Source,
        taken: &BasicProperties,
        body: Bytes,
        death: &Death,
    ) -> Self {
        let mut headers = FieldTable::default();
        headers.insert(REASON_HEADER.into(), AMQPValue::LongString(death.reason.as_str().into()));
        headers.insert(DIED_AT_HEADER.into(), AMQPValue::LongLongInt(to_micros(death.at)));
        headers.insert(LAST_WORDS_HEADER.into(), AMQPValue::LongString(death.last_words.as_str().into()));
        headers
            .insert(SOURCE_HEADER.into(), AMQPValue::LongString(topology.queue_of(source).as_str().into()));
        let (exchange, key) = (topology.mail_exchange(), topology.dead());
        Self { exchange, key, mandatory: true, properties: copied(taken, headers, &body), body }
    }

    /// What the broker's answer is judged by.
    pub(super) fn id(&self) -> &str {
        message_id(&self.properties)
    }
}

/// A message's id as it is written; empty if it has none.
pub(super) fn message_id(properties: &BasicProperties) -> &str {
    properties.message_id().as_ref().map_or("", ShortString::as_str)
}

/// Only what we wrote ourselves is taken over: the broker's own headers would grow with each retry.
fn copied(taken: &BasicProperties, headers: FieldTable, body: &Bytes) -> BasicProperties {
    properties(taken.message_id().clone(), taken.kind().clone(), headers, body)
}

fn properties(
    id: Option<ShortString>,
    type_name: Option<ShortString>,
    mut headers: FieldTable,
    body: &Bytes,
) -> BasicProperties {
    headers.insert(SCHEMA_HEADER.into(), SCHEMA_VERSION.into());
    let context = context_of(body);
    if context != TraceContext::NONE {
        headers.insert(TRACE_HEADER.into(), AMQPValue::LongString(context.to_string().into()));
    }
    BasicProperties::default()
        .with_message_id(id.unwrap_or_default())
        .with_type(type_name.unwrap_or_default())
        .with_content_type(CONTENT_TYPE.into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers)
}
