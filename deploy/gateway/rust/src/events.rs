//! Hearing of changed passwords, so that sessions made before end in every app.

use futures::StreamExt as _;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicNackOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Connection, Consumer};
use prost::Message as _;
use proto::v1::PasswordChanged;

/// A gateway's own queue on the exchange of account events.
pub struct Subscription(Consumer);

impl Subscription {
    /// Declares the queue, which keeps events while the gateway is away, and binds it. The exchange is reset-api's:
    /// `account.events` behind its `rabbitmq.prefix`.
    ///
    /// # Errors
    /// What the broker says, for example that the exchange is not there yet.
    pub async fn open(broker: &Connection, exchange: &str, queue: &str) -> lapin::Result<Self> {
        let channel = broker.create_channel().await?;
        let mut replicated = FieldTable::default();
        replicated.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        channel.queue_declare(queue.into(), QueueDeclareOptions::durable(), replicated).await?;
        let (key, none) = ("PasswordChanged".into(), FieldTable::default());
        channel.queue_bind(queue.into(), exchange.into(), key, QueueBindOptions::default(), none).await?;
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(queue.into(), "".into(), options, FieldTable::default());
        Ok(Self(consumer.await?))
    }

    /// Waits for the next event and has `end_sessions` end the account's sessions of a lower version. The event is
    /// acknowledged only then; if that fails it comes again. `None`: the connection has ended, and is to be made anew.
    ///
    /// # Errors
    /// What the broker says.
    pub async fn next(
        &mut self,
        end_sessions: impl AsyncFnOnce(&PasswordChanged) -> bool,
    ) -> lapin::Result<Option<PasswordChanged>> {
        while let Some(delivery) = self.0.next().await {
            let delivery = delivery?;
            let Ok(event) = PasswordChanged::decode(delivery.data.as_slice()) else {
                // Nothing that comes again will make it readable.
                delivery.ack(BasicAckOptions::default()).await?;
                continue;
            };
            if end_sessions(&event).await {
                delivery.ack(BasicAckOptions::default()).await?;
            } else {
                delivery.nack(BasicNackOptions { requeue: true, ..BasicNackOptions::default() }).await?;
            }
            return Ok(Some(event));
        }
        Ok(None)
    }
}
