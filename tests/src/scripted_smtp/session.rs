//! One connection of the scripted server.

use super::{Record, Script, Step};
use anyhow::{Context as _, bail, ensure};
use rustls::ServerConfig;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// What a connection heard.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The lines, without CRLF, messages left out.
    pub lines: Vec<String>,
    /// The messages as they came, the line with the final dot left out.
    pub messages: Vec<Vec<u8>>,
}

impl Heard {
    /// Whether a line begins so.
    #[must_use]
    pub fn has_line(&self, prefix: &str) -> bool {
        self.lines.iter().any(|line| line.starts_with(prefix))
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub(super) struct Session {
    /// None only while TLS is put around it.
    stream: Option<Box<dyn Stream>>,
    unread: Vec<u8>,
    tls: Option<Arc<ServerConfig>>,
    record: Arc<Mutex<Record>>,
}

impl Session {
    pub(super) fn new(stream: TcpStream, tls: Option<Arc<ServerConfig>>, record: Arc<Mutex<Record>>) -> Self {
        // Replies that follow one another must not wait for the client's acknowledgements.
        let _ = stream.set_nodelay(true);
        Self { stream: Some(Box::new(stream)), unread: Vec::new(), tls, record }
    }

    pub(super) async fn play(mut self, script: Script) -> anyhow::Result<()> {
        for step in script.0 {
            let what = format!("{step:?}");
            self.do_step(step).await.with_context(|| what.chars().take(80).collect::<String>())?;
        }
        Ok(())
    }

    async fn do_step(&mut self, step: Step) -> anyhow::Result<()> {
        match step {
            Step::Say(bytes) => self.write(&bytes).await,
            Step::SayIfHeard(bytes) => {
                let _ = self.write(&bytes).await;
                Ok(())
            }
            Step::Drip(bytes, pause) => self.drip(&bytes, pause).await,
            Step::Hear(prefix) => self.hear(&prefix).await,
            Step::HearNothing(time) => self.hear_nothing(time).await,
            Step::HearMessage => self.hear_message().await,
            Step::HearClose => self.hear_close().await,
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Step::StartTls => self.start_tls().await,
            Step::FailTls => {
                ensure!(self.start_tls().await.is_err(), "the client took a certificate it must refuse");
                Ok(())
            }
        }
    }

    fn stream(&mut self) -> anyhow::Result<&mut Box<dyn Stream>> {
        self.stream.as_mut().context("the connection is gone")
    }

    async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let stream = self.stream()?;
        stream.write_all(bytes).await?;
        Ok(stream.flush().await?)
    }

    async fn drip(&mut self, bytes: &[u8], pause: Duration) -> anyhow::Result<()> {
        for byte in bytes {
            if self.write(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    async fn hear(&mut self, prefix: &str) -> anyhow::Result<()> {
        let line = self.read_until(b"\r\n").await?;
        let line = String::from_utf8(line).context("a line that is not utf-8")?;
        self.remember(|record| record.heard.lines.push(line.clone()));
        ensure!(line.starts_with(prefix), "heard {line:?}");
        Ok(())
    }

    async fn hear_nothing(&mut self, time: Duration) -> anyhow::Result<()> {
        ensure!(self.unread.is_empty(), "heard {:?}", String::from_utf8_lossy(&self.unread));
        let mut byte = [0];
        let read = tokio::time::timeout(time, self.stream()?.read(&mut byte)).await;
        ensure!(read.is_err(), "heard something");
        Ok(())
    }

    async fn hear_message(&mut self) -> anyhow::Result<()> {
        let mut message = Vec::new();
        loop {
            let line = self.read_until(b"\r\n").await?;
            if line == b"." {
                break;
            }
            message.extend_from_slice(&line);
            message.extend_from_slice(b"\r\n");
        }
        self.remember(|record| record.heard.messages.push(message));
        Ok(())
    }

    async fn hear_close(&mut self) -> anyhow::Result<()> {
        ensure!(self.unread.is_empty(), "heard {:?}", String::from_utf8_lossy(&self.unread));
        let mut bytes = [0; 64];
        match self.stream()?.read(&mut bytes).await {
            Ok(0) => Ok(()),
            Ok(n) => bail!("heard {:?}", String::from_utf8_lossy(&bytes[..n])),
            // A client that leaves a reply unread resets; TLS without close_notify is an unexpected end.
            Err(e) if matches!(e.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    async fn start_tls(&mut self) -> anyhow::Result<()> {
        let acceptor = TlsAcceptor::from(self.tls.clone().context("no certificate was given")?);
        let plain = self.stream.take().context("the connection is gone")?;
        self.stream = Some(Box::new(acceptor.accept(plain).await?));
        Ok(())
    }

    async fn read_until(&mut self, end: &[u8]) -> anyhow::Result<Vec<u8>> {
        loop {
            if let Some(at) = self.unread.windows(end.len()).position(|window| window == end) {
                let mut line: Vec<u8> = self.unread.drain(..at + end.len()).collect();
                line.truncate(at);
                return Ok(line);
            }
            let stream = self.stream.as_mut().context("the connection is gone")?;
            ensure!(stream.read_buf(&mut self.unread).await? > 0, "the client closed");
        }
    }

    fn remember(&self, note: impl FnOnce(&mut Record)) {
        note(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
