//! Looking into the broker as an operator does, past the queue port.

use anyhow::Context as _;
use common::queue::rabbitmq::{Settings, TRACE_HEADER};
use lapin::options::BasicGetOptions;
use lapin::types::AMQPValue;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};

/// A channel of one's own. The connection lives as long as it is held.
///
/// # Errors
/// If the broker is away.
pub async fn channel(settings: &Settings) -> anyhow::Result<(Connection, Channel)> {
    let url = settings.urls.at(0).expose_secret();
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    Ok((connection, channel))
}

/// The full name of a queue or an exchange.
#[must_use]
pub fn name(settings: &Settings, name: &str) -> lapin::types::ShortString {
    format!("{}{name}", settings.topology.prefix).into()
}

/// The trace context in the headers of a queue's next message, which stays there.
///
/// # Errors
/// If the broker is away, or there is no message, or it has no such header.
pub async fn trace_header(settings: &Settings, queue: &str) -> anyhow::Result<String> {
    let (_connection, channel) = channel(settings).await?;
    let next = channel.basic_get(name(settings, queue), BasicGetOptions::default()).await?;
    header(&next.context("the queue is empty")?.properties, TRACE_HEADER)
}

fn header(properties: &BasicProperties, key: &str) -> anyhow::Result<String> {
    let headers = properties.headers().as_ref().context("a message has no headers")?;
    match headers.inner().get(key) {
        Some(AMQPValue::LongString(text)) => Ok(text.to_string()),
        other => anyhow::bail!("the header {key} of a message is {other:?}"),
    }
}
