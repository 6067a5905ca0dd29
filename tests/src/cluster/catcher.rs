//! The relay host of a cluster that sends nowhere, and a subscriber of its account events: the standalone's inbox, in
//! this process, shows both.

use super::settings::Urls;
use crate::relay_inbox::RelayInbox;
use async_trait::async_trait;
use bytes::Bytes;
use common::clock::Clock;
use futures::StreamExt as _;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties, Consumer, ExchangeKind};
use standalone::inbox::{AccountEvent, AccountEvents, AccountEventsUnavailable};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The inbox, catching until it is dropped.
pub struct Catcher {
    inbox: RelayInbox,
    /// Closed when it is dropped.
    _broker: Connection,
}

/// What the subscriber was told, oldest first.
#[derive(Default)]
struct Told(Mutex<Vec<AccountEvent>>);

impl Catcher {
    /// Subscribes at the broker and starts to take mails, into a folder that is kept if one is named.
    ///
    /// # Errors
    /// If the broker is away, or there is no room or no port.
    pub async fn start(urls: &Urls, clock: Arc<dyn Clock>, kept: Option<&Path>) -> anyhow::Result<Self> {
        let broker = Connection::connect(&urls.rabbitmq, ConnectionProperties::default()).await?;
        let consumer = subscribe(&broker, &format!("{}account.events", urls.prefix)).await?;
        let told = Arc::new(Told::default());
        tokio::spawn(listen(consumer, told.clone(), clock.clone()));
        Ok(Self { inbox: RelayInbox::start_with(told, clock, kept).await?, _broker: broker })
    }

    /// What it took.
    #[must_use]
    pub fn inbox(&self) -> &RelayInbox {
        &self.inbox
    }

    /// As the worker's settings name it.
    #[must_use]
    pub fn smtp_url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.inbox.smtp_port())
    }
}

/// Binds a queue of this connection's own to the exchange, as a gateway does.
async fn subscribe(broker: &Connection, exchange: &str) -> lapin::Result<Consumer> {
    let channel = broker.create_channel().await?;
    let durable = lapin::options::ExchangeDeclareOptions { durable: true, ..Default::default() };
    let nothing = FieldTable::default;
    channel.exchange_declare(exchange.into(), ExchangeKind::Topic, durable, nothing()).await?;
    let own = QueueDeclareOptions { exclusive: true, auto_delete: true, ..Default::default() };
    let queue = channel.queue_declare("".into(), own, nothing()).await?;
    let name = queue.name().clone();
    channel
        .queue_bind(name.clone(), exchange.into(), "#".into(), QueueBindOptions::default(), nothing())
        .await?;
    channel.basic_consume(name, "gateway".into(), BasicConsumeOptions::default(), nothing()).await
}

async fn listen(mut consumer: Consumer, told: Arc<Told>, clock: Arc<dyn Clock>) {
    while let Some(Ok(delivery)) = consumer.next().await {
        let id = delivery.properties.message_id().as_ref().map(|id| Uuid::try_parse(id.as_str()));
        if let Some(Ok(event_id)) = id {
            let body = Bytes::from(delivery.data.clone());
            told.hear(AccountEvent { event_id, published_at: clock.now(), body });
        }
        if delivery.ack(BasicAckOptions::default()).await.is_err() {
            return;
        }
    }
}

impl Told {
    /// A subscriber is told at least once, and knows an event again by its id.
    fn hear(&self, event: AccountEvent) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.iter().all(|known| known.event_id != event.event_id) {
            events.push(event);
        }
    }
}

#[async_trait]
impl AccountEvents for Told {
    async fn newest(&self, limit: u32) -> Result<Vec<AccountEvent>, AccountEventsUnavailable> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(events.iter().rev().take(limit as usize).cloned().collect())
    }
}
