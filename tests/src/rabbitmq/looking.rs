//! Looking into the broker as an operator does, past the queue port.

use anyhow::Context as _;
use bytes::Bytes;
use common::queue::Source;
use common::queue::rabbitmq::{REASON_HEADER, SOURCE_HEADER, Settings, TRACE_HEADER};
use lapin::options::BasicGetOptions;
use lapin::types::AMQPValue;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use uuid::Uuid;

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

/// What is kept aside of one source: id, body and reason. It stays there.
///
/// # Errors
/// If the broker is away, or a dead letter is not as it must be.
pub async fn dead_letters(settings: &Settings, source: Source) -> anyhow::Result<Vec<(Uuid, Bytes, String)>> {
    let (_connection, channel) = channel(settings).await?;
    let queue = match source {
        Source::Mail => name(settings, "mail.send"),
        Source::Reports => name(settings, "mail.reports"),
    };
    let (dead, mut letters) = (name(settings, "mail.dead"), Vec::new());
    // Unsettled, they return when the channel is closed.
    while let Some(letter) = channel.basic_get(dead.clone(), BasicGetOptions::default()).await? {
        let header = |key| header(&letter.properties, key);
        if header(SOURCE_HEADER)? == queue.as_str() {
            let id = letter.properties.message_id().as_ref().context("a dead letter has no id")?.as_str();
            letters.push((id.parse()?, letter.data.clone().into(), header(REASON_HEADER)?));
        }
    }
    Ok(letters)
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
