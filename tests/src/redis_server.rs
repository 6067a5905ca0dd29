//! A private Redis: in a folder of its own, on a free loopback port, with everything written to its log of commands, as
//! in production.

use crate::ports::free_port;
use crate::process::{Home, Supervised};
use anyhow::{Context as _, bail};
use common::entropy::OsEntropy;
use common::redis_link::{LinkSettings, RedisLink};
use common::server_url::{REDIS, ServerUrl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use redis::{Client, Cmd, FromRedisValue, cmd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// How many databases a server has.
const DATABASES: &str = "1000";
/// How long the server may take to answer, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

static SHARED: OnceCell<RedisServer> = OnceCell::const_new();

/// A running private server; dropped, it is stopped and its folder removed.
#[derive(Debug)]
pub struct RedisServer {
    running: Mutex<Running>,
    port: u16,
    databases: AtomicU32,
}

#[derive(Debug)]
struct Running {
    server: Supervised,
    pid: Pid,
}

impl RedisServer {
    /// The server that the tests of this process share, started when it is first asked for. Nobody may harm it.
    ///
    /// # Errors
    /// As [`RedisServer::start`].
    pub async fn shared() -> anyhow::Result<&'static Self> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// Starts a server of one's own.
    ///
    /// # Errors
    /// If Redis is not installed or does not come up.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_in(&Home::Passing).await
    }

    /// Starts a server in this home, with the data that is there.
    ///
    /// # Errors
    /// As [`RedisServer::start`].
    pub async fn start_in(home: &Home) -> anyhow::Result<Self> {
        let server = Self::prepare_in(home)?;
        server.launch().await?;
        Ok(server)
    }

    /// A place for a server that does not run yet.
    ///
    /// # Errors
    /// If the folder cannot be made, or no port is free.
    pub fn prepare() -> anyhow::Result<Self> {
        Self::prepare_in(&Home::Passing)
    }

    fn prepare_in(home: &Home) -> anyhow::Result<Self> {
        let server = Supervised::prepare(home, "TERM", "")?;
        let running = Mutex::new(Running { server, pid: Pid::from_raw(0) });
        Ok(Self { running, port: free_port()?, databases: AtomicU32::new(0) })
    }

    /// Starts the server that was prepared or killed, with the data it had, and waits until it answers.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn launch(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        self.supervised(|running| {
            let pid = running.server.start(&command(running, self.port))?;
            running.pid = Pid::from_raw(pid.try_into().context("no process id")?);
            Ok(())
        })?;
        while self.ask::<String>(&cmd("PING")).await.is_err() {
            if Instant::now() > deadline {
                bail!("redis does not come up:\n{}", self.supervised(|it| Ok(it.server.end_of_log()))?);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Ends the server as a crash does. What it has written survives.
    ///
    /// # Errors
    /// If its supervisor is gone.
    pub fn crash(&self) -> anyhow::Result<()> {
        self.supervised(|running| running.server.kill())
    }

    /// Kills the server as a crash does and starts it again with its data.
    ///
    /// # Errors
    /// If it does not come up again.
    pub async fn crash_and_restart(&self) -> anyhow::Result<()> {
        self.crash()?;
        self.launch().await
    }

    /// Kills the server, loses its data and starts it again.
    ///
    /// # Errors
    /// If it does not come up again.
    pub async fn restart_empty(&self) -> anyhow::Result<()> {
        self.crash()?;
        self.supervised(|it| {
            std::fs::remove_dir_all(it.server.folder().join("appendonlydir")).context("no data to lose")
        })?;
        self.launch().await
    }

    /// Stops the server in the middle of whatever it does: its connections stay, and nothing is answered.
    ///
    /// # Errors
    /// If it is gone.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.supervised(|running| Ok(kill(running.pid, Signal::SIGSTOP)?))
    }

    /// Lets it go on; it then answers what was asked meanwhile.
    ///
    /// # Errors
    /// If it is gone.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.supervised(|running| Ok(kill(running.pid, Signal::SIGCONT)?))
    }

    /// Makes it a replica of a server that is not there: it answers reads from what it has, and refuses writes.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn become_read_only(&self) -> anyhow::Result<()> {
        let nowhere = free_port()?;
        Ok(self.ask(cmd("REPLICAOF").arg("127.0.0.1").arg(nowhere)).await?)
    }

    /// Makes it a primary again.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn become_primary(&self) -> anyhow::Result<()> {
        Ok(self.ask(cmd("REPLICAOF").arg("NO").arg("ONE")).await?)
    }

    /// Sends one command, over a connection of its own.
    ///
    /// # Errors
    /// If the server does not answer, or not as expected.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> redis::RedisResult<T> {
        let client = Client::open(self.url().expose_secret())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        command.query_async(&mut connection).await
    }

    /// Where the server lives: its data and its log.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).server.folder().to_owned()
    }

    /// Where the server is.
    #[must_use]
    pub fn url(&self) -> ServerUrl {
        self.database(0)
    }

    /// Where a database of this server is that nobody has used.
    #[must_use]
    pub fn fresh_database(&self) -> ServerUrl {
        self.database(1 + self.databases.fetch_add(1, Ordering::Relaxed))
    }

    #[expect(clippy::expect_used, reason = "the text is a URL")]
    fn database(&self, number: u32) -> ServerUrl {
        ServerUrl::parse(&format!("redis://127.0.0.1:{}/{number}", self.port), REDIS).expect("a URL")
    }

    fn supervised<T>(&self, act: impl FnOnce(&mut Running) -> anyhow::Result<T>) -> anyhow::Result<T> {
        act(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // A frozen server does not hear that it is to end.
        self.thaw().ok();
    }
}

/// A link that is up, for tests that are not about its absence: on a busy machine it waits for its answers.
///
/// # Errors
/// If it does not come up.
pub async fn patient_link(url: ServerUrl) -> anyhow::Result<Arc<RedisLink>> {
    let settings = LinkSettings { timeout: PATIENCE, ..LinkSettings::new(url, "tests") };
    let link = Arc::new(RedisLink::start(settings, Arc::new(OsEntropy)));
    let deadline = Instant::now() + PATIENCE;
    while !link.is_connected() {
        if Instant::now() > deadline {
            bail!("there is no connection");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(link)
}

fn command(running: &Running, port: u16) -> Vec<String> {
    let folder = running.server.folder().display().to_string();
    let port = port.to_string();
    let words = ["redis-server", "--bind", "127.0.0.1", "--port", &port, "--dir", &folder, "--save", ""];
    let log =
        ["--appendonly", "yes", "--appendfsync", "everysec", "--daemonize", "no", "--databases", DATABASES];
    words.into_iter().chain(log).map(str::to_owned).collect()
}
