//! What every process does the same way: what its main gives it, its log, its TLS provider, what it does at a signal.

use crate::abort::AbortPoints;
use crate::clock::{Clock, SystemClock};
use crate::entropy::{Entropy, OsEntropy};
use crate::shutdown::Shutdown;
use std::io;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// The exit code after a second signal: 128 and SIGINT, as shells count.
const INTERRUPTED: i32 = 130;
/// What no setting may turn on: lapin writes the bodies of returned messages into its warnings.
const ALWAYS: &str = "lapin=error";

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

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a person at a terminal.
    Pretty,
    /// For a machine, an object a line.
    Json,
}

/// The filter is none that `tracing_subscriber::EnvFilter` reads.
#[derive(Debug, thiserror::Error)]
#[error("not a filter such as info,reset_api=debug")]
pub struct BadFilter(#[from] ParseError);

impl LogFormat {
    /// Reads `pretty` or `json`.
    ///
    /// # Errors
    /// The two words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err("must be pretty or json"),
        }
    }
}

/// Logs to standard error what RUST_LOG asks for or, without it, what `filter` does. Once a process.
///
/// # Errors
/// [`BadFilter`]; nothing is logged.
pub fn log_to_stderr(filter: &str, format: LogFormat) -> Result<(), BadFilter> {
    let asked = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(filter))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(asked.add_directive(ALWAYS.parse()?))
        .with_writer(io::stderr);
    match format {
        LogFormat::Pretty => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
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
