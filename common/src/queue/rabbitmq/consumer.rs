//! A consumer: one channel of its own, which the broker fills up to the prefetch.

use super::Inner;
use super::held::{Held, Settling};
use super::outgoing::Outgoing;
use super::wire::Wire;
use crate::queue::{Consumer, Death, Delivery, QueueError, Source};
use async_trait::async_trait;
use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _};
use lapin::Channel;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
};
use lapin::types::FieldTable;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout_at};

/// No call waits longer; it keeps the sum with "now" in range.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Takes from one queue. Dropped, its channel is closed in the background, and the broker has everything unsettled back.
pub(super) struct RabbitConsumer {
    inner: Arc<Inner>,
    wire: Arc<Wire>,
    source: Source,
    feed: Mutex<Feed>,
    held: Held,
}

/// What the broker sends. lapin closes the channel when the last handle on it is dropped, and this has the last.
enum Feed {
    Open(lapin::Consumer, Channel),
    /// The subscription is over; the channel stays for what is to be settled.
    Stopped {
        _channel: Channel,
    },
    /// To AMQP a prefetch of 0 means no limit, so such a consumer does not subscribe at all.
    Nothing,
    /// The queue is gone, or the channel.
    Ended,
}

impl RabbitConsumer {
    /// Subscribes; a queue that is gone is declared again.
    pub(super) async fn open(inner: Arc<Inner>, source: Source, prefetch: u16) -> Result<Self, QueueError> {
        let wire = inner.consuming.wire().await?;
        let feed = match subscribe(&inner, &wire, source, prefetch).await {
            Err(_) if wire.is_up() => {
                inner.shared.declare(&wire).await?;
                subscribe(&inner, &wire, source, prefetch).await?
            }
            subscribed => subscribed?,
        };
        Ok(Self { inner, wire, source, feed: Mutex::new(feed), held: Held::default() })
    }

    async fn ack_now(&self, settling: Settling<'_>) -> Result<(), QueueError> {
        let acked = settling.taken.acker.ack(BasicAckOptions::default());
        if self.wire.ask("an ack", acked).await? { Ok(()) } else { Err(QueueError::Stale) }
    }

    /// Durable first: dying between the copy and the ack makes a duplicate, never a loss.
    async fn replace_by(&self, copy: Outgoing, settling: Settling<'_>) -> Result<(), QueueError> {
        self.inner.publisher.publish_one(copy).await?;
        self.ack_now(settling).await
    }
}

async fn subscribe(inner: &Inner, wire: &Wire, source: Source, prefetch: u16) -> Result<Feed, QueueError> {
    if prefetch == 0 {
        return Ok(Feed::Nothing);
    }
    let channel = wire.channel().await?;
    wire.ask("setting the prefetch", channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
    let queue = inner.shared.settings.topology.queue_of(source);
    let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
    let consumer = channel.basic_consume(queue, "".into(), options, arguments);
    Ok(Feed::Open(wire.ask("subscribing", consumer).await?, channel))
}

#[async_trait]
impl Consumer for RabbitConsumer {
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let deadline = Instant::now() + wait.min(LONGEST_WAIT);
        let Ok(mut feed) = timeout_at(deadline, self.feed.lock()).await else { return Ok(Vec::new()) };
        let mut taken = Vec::new();
        if max == 0 {
            return Ok(taken);
        }
        let Some(first) = feed.next(deadline).await? else { return Ok(taken) };
        // From here on nothing is awaited, so that a call that is cancelled has taken nothing.
        taken.push(self.held.add(first));
        while taken.len() < max
            && let Some(Ok(Some(next))) = feed.next(Instant::now()).now_or_never()
        {
            taken.push(self.held.add(next));
        }
        Ok(taken)
    }

    async fn stop(&self) -> Result<(), QueueError> {
        let mut feed = self.feed.lock().await;
        if !matches!(*feed, Feed::Open(..)) {
            return Ok(());
        }
        // Until it is done the feed has ended: whoever drops this call lets the channel go, and the broker has all back.
        let Feed::Open(mut consumer, channel) = std::mem::replace(&mut *feed, Feed::Ended) else {
            return Ok(());
        };
        let cancelled = channel.basic_cancel(consumer.tag(), BasicCancelOptions::default());
        self.wire.ask("ending a subscription", cancelled).await?;
        // What had come before the answer, and the end of the stream behind it.
        while let Some(Ok(unwanted)) = consumer.next().await {
            let back = BasicNackOptions { multiple: false, requeue: true };
            self.wire.ask("giving a message back", unwanted.acker.nack(back)).await?;
        }
        *feed = Feed::Stopped { _channel: channel };
        Ok(())
    }

    async fn ack(&self, delivery: &Delivery) -> Result<(), QueueError> {
        self.ack_now(self.held.settle(delivery.tag)?).await
    }

    async fn retry(&self, delivery: &Delivery, body: Bytes, after: Duration) -> Result<(), QueueError> {
        let settling = self.held.settle(delivery.tag)?;
        let topology = &self.inner.shared.settings.topology;
        let copy = Outgoing::retry(topology, self.source, &settling.taken.properties, body, after);
        self.replace_by(copy, settling).await
    }

    async fn dead_letter(&self, delivery: &Delivery, death: &Death) -> Result<(), QueueError> {
        let settling = self.held.settle(delivery.tag)?;
        let topology = &self.inner.shared.settings.topology;
        let (properties, body) = (&settling.taken.properties, delivery.body.clone());
        let copy = Outgoing::dead(topology, self.source, properties, body, death);
        self.replace_by(copy, settling).await
    }
}

impl Feed {
    /// The next delivery before the deadline.
    async fn next(&mut self, deadline: Instant) -> Result<Option<lapin::message::Delivery>, QueueError> {
        let next = match self {
            Self::Open(consumer, _) => timeout_at(deadline, consumer.next()).await,
            Self::Nothing | Self::Stopped { .. } => {
                sleep_until(deadline).await;
                return Ok(None);
            }
            Self::Ended => Ok(None),
        };
        match next {
            Ok(Some(Ok(delivery))) => Ok(Some(delivery)),
            Ok(Some(Err(_)) | None) => {
                *self = Self::Ended;
                Err(QueueError::Unconfirmed("the broker ended the subscription".to_owned()))
            }
            Err(_) => Ok(None),
        }
    }
}
