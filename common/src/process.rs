//! What every process does the same way: what its main gives it, its log, its TLS provider, what it does at a signal.

use crate::abort::AbortPoints;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::entropy::{Entropy, OsEntropy};
use crate::queue::rabbitmq::may_be_logged;
use crate::shutdown::Shutdown;
use crate::telemetry::{self, WithTrace};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{ParseError, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, registry};

/// The exit code after a second signal: 128 and SIGINT, as shells count.
const INTERRUPTED: i32 = 130;

/// What a process is given by its main: a test's main gives something else.
#[derive(Clone)]
pub struct Surroundings {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// For crash tests.
    pub abort: AbortPoints,
}

impl Surroundings {
    /// What every shipped main gives.
    #[must_use]
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy), abort: AbortPoints::none() }
    }
}

/// Raises the limit of open files as far as it may be: the usual 1,024 are for programs that still call `select`.
pub fn raise_descriptor_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a person at a terminal.
    Pretty,
    /// For a machine, an object a line.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// As `tracing_subscriber::EnvFilter` reads it; RUST_LOG is stronger.
    pub filter: String,
    /// How lines are written.
    pub format: LogFormat,
}

/// The filter is none that `tracing_subscriber::EnvFilter` reads.
#[derive(Debug, thiserror::Error)]
#[error("not a filter such as info,reset_api=debug")]
pub struct BadFilter(#[from] ParseError);

impl LogSettings {
    /// Reads `log.filter` and `log.format`.
    pub fn read(config: &mut Config) -> Option<Self> {
        let filter = config.parsed("log.filter", |text| {
            EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(BadFilter)
        });
        let format = config.parsed("log.format", |text| match text {
            "pretty" => Ok(LogFormat::Pretty),
            "json" => Ok(LogFormat::Json),
            _ => Err("must be pretty or json"),
        });
        Some(Self { filter: filter?, format: format? })
    }

    /// Logs to standard error from now on. Once a process.
    ///
    /// # Errors
    /// [`BadFilter`]; nothing is logged.
    pub fn start(&self) -> Result<(), BadFilter> {
        let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(&self.filter))?;
        let colours = io::stderr().is_terminal();
        let log = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(colours);
        let log = match self.format {
            LogFormat::Pretty => log.boxed(),
            LogFormat::Json => log.json().map_event_format(WithTrace).boxed(),
        };
        // Filters of the whole, not of the one layer: a layer's own forgets what it was asked when a library only asks
        // whether it may log, as sqlx does after each statement, and then swallows the next line of that thread.
        let ours = filter_fn(|line| may_be_logged(line) && telemetry::may_be_logged(line));
        registry().with(filter).with(ours).with(log).init();
        tell_panics_by_their_place();
        Ok(())
    }
}

/// A line of the log instead of the usual words on standard error: those quote what was worked on, which may be an address
/// or a password. Whoever survives the panic need not tell of it again.
fn tell_panics_by_their_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

/// The environment, as far as it is text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Who runs the process, as the system calls them, for the audit trail; a container may know no name.
#[must_use]
pub fn operator() -> String {
    let named = |name: &str| environment().find(|(found, value)| found == name && !value.is_empty());
    named("LOGNAME").or_else(|| named("USER")).map_or_else(|| "unknown".to_owned(), |(_, value)| value)
}

/// Who acts, for the audit trail: whoever the system says, and the name that was given, if another was.
#[must_use]
pub fn acting_as(given: Option<&str>, user: &str) -> String {
    match given {
        Some(name) if name != user => format!("{name} ({user})"),
        _ => user.to_owned(),
    }
}

/// Tells the one who started the process why it ends, on a line of standard error, and makes the exit code of it.
pub fn exit_code(ended: Result<(), impl fmt::Display>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// ring is the only TLS provider. A second install would only mean that it is there already.
pub fn install_tls_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The first SIGINT or SIGTERM begins the drain, the second ends the process at once.
///
/// # Errors
/// If the system refuses handlers.
pub fn stop_at_signals(shutdown: &Shutdown) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if shutdown.has_begun() {
                std::process::exit(INTERRUPTED);
            }
            shutdown.begin();
        }
    });
    Ok(())
}
