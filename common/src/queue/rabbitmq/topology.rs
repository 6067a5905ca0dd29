//! What is declared at the broker, and why each argument is as it is.
//!
//! ```text
//! mail (direct)            mail.send     → mail.send     → the workers      spent deliveries → mail.dead
//!                          mail.reports  → mail.reports  → reset-api        spent deliveries → mail.dead
//!                          mail.dead     → mail.dead                        for an operator
//! mail.retry.10s (fanout)  any key       → mail.retry.10s  after its time   → mail, by the key it came with
//! account.events (topic)   the type name → whoever subscribed
//! ```
//!
//! A retried report must come back as a report. A delay queue that named a key of its own to dead-letter by would send
//! it to the workers, so the queues name none, and a message keeps the key that it was published with. Hence the
//! exchange before each delay queue, which lets any key in.

use super::Shared;
use super::wire::Wire;
use crate::queue::{QueueError, RETRY_TIERS, Route, Source};
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ExchangeKind};
use std::time::Duration;

/// The tiers by name, in the order of [`RETRY_TIERS`].
const TIER_NAMES: [&str; 4] = ["10s", "1m", "5m", "15m"];

/// A message that kills its worker each time would come for ever. High, because a worker that shuts down returns
/// messages too, and the attempts that count are counted in the envelope.
const DELIVERY_LIMIT: u32 = 1_000;
/// Each look at a dead letter is a delivery of it, and RabbitMQ 4 drops a letter after 20 unless told otherwise. There has
/// to be a limit: without one what was looked at goes to the end of the queue. This one nobody reaches; unlimited (-1) is
/// not understood by versions before 4.
const MOST_LOOKS: u32 = 2_000_000_000;
/// More than can be waiting in a bad week, and little enough for a disk. At-least-once dead-lettering needs a limit.
const MAX_LENGTH: u32 = 2_100_000;

/// What is declared. The default is production's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// Goes before each name, so that several deployments can share a broker.
    pub prefix: String,
    /// How long each delay queue keeps a message; the queues keep the names of [`RETRY_TIERS`].
    pub delays: [Duration; 4],
    /// The most messages that each queue keeps.
    pub max_length: u32,
}

impl Default for Topology {
    fn default() -> Self {
        Self { prefix: String::new(), delays: RETRY_TIERS, max_length: MAX_LENGTH }
    }
}

impl Topology {
    /// The exchange that mails, reports and dead letters go to, by the name of their queue.
    pub(super) fn mail_exchange(&self) -> ShortString {
        self.name("mail")
    }

    /// The exchange that account events go to, by their type's name.
    pub(super) fn account_events_exchange(&self) -> ShortString {
        self.name("account.events")
    }

    /// The queue that a route leads to, which is its key, too.
    pub(super) fn queue_of(&self, source: Source) -> ShortString {
        match source {
            Source::Mail => self.name("mail.send"),
            Source::Reports => self.name("mail.reports"),
        }
    }

    /// The exchange and the key of a first publish.
    pub(super) fn destination(&self, route: Route, type_name: &str) -> (ShortString, ShortString) {
        match route {
            Route::Mail => (self.mail_exchange(), self.queue_of(Source::Mail)),
            Route::Reports => (self.mail_exchange(), self.queue_of(Source::Reports)),
            Route::AccountEvents => (self.account_events_exchange(), type_name.into()),
        }
    }

    /// Where dead letters are kept.
    pub(super) fn dead(&self) -> ShortString {
        self.name("mail.dead")
    }

    /// A queue that is there while somebody looks through the dead letters, and belongs to them.
    pub(super) fn dead_in_use(&self) -> ShortString {
        self.name("mail.dead.in-use")
    }

    /// The exchange of the shortest tier that is not shorter than `after`, or of the longest there is.
    pub(super) fn retry_exchange(&self, after: Duration) -> ShortString {
        let fitting = RETRY_TIERS.iter().position(|tier| *tier >= after);
        self.tier(fitting.unwrap_or(RETRY_TIERS.len() - 1))
    }

    fn tier(&self, index: usize) -> ShortString {
        self.name(&format!("mail.retry.{}", TIER_NAMES[index]))
    }

    fn name(&self, name: &str) -> ShortString {
        format!("{}{name}", self.prefix).into()
    }

    /// What every queue is.
    fn queue(&self) -> FieldTable {
        table([
            // Replicated, and confirmed only after a majority has it on disk.
            ("x-queue-type", text("quorum")),
            ("x-max-length", self.max_length.into()),
            // A full queue refuses what is new, which the publisher sees as a nack; the default drops the oldest.
            ("x-overflow", text("reject-publish")),
        ])
    }

    /// What every queue is that hands messages on by itself.
    fn forwarding(&self) -> FieldTable {
        let mut arguments = self.queue();
        arguments.insert("x-dead-letter-exchange".into(), text(self.mail_exchange().as_str()));
        // A message leaves only when the next queue has confirmed it; the default may lose it in between.
        arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
        arguments
    }

    /// A queue with consumers.
    fn consumed(&self) -> FieldTable {
        let mut arguments = self.forwarding();
        arguments.insert("x-dead-letter-routing-key".into(), text(self.dead().as_str()));
        // RabbitMQ 4 would set 20 by itself, which a few restarts of a worker use up.
        arguments.insert("x-delivery-limit".into(), DELIVERY_LIMIT.into());
        arguments
    }

    /// The queue of dead letters, which is looked through and put back.
    fn kept(&self) -> FieldTable {
        let mut arguments = self.queue();
        arguments.insert("x-delivery-limit".into(), MOST_LOOKS.into());
        arguments
    }

    /// A delay queue. It has one time to live, because messages expire at its head only; and it never expires itself,
    /// because that would drop what waits in it.
    fn delaying(&self, delay: Duration) -> FieldTable {
        let mut arguments = self.forwarding();
        let millis = u32::try_from(delay.as_millis()).unwrap_or(u32::MAX);
        arguments.insert("x-message-ttl".into(), millis.into());
        arguments
    }

    async fn declare(&self, wire: &Wire) -> Result<(), QueueError> {
        let channel = wire.channel().await?;
        let declaring = Declaring { wire, channel };
        declaring.exchange(self.mail_exchange(), ExchangeKind::Direct).await?;
        declaring.exchange(self.account_events_exchange(), ExchangeKind::Topic).await?;
        // First where others dead-letter to.
        declaring.queue(self.dead(), self.mail_exchange(), self.kept()).await?;
        for source in [Source::Mail, Source::Reports] {
            declaring.queue(self.queue_of(source), self.mail_exchange(), self.consumed()).await?;
        }
        for (index, delay) in self.delays.into_iter().enumerate() {
            declaring.exchange(self.tier(index), ExchangeKind::Fanout).await?;
            declaring.queue(self.tier(index), self.tier(index), self.delaying(delay)).await?;
        }
        Ok(())
    }
}

impl Shared {
    /// Declares everything; what is there already stays as it is.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`], also if something is there with other arguments.
    pub(super) async fn declare(&self, wire: &Wire) -> Result<(), QueueError> {
        let _alone = self.declaring.lock().await;
        self.settings.topology.declare(wire).await
    }
}

/// The channel on which is declared; the broker closes it at the first refusal.
struct Declaring<'a> {
    wire: &'a Wire,
    channel: Channel,
}

impl Declaring<'_> {
    async fn exchange(&self, name: ShortString, kind: ExchangeKind) -> Result<(), QueueError> {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let declared = self.channel.exchange_declare(name, kind, options, FieldTable::default());
        self.wire.ask("declaring an exchange", declared).await
    }

    /// A queue, bound by its own name.
    async fn queue(
        &self,
        name: ShortString,
        exchange: ShortString,
        arguments: FieldTable,
    ) -> Result<(), QueueError> {
        let declared = self.channel.queue_declare(name.clone(), QueueDeclareOptions::durable(), arguments);
        self.wire.ask("declaring a queue", declared).await?;
        let (options, none) = (QueueBindOptions::default(), FieldTable::default());
        let bound = self.channel.queue_bind(name.clone(), exchange, name, options, none);
        self.wire.ask("binding a queue", bound).await
    }
}

fn table<const N: usize>(entries: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in entries {
        table.insert(key.into(), value);
    }
    table
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_waits_no_shorter_than_asked_as_long_as_there_is_such_a_tier() {
        let topology = Topology { prefix: "blue.".to_owned(), ..Topology::default() };
        let exchange = |seconds| topology.retry_exchange(Duration::from_secs(seconds)).to_string();
        assert_eq!([0, 10, 11, 60].map(exchange), ["10s", "10s", "1m", "1m"].map(in_blue));
        assert_eq!([61, 300, 301, 900].map(exchange), ["5m", "5m", "15m", "15m"].map(in_blue));
        assert_eq!(exchange(901), in_blue("15m"));
    }

    fn in_blue(tier: &str) -> String {
        format!("blue.mail.retry.{tier}")
    }
}
