//! `cargo run --release -p tests --bin likeness`: whether a second probe tells if the first one named an account.
//!
//! The services run from this same file. Ctrl-C ends everything that was started.

mod args;
mod table;

use args::Args;
use clap::Parser as _;
use common::process::{exit_code, install_tls_provider, stop_at_signals};
use common::shutdown::Shutdown;
use std::io::Write as _;
use std::process::ExitCode;
use tests::cluster::Services;
use tests::likeness::{Stage, measure};

/// What makes this file a service instead: the argument that the copies are started with.
const SERVICE: &str = "service";

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == SERVICE) {
        return tests::service_main::main(arguments.collect()).await;
    }
    install_tls_provider();
    exit_code(run(&Args::parse()).await.map_err(|error| format!("{error:#}")))
}

async fn run(args: &Args) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    stop_at_signals(&shutdown)?;
    let (plan, folder) = (args.plan(), tempfile::Builder::new().prefix("likeness-").tempdir()?);
    let measuring = async {
        let services = Services { file: std::env::current_exe()?, before: vec![SERVICE.into()] };
        let stage = Stage::start(services, folder.path(), &plan, &args.without).await?;
        measure(&plan, &stage).await
    };
    // What was started ends with the future that is dropped here.
    let Some(measured) = shutdown.interrupts(measuring).await else { anyhow::bail!("stopped") };
    Ok(write!(std::io::stdout(), "{}", table::table(&plan, &measured?))?)
}
