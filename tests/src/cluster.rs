//! The cluster: reset-api and mail-worker as separate processes, so many copies of each, on real servers.
//!
//! [`Servers`] are private ones; [`Setup`] says what runs on them; a [`Cluster`] is that, running. Every copy is a
//! [`Copy`] that can be killed, stopped and started again by process id.

pub mod accounts;
mod catcher;
mod copy;
mod servers;
mod settings;

pub use catcher::Catcher;
pub use copy::{Copy, Role};
pub use servers::Servers;
pub use settings::{Place, Urls, worker_name};

use crate::program::Invocation;
use anyhow::{Context as _, ensure};
use settings::Settings;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicU32, Ordering};

/// What runs, and how.
#[derive(Debug, Clone)]
pub struct Setup {
    /// A program that is `tests::service_main` behind its first arguments.
    pub services: Services,
    /// Where keys and logs are kept.
    pub folder: PathBuf,
    /// The servers' URLs.
    pub urls: Urls,
    /// The relay host's URL.
    pub smtp: String,
    /// How many copies of reset-api.
    pub api: usize,
    /// How many copies of mail-worker.
    pub worker: usize,
    /// A file whose offset moves the time of everything, servers included; each copy's own error stands beside it.
    pub clock: Option<PathBuf>,
    /// Settings on top, by variable.
    pub more: Vec<(String, String)>,
}

/// How the services' program is started.
#[derive(Debug, Clone)]
pub struct Services {
    /// The file.
    pub file: PathBuf,
    /// What stands before the service's name.
    pub before: Vec<OsString>,
}

/// A running cluster. It ends when this is dropped; [`Cluster::stop`] drains it.
#[derive(Debug)]
pub struct Cluster {
    setup: Setup,
    settings: Settings,
    /// How many commands were run.
    asked: AtomicU32,
    /// The copies of reset-api.
    pub apis: Vec<Copy>,
    /// The copies of mail-worker.
    pub workers: Vec<Copy>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Answer {
    /// By what.
    pub status: ExitStatus,
    /// What it printed.
    pub out: String,
    /// What it logged.
    pub log: String,
}

impl Cluster {
    /// Migrates, then starts every copy and waits until all have announced where they listen. They may still be
    /// connecting: see [`Cluster::ready`].
    ///
    /// # Errors
    /// If one of them ends, with what it said.
    pub async fn start(setup: Setup) -> anyhow::Result<Self> {
        let settings = Settings::make(&setup)?;
        let mut cluster =
            Self { settings, asked: AtomicU32::new(0), apis: Vec::new(), workers: Vec::new(), setup };
        cluster.migrate().await?;
        cluster.start_copies().await?;
        Ok(cluster)
    }

    /// The same without migrating first.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn start_unmigrated(setup: Setup) -> anyhow::Result<Self> {
        let settings = Settings::make(&setup)?;
        let mut cluster =
            Self { settings, asked: AtomicU32::new(0), apis: Vec::new(), workers: Vec::new(), setup };
        cluster.start_copies().await?;
        Ok(cluster)
    }

    async fn start_copies(&mut self) -> anyhow::Result<()> {
        let apis = (0..self.setup.api).map(|number| self.prepare(Role::Api, number));
        let workers = (0..self.setup.worker).map(|number| self.prepare(Role::Worker, number));
        let (mut apis, mut workers): (Vec<_>, Vec<_>) = (apis.collect(), workers.collect());
        for copy in apis.iter_mut().chain(&mut workers) {
            copy.start()?;
        }
        for copy in apis.iter_mut().chain(&mut workers) {
            copy.announced().await?;
        }
        (self.apis, self.workers) = (apis, workers);
        Ok(())
    }

    /// Runs `reset-api migrate`.
    ///
    /// # Errors
    /// If it fails.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        self.run(&["migrate"], "migrate").await
    }

    /// Runs a command of reset-api to its end.
    ///
    /// # Errors
    /// If it fails, with what it said.
    pub async fn run(&self, arguments: &[&str], log: &str) -> anyhow::Result<()> {
        let mut invocation = self.invocation(Role::Api, 0);
        invocation.arguments.extend(arguments.iter().map(OsString::from));
        let mut command = crate::program::Program::start(&invocation, &self.settings.log(log))?;
        let status = command.ends().await?;
        ensure!(status.success(), "reset-api {arguments:?} ended by {status}: {}", command.log());
        Ok(())
    }

    /// Runs a command of a service to its end, however that is; `ours` are options of the tests' main.
    ///
    /// # Errors
    /// If it cannot be started, or does not end.
    pub async fn ask(&self, role: Role, ours: &[&str], arguments: &[&str]) -> anyhow::Result<Answer> {
        let mut invocation = self.invocation(role, 0);
        invocation.arguments.extend(ours.iter().chain(arguments).map(OsString::from));
        invocation.environment.push(("LOGNAME".to_owned(), "grace".to_owned()));
        let log = self.settings.log(&format!("command-{}", self.asked.fetch_add(1, Ordering::Relaxed)));
        let mut command = crate::program::Program::start(&invocation, &log)?;
        let status = command.ends().await?;
        let out = std::fs::read_to_string(log.with_extension("stdout"))?;
        Ok(Answer { status, out, log: command.log() })
    }

    /// Has the mails sent through another relay host from now on: restarts the workers, one after the other.
    ///
    /// # Errors
    /// If one does not stop or start.
    pub async fn relay_through(&mut self, smtp: String) -> anyhow::Result<()> {
        self.settings.relay_through(smtp);
        for number in 0..self.workers.len() {
            let mut copy = self.prepare(Role::Worker, number);
            self.workers[number].stop().await?;
            copy.start()?;
            copy.announced().await?;
            self.workers[number] = copy;
        }
        Ok(())
    }

    /// Waits until every copy says it is ready.
    ///
    /// # Errors
    /// If one is not in time.
    pub async fn ready(&self) -> anyhow::Result<()> {
        for copy in self.apis.iter().chain(&self.workers) {
            copy.ready().await?;
        }
        Ok(())
    }

    /// How many copies say that they are ready: of reset-api, and of mail-worker.
    pub async fn count_ready(&self) -> (usize, usize) {
        async fn count(copies: &[Copy]) -> usize {
            let looks = copies.iter().map(Copy::is_ready);
            futures::future::join_all(looks).await.into_iter().filter(|ready| *ready).count()
        }
        tokio::join!(count(&self.apis), count(&self.workers))
    }

    /// Asks every copy to stop, all at once, and waits until all have drained.
    ///
    /// # Errors
    /// If one does not, or fails.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let stops = self.apis.iter_mut().chain(&mut self.workers).map(Copy::stop);
        futures::future::join_all(stops).await.into_iter().collect()
    }

    /// Where the copies of reset-api take calls.
    ///
    /// # Errors
    /// If one does not run.
    pub fn grpc(&self) -> anyhow::Result<Vec<SocketAddr>> {
        self.apis
            .iter()
            .map(|api| api.place().map(|place| place.grpc).and_then(|it| it.context("no gRPC")))
            .collect()
    }

    /// Where every copy's output is kept, a file a stream and start.
    #[must_use]
    pub fn logs(&self) -> &Path {
        &self.settings.logs
    }

    /// The admin listener of each copy, those of reset-api first.
    ///
    /// # Errors
    /// If one does not run.
    pub fn admin(&self) -> anyhow::Result<Vec<SocketAddr>> {
        self.apis.iter().chain(&self.workers).map(|copy| Ok(copy.place()?.admin)).collect()
    }

    /// The file that says by how much the clock of that copy alone is wrong.
    #[must_use]
    pub fn wrong_by(&self, role: Role, number: usize) -> Option<PathBuf> {
        let clock = self.setup.clock.as_ref()?;
        Some(clock.with_added_extension(format!("{}-{number}", role.name())))
    }

    fn prepare(&self, role: Role, number: usize) -> Copy {
        let mut invocation = self.invocation(role, number);
        invocation.arguments.push(role.command().into());
        Copy::new(role, invocation, self.settings.log(&format!("{}-{number}", role.name())))
    }

    fn invocation(&self, role: Role, number: usize) -> Invocation {
        let Services { file, before } = self.setup.services.clone();
        let mut arguments = before;
        arguments.push(role.name().into());
        if let (Some(clock), Some(wrong)) = (&self.setup.clock, self.wrong_by(role, number)) {
            arguments.extend(["--clock".into(), clock.into(), "--wrong-by".into(), wrong.into()]);
        }
        Invocation { file, arguments, environment: self.settings.environment(role, number) }
    }
}
