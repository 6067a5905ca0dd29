//! A program under test: started with its output in files, watched, signalled by process id. It does not outlive whoever
//! started it.

use crate::eventually::eventually;
use anyhow::{Context as _, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// How to start a program.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The file to run.
    pub file: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The variables it gets on top of ours.
    pub environment: Vec<(String, String)>,
}

/// A running program. It is killed when this is dropped, and ends by itself when its standard input does.
#[derive(Debug)]
pub struct Program {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Program {
    /// Starts it; what it prints goes to `LOG.stdout` and `LOG.stderr`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(invocation: &Invocation, log: &Path) -> anyhow::Result<Self> {
        let (stdout, stderr) = (log.with_extension("stdout"), log.with_extension("stderr"));
        let mut command = Command::new(&invocation.file);
        command.args(&invocation.arguments).envs(invocation.environment.iter().cloned());
        // Its own group: a Ctrl-C at the terminal is for whoever started it, who then stops it, once.
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(File::create(&stdout)?).stderr(File::create(&stderr)?);
        let child =
            command.spawn().with_context(|| format!("could not start {}", invocation.file.display()))?;
        Ok(Self { child, stdout, stderr })
    }

    /// Waits until it has printed a line that begins with `label`; the word behind it.
    ///
    /// # Errors
    /// If it ends before, with what it said.
    pub async fn announced(&mut self, label: &str) -> anyhow::Result<String> {
        let child = &mut self.child;
        eventually(&format!("the program announces {label}"), async || {
            let printed = fs::read_to_string(&self.stdout)?;
            let line = printed.lines().find_map(|line| line.trim_start().strip_prefix(label));
            // Without a line break behind it, the word may be only the half of it.
            let word =
                line.filter(|_| printed.ends_with('\n')).and_then(|rest| rest.split_whitespace().next());
            if let Some(word) = word {
                return Ok(Some(word.to_owned()));
            }
            if let Some(status) = child.try_wait()? {
                bail!("it ended ({status}): {}", fs::read_to_string(&self.stderr)?);
            }
            Ok(None)
        })
        .await
    }

    /// The address in the line that begins with `label`.
    ///
    /// # Errors
    /// As [`Program::announced`].
    pub async fn address(&mut self, label: &str) -> anyhow::Result<SocketAddr> {
        let word = self.announced(label).await?;
        let place = word.trim_start_matches("http://");
        let place = place.split('/').next().unwrap_or(place);
        place.parse().with_context(|| format!("{word} is no address"))
    }

    /// Its process id.
    ///
    /// # Errors
    /// Never on Linux.
    pub fn pid(&self) -> anyhow::Result<Pid> {
        Ok(Pid::from_raw(i32::try_from(self.child.id())?))
    }

    /// What it has written to standard error so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn runs(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// If it is gone.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill(self.pid()?, signal)?)
    }

    /// kill -9, and waits until it is gone.
    ///
    /// # Errors
    /// If it had ended before.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        ensure!(self.runs()?, "it ended by itself: {}", self.log());
        self.child.kill()?;
        let status = self.child.wait()?;
        ensure!(status.signal() == Some(Signal::SIGKILL as i32), "it ended by {status}");
        Ok(())
    }

    /// Asks it to stop, and waits until it has drained.
    ///
    /// # Errors
    /// If it does not in time, or ends with a failure.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        self.signal(Signal::SIGTERM)?;
        let status = self.ends().await?;
        ensure!(status.success(), "it ended by {status}: {}", self.log());
        Ok(())
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn ends(&mut self) -> anyhow::Result<ExitStatus> {
        eventually("the program ends", async || Ok(self.child.try_wait()?)).await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Either may fail because it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
