//! Looking through `mail.dead`: a connection of its own takes every letter, unsettled, and gives back what is not removed.
//!
//! An exclusive queue says that somebody is at it: the broker lets one connection have it and removes it with that
//! connection, however it ends.

use super::outgoing::{DIED_AT_HEADER, LAST_WORDS_HEADER, REASON_HEADER, SOURCE_HEADER, message_id};
use super::topology::Topology;
use super::wire::Wire;
use super::{RabbitQueue, Shared};
use crate::clock::from_micros;
use crate::queue::dead_letters::{DeadLetter, DeadLetters, Look, LookError, WAIT_FOR_OTHERS};
use crate::queue::{QueueError, Source};
use async_trait::async_trait;
use lapin::message::BasicGetMessage;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Acker, BasicProperties, Channel, ErrorKind};
use std::collections::HashMap;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// How often is asked whether the others are done.
const ASK_AGAIN: Duration = Duration::from_millis(100);
/// When a look was killed, its letters return a moment after its connection is gone.
const RETURN: Duration = Duration::from_millis(300);
/// To nack, the number of everything that is unsettled on a channel (AMQP 0-9-1, `delivery-tag`).
const ALL: u64 = 0;
/// What a channel says when it is closed in order (AMQP 0-9-1, `reply-success`).
const REPLY_SUCCESS: u16 = 200;

#[async_trait]
impl DeadLetters for RabbitQueue {
    async fn look(&self) -> Result<Box<dyn Look>, LookError> {
        Ok(Box::new(RabbitLook::begin(&self.inner.shared).await?))
    }
}

/// Connects to the first broker that answers; if none does, why the last did not.
async fn open(shared: &Shared) -> Result<Wire, String> {
    let mut why = String::new();
    for _ in 0..shared.brokers.count() {
        let broker = shared.brokers.turn();
        match Wire::open(&shared.settings, shared.brokers.at(broker), "dead letters").await {
            Ok(wire) => return Ok(wire),
            Err(error) => why = error,
        }
        shared.brokers.failed(broker);
    }
    Err(why)
}

struct RabbitLook {
    wire: Wire,
    channel: Channel,
    topology: Topology,
    /// How many are still to come; `None` before the first.
    left: Option<u32>,
    /// By their tag, which counts from 1.
    held: HashMap<u64, Acker>,
    last_tag: u64,
}

impl RabbitLook {
    async fn begin(shared: &Shared) -> Result<Self, LookError> {
        let wire = open(shared).await.map_err(QueueError::Unconfirmed)?;
        shared.declare(&wire).await?;
        let topology = shared.settings.topology.clone();
        let deadline = Instant::now() + WAIT_FOR_OTHERS;
        let channel = loop {
            if let Some(channel) = claim(&wire, &topology).await? {
                break channel;
            }
            if Instant::now() >= deadline {
                return Err(LookError::InUse);
            }
            sleep(ASK_AGAIN).await;
        };
        sleep(RETURN).await;
        Ok(Self { wire, channel, topology, left: None, held: HashMap::new(), last_tag: 0 })
    }

    fn hold(&mut self, message: BasicGetMessage) -> DeadLetter {
        // By the first count: later ones have what came meanwhile.
        self.left = Some(self.left.map_or(message.message_count, |left| left.saturating_sub(1)));
        self.last_tag += 1;
        let delivery = message.delivery;
        self.held.insert(self.last_tag, delivery.acker);
        let properties = delivery.properties;
        let headers = Headers { topology: &self.topology, properties: &properties };
        DeadLetter {
            id: Uuid::parse_str(message_id(&properties)).unwrap_or_default(),
            type_name: properties.kind().as_ref().map_or("", ShortString::as_str).to_owned(),
            source: headers.source(),
            reason: headers.reason(),
            died_at: headers.died_at(),
            last_words: headers.text(LAST_WORDS_HEADER).unwrap_or_default(),
            body: delivery.data.into(),
            tag: self.last_tag,
        }
    }
}

/// The channel of whoever may look now; `None` while somebody else does. A refusal closes the channel.
async fn claim(wire: &Wire, topology: &Topology) -> Result<Option<Channel>, QueueError> {
    let channel = wire.channel().await?;
    let options = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("classic".into()));
    let declared = channel.queue_declare(topology.dead_in_use(), options, arguments);
    let is_ours = async {
        match declared.await {
            Ok(_) => Ok(true),
            Err(error) if is_in_use(&error) => Ok(false),
            Err(error) => Err(error),
        }
    };
    let is_ours = wire.ask("looking whether the dead letters are in use", is_ours).await?;
    Ok(is_ours.then_some(channel))
}

fn is_in_use(error: &lapin::Error) -> bool {
    let ErrorKind::ProtocolError(refusal) = error.kind() else { return false };
    matches!(refusal.kind(), AMQPErrorKind::Soft(AMQPSoftError::RESOURCELOCKED))
}

#[async_trait]
impl Look for RabbitLook {
    async fn next(&mut self) -> Result<Option<DeadLetter>, QueueError> {
        // Without an end a worker in trouble would make the look endless.
        if self.left == Some(0) {
            return Ok(None);
        }
        let taken = self.channel.basic_get(self.topology.dead(), BasicGetOptions::default());
        // Whoever must take it away by the broker's own means needs to know which it is.
        let which = format!("taking dead letter {}", self.last_tag + 1);
        let taken = self.wire.ask_while_up(&which, taken).await?;
        Ok(taken.map(|message| self.hold(message)))
    }

    /// The channel answers as long as it has not lost what was taken over it.
    async fn holds(&mut self) -> Result<(), QueueError> {
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let asked = self.channel.queue_declare(self.topology.dead_in_use(), options, FieldTable::default());
        self.wire.ask("looking whether the dead letters are still held", asked).await.map(drop)
    }

    async fn remove(&mut self, letter: &DeadLetter) -> Result<(), QueueError> {
        let acker = self.held.remove(&letter.tag).filter(Acker::usable).ok_or(QueueError::Stale)?;
        let acked = self.wire.ask("removing a dead letter", acker.ack(BasicAckOptions::default())).await?;
        if acked { Ok(()) } else { Err(QueueError::Stale) }
    }

    /// The close is answered after everything before it was taken up.
    async fn end(self: Box<Self>) -> Result<(), QueueError> {
        if !self.held.is_empty() {
            let options = BasicNackOptions { multiple: true, requeue: true };
            let returned = self.channel.basic_nack(ALL, options);
            self.wire.ask("returning dead letters", returned).await?;
        }
        let closed = self.channel.close(REPLY_SUCCESS, "done".into());
        self.wire.ask("ending the look", closed).await?;
        self.wire.close().await;
        Ok(())
    }
}

/// What a dead letter says about itself, or, where the broker moved it, what the broker says (`x-death`).
struct Headers<'a> {
    topology: &'a Topology,
    properties: &'a BasicProperties,
}

impl Headers<'_> {
    fn source(&self) -> Option<Source> {
        let queue = self.text(SOURCE_HEADER).or_else(|| text(self.moved("queue")?))?;
        [Source::Mail, Source::Reports]
            .into_iter()
            .find(|source| self.topology.queue_of(*source).as_str() == queue)
    }

    fn reason(&self) -> String {
        self.text(REASON_HEADER).or_else(|| text(self.moved("reason")?)).unwrap_or_default()
    }

    fn died_at(&self) -> Option<OffsetDateTime> {
        if let Some(AMQPValue::LongLongInt(micros)) = self.header(DIED_AT_HEADER) {
            return instant(i128::from(*micros) * 1_000);
        }
        match self.moved("time")? {
            AMQPValue::Timestamp(seconds) => instant(i128::from(*seconds) * 1_000_000_000),
            _ => None,
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        text(self.header(key)?)
    }

    fn header(&self, key: &str) -> Option<&AMQPValue> {
        self.properties.headers().as_ref()?.inner().get(key)
    }

    /// Of the broker's own record of the last move.
    fn moved(&self, key: &str) -> Option<&AMQPValue> {
        let AMQPValue::FieldArray(moves) = self.header("x-death")? else { return None };
        let AMQPValue::FieldTable(last) = moves.as_slice().first()? else { return None };
        last.inner().get(key)
    }
}

fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

/// What no calendar has is not told.
fn instant(nanos: i128) -> Option<OffsetDateTime> {
    let instant = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
    Some(from_micros(crate::clock::to_micros(instant)))
}
