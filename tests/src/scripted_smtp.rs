//! An SMTP server that does what a script says, right or wrong, and remembers what it heard.

mod script;
mod session;
mod wire;

pub use script::{Script, Step};
pub use session::Heard;
pub(crate) use wire::Wire;

use anyhow::{Context as _, bail, ensure};
use rustls::ServerConfig;
use session::Session;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long a test waits for anything; a test that comes near it has failed.
const DEADLINE: Duration = Duration::from_secs(20);
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// What a connection heard, and how its script ended once it has.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) heard: Heard,
    outcome: Option<Result<(), String>>,
}

/// Runs one script a connection, in the order of connecting. A connection without a script is refused, and
/// remembered as a mistake.
#[derive(Debug)]
pub struct ScriptedSmtp {
    address: SocketAddr,
    records: Vec<Arc<Mutex<Record>>>,
    listening: JoinHandle<()>,
    surplus: Arc<Mutex<usize>>,
}

impl ScriptedSmtp {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// If there is none.
    pub async fn start(scripts: Vec<Script>) -> anyhow::Result<Self> {
        Self::start_with_tls(scripts, None).await
    }

    /// The same, with what [`Script::start_tls`] needs.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn start_with_tls(
        scripts: Vec<Script>,
        tls: Option<Arc<ServerConfig>>,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("binding a loopback port")?;
        let address = listener.local_addr()?;
        let records: Vec<_> = scripts.iter().map(|_| Arc::new(Mutex::new(Record::default()))).collect();
        let surplus = Arc::default();
        let queue: Vec<_> = scripts.into_iter().zip(records.iter().cloned()).collect();
        let listening = tokio::spawn(listen(listener, queue, tls, Arc::clone(&surplus)));
        Ok(Self { address, records, listening, surplus })
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Waits until the connection (counted from 0) has heard a line that begins so.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn hears(&self, connection: usize, prefix: &str) -> anyhow::Result<()> {
        self.wait_for(|| self.read(connection, |record| record.heard.has_line(prefix)))
            .await
            .with_context(|| format!("connection {connection} did not hear {prefix}"))
    }

    /// Waits until the connection has heard so many whole messages.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn hears_messages(&self, connection: usize, count: usize) -> anyhow::Result<()> {
        self.wait_for(|| self.read(connection, |record| record.heard.messages.len() >= count))
            .await
            .with_context(|| format!("connection {connection} did not hear {count} messages"))
    }

    /// Waits until the connection's script has ended.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn ends(&self, connection: usize) -> anyhow::Result<()> {
        self.wait_for(|| self.read(connection, |record| record.outcome.is_some()))
            .await
            .with_context(|| format!("the script of connection {connection} did not end"))
    }

    /// Waits until every script has ended, and returns what each connection heard.
    ///
    /// # Errors
    /// If a script was not used or did not go as written, or a connection came that none was written for.
    pub async fn finish(self) -> anyhow::Result<Vec<Heard>> {
        for connection in 0..self.records.len() {
            self.ends(connection).await?;
            if let Some(Err(why)) = self.read(connection, |record| record.outcome.clone()) {
                bail!(
                    "connection {connection}: {why}; heard {:?}",
                    self.read(connection, |r| r.heard.clone())
                );
            }
        }
        let surplus = *self.surplus.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(surplus == 0, "{surplus} connections more than scripts");
        Ok((0..self.records.len()).map(|i| self.read(i, |record| record.heard.clone())).collect())
    }

    async fn wait_for(&self, is_true: impl Fn() -> bool) -> anyhow::Result<()> {
        let waiting = async {
            while !is_true() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(DEADLINE, waiting).await.context("the time ran out")
    }

    fn read<T>(&self, connection: usize, look: impl FnOnce(&Record) -> T) -> T {
        look(&self.records[connection].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for ScriptedSmtp {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(
    listener: TcpListener,
    queue: Vec<(Script, Arc<Mutex<Record>>)>,
    tls: Option<Arc<ServerConfig>>,
    surplus: Arc<Mutex<usize>>,
) {
    let mut queue = queue.into_iter();
    while let Ok((stream, _)) = listener.accept().await {
        let Some((script, record)) = queue.next() else {
            *surplus.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            continue;
        };
        let tls = tls.clone();
        tokio::spawn(async move {
            let outcome = Session::new(stream, tls, Arc::clone(&record)).play(script).await;
            let outcome = outcome.map_err(|why| format!("{why:#}"));
            record.lock().unwrap_or_else(PoisonError::into_inner).outcome = Some(outcome);
        });
    }
}
