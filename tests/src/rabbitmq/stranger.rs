//! A stranger who may publish, and writes what no client library would: the properties of his messages are bytes.

use super::RabbitMq;
use crate::amqp_frames::{Frame, Method, content_header, frame, long_string, method, short_string};
use anyhow::{Context as _, bail};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// His one channel.
const CHANNEL: u16 = 1;
/// The broker answers each of his messages, or closes the connection.
const ANSWER: Duration = Duration::from_secs(60);

/// His connection.
#[derive(Debug)]
pub struct Stranger {
    stream: BufReader<TcpStream>,
}

impl RabbitMq {
    /// Lets him in.
    ///
    /// # Errors
    /// If the broker is away.
    pub async fn stranger(&self) -> anyhow::Result<Stranger> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.node.port)).await?;
        stream.set_nodelay(true)?;
        let mut stranger = Stranger { stream: BufReader::new(stream) };
        stranger.greet().await.context("the broker does not let the stranger in")?;
        Ok(stranger)
    }
}

impl Stranger {
    /// start-ok, tune-ok, open; a channel with confirms.
    async fn greet(&mut self) -> anyhow::Result<()> {
        self.stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        self.answer((10, 10)).await?;
        let login = [
            long_string(b""),
            short_string(b"PLAIN"),
            long_string(b"\0guest\0guest"),
            short_string(b"en_US"),
        ];
        self.tell(0, (10, 11), &login.concat()).await?;
        let mut limits = self.answer((10, 30)).await?;
        // All that the broker allows, but no heartbeats.
        limits.truncate(6);
        limits.extend([0, 0]);
        self.tell(0, (10, 31), &limits).await?;
        self.call(0, (10, 40), &[short_string(b"/"), short_string(b""), vec![0]].concat()).await?;
        self.call(CHANNEL, (20, 10), &short_string(b"")).await?;
        self.call(CHANNEL, (85, 10), &[0]).await
    }

    /// Publishes a message to where it must lead, and waits until the broker has it.
    ///
    /// # Errors
    /// If the broker refuses it.
    pub async fn publish(
        &mut self,
        exchange: &str,
        key: &[u8],
        properties: &[u8],
        body: &[u8],
    ) -> anyhow::Result<()> {
        let mandatory = [1];
        let whither = [&[0; 2][..], &short_string(exchange.as_bytes()), &short_string(key), &mandatory];
        self.tell(CHANNEL, (60, 40), &whither.concat()).await?;
        self.stream.write_all(&content_header(CHANNEL, properties, body)).await?;
        self.stream.write_all(&frame(3, CHANNEL, body)).await?;
        self.answer((60, 80)).await.map(drop)
    }

    async fn call(&mut self, channel: u16, called: Method, arguments: &[u8]) -> anyhow::Result<()> {
        self.tell(channel, called, arguments).await?;
        self.answer((called.0, called.1 + 1)).await.map(drop)
    }

    async fn tell(&mut self, channel: u16, called: Method, arguments: &[u8]) -> anyhow::Result<()> {
        Ok(self.stream.write_all(&method(channel, called, arguments)).await?)
    }

    /// The arguments of the broker's next word, which must be this one.
    async fn answer(&mut self, expected: Method) -> anyhow::Result<Vec<u8>> {
        match timeout(ANSWER, Frame::read(&mut self.stream)).await.context("the broker says nothing")?? {
            Frame::Method(_, called, arguments) if called == expected => Ok(arguments),
            Frame::Method(_, called, words) => {
                bail!("the broker says {called:?} instead: {}", String::from_utf8_lossy(&words))
            }
            _ => bail!("the broker says something else than {expected:?}"),
        }
    }
}
