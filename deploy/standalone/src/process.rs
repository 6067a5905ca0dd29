//! The life of a standalone process: log, build, announce, run, stop at a signal. Every main is this and little else.

use crate::app::Standalone;
use crate::args::Args;
use clap::Parser as _;
use common::process::{LogFormat, Surroundings, install_tls_provider, log_to_stderr, stop_at_signals};
use common::shutdown::Shutdown;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

/// What is logged unless RUST_LOG says otherwise.
const DEFAULT_LOG: &str = "warn";

/// Runs a standalone from its command line, the program's name included, to the end. A failure is one line on
/// standard error.
pub async fn main(command_line: impl IntoIterator<Item = OsString>, surroundings: Surroundings) -> ExitCode {
    match run(Args::parse_from(command_line), surroundings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args, surroundings: Surroundings) -> anyhow::Result<()> {
    log_to_stderr(DEFAULT_LOG, LogFormat::Pretty)?;
    install_tls_provider();
    let shutdown = Shutdown::new();
    let standalone = Standalone::build(args, surroundings).await?;
    stop_at_signals(&shutdown)?;
    writeln!(std::io::stdout(), "{}", standalone.announcement())?;
    standalone.run(shutdown).await
}
