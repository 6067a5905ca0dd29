//! A private RabbitMQ: in a folder of its own, with an epmd of its own, on free loopback ports.

use crate::process::{Home, Supervised};
use anyhow::{Context as _, bail};
use common::server_url::{AMQP, ServerUrl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::time::timeout;

pub mod looking;
mod node;
mod nodes;
pub mod stranger;

use node::Node;

/// How long the server may take to come up, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked whether it does.
const LOOK: Duration = Duration::from_millis(20);
/// How long one look may last: a server that is starting accepts and says nothing.
const GLANCE: Duration = Duration::from_secs(1);

static SHARED: OnceCell<RwLock<RabbitMq>> = OnceCell::const_new();

/// A running private server; dropped, it is stopped, its epmd too, and its folder removed.
#[derive(Debug)]
pub struct RabbitMq {
    server: Mutex<Supervised>,
    node: Node,
    pid: Mutex<Option<Pid>>,
}

impl RabbitMq {
    /// The server that the tests of this process share, started when it is first asked for. Nobody crashes it while
    /// the guard lives.
    ///
    /// # Errors
    /// As [`RabbitMq::start`].
    pub async fn shared() -> anyhow::Result<RwLockReadGuard<'static, Self>> {
        Ok(the_shared().await?.read().await)
    }

    /// The same server, when everybody else is done with it: now it may be crashed, if it is left running.
    ///
    /// # Errors
    /// As [`RabbitMq::start`].
    pub async fn alone() -> anyhow::Result<RwLockWriteGuard<'static, Self>> {
        Ok(the_shared().await?.write().await)
    }

    /// Starts a server of one's own.
    ///
    /// # Errors
    /// If RabbitMQ is not installed or does not come up; the text says which.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_in(Home::Passing).await
    }

    /// Starts a server in this home, with the data that is there.
    ///
    /// # Errors
    /// As [`RabbitMq::start`].
    pub async fn start_in(home: Home) -> anyhow::Result<Self> {
        let rabbitmq = tokio::task::spawn_blocking(move || Self::prepare_in(&home)).await??;
        rabbitmq.launch().await?;
        Ok(rabbitmq)
    }

    /// Makes a server that does not run yet; [`RabbitMq::launch`] starts it.
    ///
    /// # Errors
    /// If RabbitMQ is not installed.
    pub fn prepare() -> anyhow::Result<Self> {
        Self::prepare_in(&Home::Passing)
    }

    fn prepare_in(home: &Home) -> anyhow::Result<Self> {
        let node = if let Home::Kept(folder) = home { Node::kept(folder)? } else { Node::choose()? };
        Self::prepare_node(node, home)
    }

    fn prepare_node(node: Node, home: &Home) -> anyhow::Result<Self> {
        let server = Supervised::prepare(home, "TERM", &node.stop_epmd())?;
        node.configure(server.folder())?;
        Ok(Self { server: Mutex::new(server), node, pid: Mutex::new(None) })
    }

    /// Starts the server after [`RabbitMq::crash`], and waits until it answers.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn launch(&self) -> anyhow::Result<()> {
        let command = self.node.command(&self.folder());
        let pid = self.supervised(|server| server.start(&command))?;
        *lock(&self.pid) = Some(Pid::from_raw(i32::try_from(pid)?));
        self.until_it_answers().await
    }

    /// Waits until the server answers.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn until_it_answers(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !self.answers().await {
            if begun.elapsed() > PATIENCE {
                bail!("rabbitmq does not come up:\n{}", self.supervised(|server| Ok(server.end_of_log()))?);
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Kills the server as a crash does.
    ///
    /// # Errors
    /// If its supervisor is gone.
    pub fn crash(&self) -> anyhow::Result<()> {
        *lock(&self.pid) = None;
        self.supervised(Supervised::kill)
    }

    /// Kills the server as a crash does and starts it again, on the same port with the same data.
    ///
    /// # Errors
    /// If it does not come up again.
    pub async fn crash_and_restart(&self) -> anyhow::Result<()> {
        self.crash()?;
        self.launch().await
    }

    /// Removes everything that a crashed server had on its disk.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn wipe(&self) -> anyhow::Result<()> {
        std::fs::remove_dir_all(node::data(&self.folder())).context("could not wipe rabbitmq's disk")
    }

    /// Freezes the server: its connections stay open, and nothing answers.
    ///
    /// # Errors
    /// If it does not run.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets a frozen server go on.
    ///
    /// # Errors
    /// If it does not run.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGCONT)
    }

    /// Runs `rabbitmqctl`, which takes some seconds, and returns what it printed.
    ///
    /// # Errors
    /// If it fails; the text holds what it said.
    pub async fn ctl(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut words = self.node.ctl_command(&self.folder());
        words.extend(arguments.iter().map(|word| (*word).to_owned()));
        let run = move || Command::new(&words[0]).args(&words[1..]).output();
        let output = tokio::task::spawn_blocking(run).await?.context("could not start rabbitmqctl")?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!("rabbitmqctl failed: {printed}{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(printed)
    }

    /// Where the server is reached.
    #[must_use]
    pub fn amqp_url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.node.port)
    }

    /// The same, as the program's settings have it.
    ///
    /// # Errors
    /// Never; the URL is a good one.
    pub fn server_url(&self) -> anyhow::Result<ServerUrl> {
        Ok(ServerUrl::parse(&self.amqp_url(), AMQP)?)
    }

    /// Where the server lives: its data, its settings and its log.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).folder().to_owned()
    }

    /// Whether it has booted: a protocol header is answered by the first frame of a connection, a method.
    pub async fn answers(&self) -> bool {
        let greeting = async {
            let mut stream = TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, self.node.port)).await?;
            stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
            stream.read_u8().await
        };
        matches!(timeout(GLANCE, greeting).await, Ok(Ok(1)))
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = lock(&self.pid).context("rabbitmq does not run")?;
        kill(pid, signal).context("could not signal rabbitmq")
    }

    fn supervised<T>(&self, act: impl FnOnce(&mut Supervised) -> anyhow::Result<T>) -> anyhow::Result<T> {
        act(&mut lock(&self.server))
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        // A frozen server does not end when it is told to.
        let _ = self.thaw();
    }
}

async fn the_shared() -> anyhow::Result<&'static RwLock<RabbitMq>> {
    SHARED.get_or_try_init(async || Ok(RwLock::new(RabbitMq::start().await?))).await
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
