//! One connection of the scripted server.

use super::wire::Wire;
use super::{Record, Script, Step};
use anyhow::{Context as _, bail, ensure};
use rustls::ServerConfig;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;

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

pub(super) struct Session {
    wire: Wire,
    tls: Option<Arc<ServerConfig>>,
    record: Arc<Mutex<Record>>,
}

impl Session {
    pub(super) fn new(stream: TcpStream, tls: Option<Arc<ServerConfig>>, record: Arc<Mutex<Record>>) -> Self {
        Self { wire: Wire::new(stream), tls, record }
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
            Step::Say(bytes) => self.wire.write(&bytes).await,
            Step::SayIfHeard(bytes) => {
                let _ = self.wire.write(&bytes).await;
                Ok(())
            }
            Step::Drip(bytes, pause) => {
                self.wire.drip(&bytes, pause).await;
                Ok(())
            }
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

    async fn hear(&mut self, prefix: &str) -> anyhow::Result<()> {
        let line = self.wire.read_line().await?;
        let line = String::from_utf8(line).context("a line that is not utf-8")?;
        self.remember(|record| record.heard.lines.push(line.clone()));
        ensure!(line.starts_with(prefix), "heard {line:?}");
        Ok(())
    }

    async fn hear_nothing(&mut self, time: Duration) -> anyhow::Result<()> {
        ensure!(self.wire.unread().is_empty(), "heard {:?}", String::from_utf8_lossy(self.wire.unread()));
        let mut byte = [0];
        let read = tokio::time::timeout(time, self.wire.read_past_unread(&mut byte)).await;
        ensure!(read.is_err(), "heard something");
        Ok(())
    }

    async fn hear_message(&mut self) -> anyhow::Result<()> {
        let message = self.wire.read_message().await?;
        self.remember(|record| record.heard.messages.push(message));
        Ok(())
    }

    async fn hear_close(&mut self) -> anyhow::Result<()> {
        ensure!(self.wire.unread().is_empty(), "heard {:?}", String::from_utf8_lossy(self.wire.unread()));
        let mut bytes = [0; 64];
        match self.wire.read_past_unread(&mut bytes).await {
            Ok(0) => Ok(()),
            Ok(n) => bail!("heard {:?}", String::from_utf8_lossy(&bytes[..n])),
            // A client that leaves a reply unread resets; TLS without close_notify is an unexpected end.
            Err(e) if matches!(e.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    async fn start_tls(&mut self) -> anyhow::Result<()> {
        let tls = self.tls.clone().context("no certificate was given")?;
        self.wire.start_tls(tls).await
    }

    fn remember(&self, note: impl FnOnce(&mut Record)) {
        note(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
