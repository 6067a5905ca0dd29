//! The life of a standalone process: log, build, announce, run, stop at a signal. Every main is this and little else.

use crate::app::{Standalone, Surroundings};
use crate::args::Args;
use clap::Parser as _;
use common::shutdown::Shutdown;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// What is logged unless RUST_LOG says otherwise.
const DEFAULT_LOG: &str = "warn";
/// The exit code after a second signal: 128 and SIGINT, as shells count.
const INTERRUPTED: i32 = 130;

/// Runs a standalone from its command line, the program's name included, to the end. A failure is one line on
/// standard error.
pub async fn main(command_line: impl IntoIterator<Item = OsString>, surroundings: Surroundings) -> ExitCode {
    log_to_stderr();
    match run(Args::parse_from(command_line), surroundings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args, surroundings: Surroundings) -> anyhow::Result<()> {
    // ring is the only TLS provider; a second install would only mean that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let shutdown = Shutdown::new();
    let standalone = Standalone::build(args, surroundings).await?;
    stop_at_signals(&shutdown)?;
    writeln!(std::io::stdout(), "{}", standalone.announcement())?;
    standalone.run(shutdown).await
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// The first SIGINT or SIGTERM begins the drain, the second ends the process at once.
fn stop_at_signals(shutdown: &Shutdown) -> std::io::Result<()> {
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
