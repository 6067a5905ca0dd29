//! One copy of a service.

use super::settings::Place;
use crate::eventually::eventually;
use crate::program::{Invocation, Program};
use anyhow::Context as _;
use common::abort::AbortPoint;
use std::ffi::OsString;
use std::path::PathBuf;

/// Which service a copy is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// reset-api.
    Api,
    /// mail-worker.
    Worker,
}

impl Role {
    /// The service's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "reset-api",
            Self::Worker => "mail-worker",
        }
    }

    /// The command that serves until it is told to stop.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Api => "serve",
            Self::Worker => "run",
        }
    }
}

/// A copy, running or not. Each start is a new process, on new ports.
#[derive(Debug)]
pub struct Copy {
    role: Role,
    invocation: Invocation,
    log: PathBuf,
    starts: u32,
    running: Option<(Program, Option<Place>)>,
}

impl Copy {
    pub(super) fn new(role: Role, invocation: Invocation, log: PathBuf) -> Self {
        Self { role, invocation, log, starts: 0, running: None }
    }

    /// Starts it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&mut self) -> anyhow::Result<()> {
        self.start_as(&self.invocation.clone())
    }

    /// Starts it so that it aborts when it comes to `point` for the `visit`-th time, counted from 1.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start_armed(&mut self, point: AbortPoint, visit: u32) -> anyhow::Result<()> {
        let mut armed = self.invocation.clone();
        // Options of ours stand before those of the service.
        let command = armed.arguments.pop().context("no command")?;
        armed.arguments.push("--abort".into());
        armed.arguments.push(OsString::from(format!("{}:{visit}", point.name())));
        armed.arguments.push(command);
        self.start_as(&armed)
    }

    fn start_as(&mut self, invocation: &Invocation) -> anyhow::Result<()> {
        self.starts += 1;
        let log = self.log.with_file_name(format!("{}.{}.x", self.file_name(), self.starts));
        self.running = Some((Program::start(invocation, &log)?, None));
        Ok(())
    }

    fn file_name(&self) -> String {
        self.log.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Waits until it has said where it listens.
    ///
    /// # Errors
    /// If it ends before, with what it said.
    pub async fn announced(&mut self) -> anyhow::Result<Place> {
        let role = self.role;
        let (program, place) = self.running.as_mut().context("it was not started")?;
        let admin = program.address("admin ").await?;
        let told = match role {
            Role::Api => {
                let (grpc, pages) = (program.address("gRPC ").await?, program.address("pages ").await?);
                Place { admin, grpc: Some(grpc), pages: Some(pages) }
            }
            Role::Worker => Place { admin, grpc: None, pages: None },
        };
        Ok(*place.insert(told))
    }

    /// Where it listens.
    ///
    /// # Errors
    /// If it was not started, or has not said yet.
    pub fn place(&self) -> anyhow::Result<Place> {
        let (_, place) = self.running.as_ref().context("it was not started")?;
        place.context("it has not said where it listens")
    }

    /// Its process.
    ///
    /// # Errors
    /// If it was not started.
    pub fn program(&mut self) -> anyhow::Result<&mut Program> {
        Ok(&mut self.running.as_mut().context("it was not started")?.0)
    }

    /// kill -9, and waits until it is gone.
    ///
    /// # Errors
    /// If it does not run.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.program()?.kill()
    }

    /// Starts it again, and waits until it has said where it listens.
    ///
    /// # Errors
    /// As [`Copy::announced`].
    pub async fn restart(&mut self) -> anyhow::Result<Place> {
        self.start()?;
        self.announced().await
    }

    /// Asks it to stop, and waits until it has drained. One that does not run has nothing to drain.
    ///
    /// # Errors
    /// If it does not in time, or fails.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Some((mut program, _)) = self.running.take() else { return Ok(()) };
        if program.runs()? { program.stop().await } else { Ok(()) }
    }

    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// If it is not in time.
    pub async fn ready(&self) -> anyhow::Result<()> {
        eventually(&format!("{} is ready", self.log.display()), async || {
            Ok(self.is_ready().await.then_some(()))
        })
        .await
    }

    /// Whether it says that it is ready.
    pub async fn is_ready(&self) -> bool {
        self.says_ready().await == Some(true)
    }

    /// What it says of being ready; `None` if it does not answer.
    pub async fn says_ready(&self) -> Option<bool> {
        let place = self.place().ok()?;
        let client = reqwest::Client::builder().no_proxy().build().ok()?;
        let answer = client.get(format!("http://{}/ready", place.admin)).send().await.ok()?;
        Some(answer.status().is_success())
    }
}
