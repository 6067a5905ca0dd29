//! The standalone as a program of its own, as a person starts it.

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Nothing here takes this long; whatever does has hung.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running standalone. It does not outlive the thread that started it.
pub struct StandaloneProgram {
    child: Child,
    stdout: BufReader<ChildStdout>,
    announcement: String,
}

/// How a standalone ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it said on standard output, after the announcement if there was one.
    pub stdout: String,
    /// What it said on standard error.
    pub stderr: String,
}

impl StandaloneProgram {
    /// Starts the program at `path` on free ports, and waits for its announcement.
    ///
    /// # Errors
    /// If it ends instead; the error has what it said.
    pub fn start(path: &str, data_dir: &Path) -> anyhow::Result<Self> {
        let mut program = Self::spawn(path, data_dir, &[])?;
        loop {
            let mut line = String::new();
            if program.stdout.read_line(&mut line)? == 0 {
                bail!("it ended: {:?}", program.wait()?);
            }
            program.announcement.push_str(&line);
            if line.starts_with("Stop with Ctrl-C") {
                return Ok(program);
            }
        }
    }

    /// Starts the program, which is expected to end by itself, with arguments that win over free ports.
    ///
    /// # Errors
    /// If it does not end.
    pub fn refused(path: &str, data_dir: &Path, arguments: &[&str]) -> anyhow::Result<Ended> {
        Self::spawn(path, data_dir, arguments)?.wait()
    }

    fn spawn(path: &str, data_dir: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        // The kernel ends it with the thread that started it, however that goes.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", path, "--data-dir"]).arg(data_dir);
        for flag in ["--web", "--grpc", "--admin", "--inbox"].iter().filter(|flag| !arguments.contains(flag))
        {
            command.args([flag, "127.0.0.1:0"]);
        }
        let command =
            command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.env_remove("RUST_LOG").spawn().context("could not start setpriv")?;
        let stdout = BufReader::new(child.stdout.take().context("it has an output")?);
        Ok(Self { child, stdout, announcement: String::new() })
    }

    /// All of the announcement.
    #[must_use]
    pub fn announcement(&self) -> &str {
        &self.announcement
    }

    /// What follows this label in the announcement, up to the next blank.
    ///
    /// # Errors
    /// If no line begins so.
    pub fn announced(&self, label: &str) -> anyhow::Result<&str> {
        let line = self.announcement.lines().find_map(|line| line.trim_start().strip_prefix(label));
        let word = line.and_then(|rest| rest.split_whitespace().next());
        word.with_context(|| format!("nothing is announced as {label}"))
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// If it is gone.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill(Pid::from_raw(i32::try_from(self.id())?), signal)?)
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// If it does not.
    pub fn wait(mut self) -> anyhow::Result<Ended> {
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if Instant::now() > deadline {
                bail!("it does not end");
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout)?;
        self.child.stderr.take().context("it has an error output")?.read_to_string(&mut stderr)?;
        Ok(Ended { status, stdout, stderr })
    }
}

impl Drop for StandaloneProgram {
    fn drop(&mut self) {
        // Either may fail because it is gone already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
