//! The life of a standalone process: log, build, announce, run, stop at a signal. Every main is this and little else.

use crate::app::Standalone;
use crate::args::{Args, Command, CommandLine};
use crate::dead_letters;
use clap::Parser as _;
use common::entropy::new_id;
use common::metrics::Metrics;
use common::process::{
    LogFormat, LogSettings, Surroundings, exit_code, install_tls_provider, raise_descriptor_limit,
    stop_at_signals,
};
use common::shutdown::Shutdown;
use common::telemetry::{OtlpSettings, Service, Telemetry, TelemetrySettings};
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

/// What is logged unless RUST_LOG says otherwise.
const DEFAULT_LOG: &str = "warn";

/// Runs a standalone from its command line, the program's name included, to the end. A failure is one line on
/// standard error.
pub async fn main(command_line: impl IntoIterator<Item = OsString>, surroundings: Surroundings) -> ExitCode {
    let CommandLine { args, command } = CommandLine::parse_from(command_line);
    match command {
        None => exit_code(run(args, surroundings).await),
        Some(Command::DeadLetters { command }) => {
            let done = dead_letters::run(&args.data_dir, &command, surroundings).await;
            done.map_or_else(|error| exit_code(Err(error)), ExitCode::from)
        }
    }
}

async fn run(args: Args, surroundings: Surroundings) -> anyhow::Result<()> {
    LogSettings { filter: DEFAULT_LOG.to_owned(), format: LogFormat::Pretty }.start()?;
    install_tls_provider();
    let service = service(&surroundings);
    let settings = TelemetrySettings { otlp: args.otlp.clone().map(OtlpSettings::at), sample_ratio: 1.0 };
    let telemetry = Telemetry::start(&settings, &service, surroundings.entropy.clone())?;
    let (metrics, pushing) = Metrics::start(&service, &settings)?;
    let shutdown = Shutdown::new();
    let standalone = Standalone::build(args, surroundings, metrics).await?;
    stop_at_signals(&shutdown)?;
    raise_descriptor_limit();
    writeln!(std::io::stdout(), "{}", standalone.announcement())?;
    let ran = standalone.run(shutdown).await;
    tokio::join!(telemetry.finish(), pushing.finish());
    ran
}

/// What telemetry calls this process.
fn service(surroundings: &Surroundings) -> Service {
    let instance = new_id(&*surroundings.entropy, surroundings.clock.now());
    Service { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), instance }
}
