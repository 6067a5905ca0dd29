//! The standalone as a process of its own: started, killed, and started again on the same directory.

use crate::eventually::eventually;
use crate::folder::Folder;
use crate::gateway::Gateway;
use crate::mailbox::Mailbox;
use anyhow::{Context as _, bail, ensure};
use common::abort::AbortPoint;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A data directory, and the logs of every process that ran on it.
#[derive(Debug)]
pub struct StandaloneFolder {
    binary: PathBuf,
    folder: Folder,
    starts: u32,
    smtp_port: Option<u16>,
    otlp: Option<String>,
    roots: Option<PathBuf>,
    log: &'static str,
}

/// A running standalone. It is killed when this is dropped, and ends by itself if the test process is killed.
#[derive(Debug)]
pub struct StandaloneProcess {
    /// Holds the process's standard input, at whose end it ends.
    child: Child,
    gateway: Gateway,
    mailbox: Mailbox,
    pages: SocketAddr,
}

impl StandaloneFolder {
    /// An empty one. `binary` is `standalone_at_abort`, which only Cargo can tell the tests.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn new(binary: &str) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        Ok(Self {
            binary: binary.into(),
            folder,
            starts: 0,
            smtp_port: None,
            otlp: None,
            roots: None,
            log: "info",
        })
    }

    /// Has the mails sent to a relay host on that port of loopback instead of to the inbox.
    #[must_use]
    pub fn relaying_to(self, smtp_port: u16) -> Self {
        Self { smtp_port: Some(smtp_port), ..self }
    }

    /// Has spans handed to a collector there.
    #[must_use]
    pub fn telling(self, endpoint: String) -> Self {
        Self { otlp: Some(endpoint), ..self }
    }

    /// Trusts the certificates in this file, and no others.
    #[must_use]
    pub fn trusting(self, roots: PathBuf) -> Self {
        Self { roots: Some(roots), ..self }
    }

    /// Sets RUST_LOG; `info` unless this is called.
    #[must_use]
    pub fn logging(self, log: &'static str) -> Self {
        Self { log, ..self }
    }

    /// The data directory; not there before the first start.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the processes printed so far, a file a stream and start.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn logs(&self) -> anyhow::Result<Vec<PathBuf>> {
        let files = fs::read_dir(self.folder.path().join("logs"))?;
        Ok(files.map(|file| Ok(file?.path())).collect::<std::io::Result<_>>()?)
    }

    /// Starts the standalone and waits until it has announced itself.
    ///
    /// # Errors
    /// If it ends before, with what it said.
    pub async fn start(&mut self) -> anyhow::Result<StandaloneProcess> {
        self.start_with(&[]).await
    }

    /// Starts it so that it aborts when it comes to `point` for the `visit`-th time, counted from 1.
    ///
    /// # Errors
    /// As [`StandaloneFolder::start`].
    pub async fn start_armed(&mut self, point: AbortPoint, visit: u32) -> anyhow::Result<StandaloneProcess> {
        self.start_with(&["--abort".to_owned(), format!("{}:{visit}", point.name())]).await
    }

    async fn start_with(&mut self, arming: &[String]) -> anyhow::Result<StandaloneProcess> {
        let logs = self.folder.path().join("logs");
        fs::create_dir_all(&logs)?;
        self.starts += 1;
        let log = |stream: &str| logs.join(format!("{}.{stream}", self.starts));
        let (stdout, stderr) = (log("stdout"), log("stderr"));
        let mut child = Killed(Some(self.command(arming, &stdout, &stderr)?.spawn()?));
        let announcement = child.announcement(&stdout, &stderr).await?;
        let address = |start: &str| listener(&announcement, start);
        let gateway = Gateway::calling(address("gRPC ")?)?;
        let mailbox = Mailbox::at(address("inbox ")?)?;
        let pages = address("pages ")?;
        let child = child.0.take().context("the process is gone")?;
        Ok(StandaloneProcess { child, gateway, mailbox, pages })
    }

    fn command(&self, arming: &[String], stdout: &Path, stderr: &Path) -> anyhow::Result<Command> {
        let mut command = Command::new(&self.binary);
        command.args(arming).arg("--data-dir").arg(self.data_dir());
        for listener in ["--web", "--grpc", "--admin", "--inbox"] {
            command.args([listener, "127.0.0.1:0"]);
        }
        if let Some(port) = self.smtp_port {
            command.args(["--smtp-url", &format!("smtp://127.0.0.1:{port}?tls=none")]);
        }
        if let Some(endpoint) = &self.otlp {
            command.args(["--otlp", endpoint]);
        }
        if let Some(roots) = &self.roots {
            command.env("SSL_CERT_FILE", roots);
        }
        command.env("RUST_LOG", self.log).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(File::create(stdout)?).stderr(File::create(stderr)?);
        Ok(command)
    }
}

/// A child that does not survive a failure to start.
struct Killed(Option<Child>);

impl Killed {
    async fn announcement(&mut self, stdout: &Path, stderr: &Path) -> anyhow::Result<String> {
        let child = self.0.as_mut().context("the process is gone")?;
        eventually("the standalone announces itself", async || {
            let announced = fs::read_to_string(stdout)?;
            if announced.contains("Stop with Ctrl-C") {
                return Ok(Some(announced));
            }
            if let Some(status) = child.try_wait()? {
                bail!("the standalone ended ({status}): {}", fs::read_to_string(stderr)?);
            }
            Ok(None)
        })
        .await
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            end(child);
        }
    }
}

impl Drop for StandaloneProcess {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// An error means that it has ended already.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// The address in the line of the announcement that begins so.
fn listener(announcement: &str, start: &str) -> anyhow::Result<SocketAddr> {
    let line = announcement.lines().find_map(|line| line.trim_start().strip_prefix(start));
    let words = line.with_context(|| format!("nothing is announced as {start}"))?.split_whitespace();
    let address = words.map(|word| word.trim_start_matches("http://").trim_end_matches('/')).next();
    Ok(address.context("no address is announced")?.parse()?)
}

impl StandaloneProcess {
    /// Its callers.
    #[must_use]
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Its inbox.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Asks for a link through the page, as a browser does that says all it can of itself; the answer's status.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn ask_by_page(
        &self,
        email: &str,
        headers: &[(&'static str, &'static str)],
    ) -> anyhow::Result<u16> {
        let browser = reqwest::Client::builder().no_proxy().build()?;
        let mut ask = browser.post(format!("http://{}/forgot", self.pages)).form(&[("email", email)]);
        for (name, value) in headers {
            ask = ask.header(*name, *value);
        }
        Ok(ask.send().await?.status().as_u16())
    }

    /// Opens one of its pages as a browser does, and returns the answer's status.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn open_page(&self, path: &str) -> anyhow::Result<u16> {
        let browser = reqwest::Client::builder().no_proxy().build()?;
        let answer = browser.get(format!("http://{}{path}", self.pages)).send().await?;
        Ok(answer.status().as_u16())
    }

    /// kill -9, and waits until it is gone.
    ///
    /// # Errors
    /// If it had ended before.
    pub fn kill(mut self) -> anyhow::Result<()> {
        ensure!(self.child.try_wait()?.is_none(), "it ended by itself");
        self.child.kill()?;
        let status = self.child.wait()?;
        ensure!(status.signal() == Some(Signal::SIGKILL as i32), "it ended by {status}");
        Ok(())
    }

    /// Waits until it has aborted.
    ///
    /// # Errors
    /// If it does not in time, or ends in another way.
    pub async fn aborts(mut self) -> anyhow::Result<()> {
        let status = self.ends("the process aborts").await?;
        ensure!(status.signal() == Some(Signal::SIGABRT as i32), "it ended by {status}");
        Ok(())
    }

    /// Asks it to stop, and waits until it has drained.
    ///
    /// # Errors
    /// If it does not in time, or ends with a failure.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.child.id())?), Signal::SIGTERM)?;
        let status = self.ends("the process stops").await?;
        ensure!(status.success(), "it ended by {status}");
        Ok(())
    }

    async fn ends(&mut self, what: &str) -> anyhow::Result<ExitStatus> {
        eventually(what, async || Ok(self.child.try_wait()?)).await
    }
}
