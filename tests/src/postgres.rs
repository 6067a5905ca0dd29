//! A private Postgres: in a folder of its own, on a free loopback port, with fresh databases from a migrated template.

use crate::ports::free_port;
use crate::process::{Home, Supervised};
use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

mod cluster;

/// The superuser of the private server.
const SUPERUSER: &str = "postgres";
/// The database that fresh ones are copies of.
const TEMPLATE: &str = "template_of_tests";
/// How long the server may take to answer, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// The server refuses to copy a database while somebody is connected to it.
const OBJECT_IN_USE: &str = "55006";

static SHARED: OnceCell<Postgres> = OnceCell::const_new();

/// A running private server; dropped, it is stopped and its folder removed.
#[derive(Debug)]
pub struct Postgres {
    server: Mutex<Supervised>,
    /// Program and arguments, the same at each start.
    command: Vec<String>,
    folder: PathBuf,
    port: u16,
    template: OnceCell<()>,
    databases: AtomicU32,
}

impl Postgres {
    /// The server that the tests of this process share, started when it is first asked for. Nobody may crash it.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub async fn shared() -> anyhow::Result<&'static Self> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// Starts a server of one's own.
    ///
    /// # Errors
    /// If Postgres is not installed or does not come up; the text says which.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_in(Home::Passing).await
    }

    /// Starts a server in this home, with the data that is there.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub async fn start_in(home: Home) -> anyhow::Result<Self> {
        let postgres = tokio::task::spawn_blocking(move || Self::prepare(&home)).await??;
        postgres.launch().await?;
        Ok(postgres)
    }

    /// Kills the server as a crash does and starts it again, on the same port with the same data.
    ///
    /// # Errors
    /// If it does not come up again.
    pub async fn crash_and_restart(&self) -> anyhow::Result<()> {
        self.crash()?;
        self.launch().await
    }

    /// Kills the server as a crash does.
    ///
    /// # Errors
    /// If its supervisor is gone.
    pub fn crash(&self) -> anyhow::Result<()> {
        self.supervised(Supervised::kill)
    }

    /// Starts the server after [`Postgres::crash`], and waits until it answers.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn launch(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let pid = self.supervised(|server| server.start(&self.command))?;
            // A server started while children of a killed one still hold its memory gives up: start it again.
            while running(pid) && Instant::now() < deadline {
                if self.connect("postgres").await.is_ok() {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            if Instant::now() >= deadline {
                bail!("postgres does not come up:\n{}", self.supervised(|server| Ok(server.end_of_log()))?);
            }
            self.crash()?;
        }
    }

    /// Stops the server and every process of it in the middle of whatever it does: it stays connected, and says nothing.
    ///
    /// # Errors
    /// If it is not running.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets a frozen server go on.
    ///
    /// # Errors
    /// If it is not running.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.signal(Signal::SIGCONT)
    }

    /// Signals the server, then the processes it has made.
    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let lock = std::fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        let server: i32 = lock.lines().next().context("the lock file is empty")?.parse()?;
        kill(Pid::from_raw(server), signal)?;
        for child in children_of(server)? {
            // It may have ended by itself.
            kill(Pid::from_raw(child), signal).ok();
        }
        Ok(())
    }

    /// Where the server lives: its data, its socket and its log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The URL of a database of this server, over TCP.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{SUPERUSER}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// The URL of a fresh database, a copy of a template that `migrate` was run on once.
    ///
    /// # Errors
    /// If the migration fails, or the server does.
    pub async fn fresh_database(
        &self,
        migrate: impl AsyncFnOnce(&str) -> anyhow::Result<()>,
    ) -> anyhow::Result<String> {
        self.template.get_or_try_init(async || self.make_template(migrate).await).await?;
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.copy_template(&name).await?;
        Ok(self.url(&name))
    }

    /// A connection to a database of this server, through the socket in its own folder: no other server can answer.
    ///
    /// # Errors
    /// If the server is away.
    pub async fn connect(&self, database: &str) -> sqlx::Result<PgConnection> {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .port(self.port)
            .username(SUPERUSER)
            .database(database)
            .connect()
            .await
    }

    /// The folder with a cluster in it, not running yet.
    fn prepare(home: &Home) -> anyhow::Result<Self> {
        let programs = cluster::programs()?;
        // QUIT makes the server end its children at once, and those that hang after five seconds.
        let server = Supervised::prepare(home, "QUIT", cluster::REMOVE_SEGMENT)?;
        let folder = server.folder().to_owned();
        let port = free_port()?;
        if !folder.join("data").exists() {
            cluster::make(&programs, &folder)?;
        }
        let command = cluster::server_command(&programs, &folder, port, home.is_synced());
        let (template, databases) = (OnceCell::new(), AtomicU32::new(0));
        Ok(Self { server: Mutex::new(server), command, folder, port, template, databases })
    }

    async fn make_template(
        &self,
        migrate: impl AsyncFnOnce(&str) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.execute(format!("CREATE DATABASE {TEMPLATE}")).await?;
        migrate(&self.url(TEMPLATE)).await.context("could not migrate the template database")
    }

    async fn copy_template(&self, name: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Copying files writes no log, which would be as large as the database.
            match self.execute(format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")).await
            {
                // The migration's connections are closed, but the server may not have noticed.
                Err(error) if is_in_use(&error) && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                result => return result.context("could not copy the template database"),
            }
        }
    }

    async fn execute(&self, statement: String) -> sqlx::Result<()> {
        let mut connection = self.connect("postgres").await?;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await
    }

    fn supervised<T>(&self, act: impl FnOnce(&mut Supervised) -> anyhow::Result<T>) -> anyhow::Result<T> {
        act(&mut self.server.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn is_in_use(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == OBJECT_IN_USE)
}

/// Whether the process runs. One that ended, and whose parent has not looked yet, does not.
fn running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

/// The processes whose parent is `parent`.
fn children_of(parent: i32) -> anyhow::Result<Vec<i32>> {
    let pids =
        std::fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_child = |pid: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // After the name, which may hold anything: the state, then the parent.
        let fields = stat.rsplit_once(") ").map(|(_, fields)| fields.split_whitespace());
        fields.and_then(|mut fields| fields.nth(1)?.parse().ok()) == Some(parent)
    };
    Ok(pids.filter(is_child).collect())
}
