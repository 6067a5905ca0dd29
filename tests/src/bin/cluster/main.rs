//! `cargo run --release -p tests --bin cluster`: the whole cluster on this machine, on private real servers.
//!
//! Starts Postgres, Redis and RabbitMQ in a temporary folder, migrates, starts so many copies of each service, prints
//! where everything is, and stops all of it at Ctrl-C or SIGTERM, by process id. The services run from this same file.

mod args;
mod status;
mod up;

use args::Args;
use clap::Parser as _;
use common::process::{exit_code, install_tls_provider};
use std::process::ExitCode;

/// What makes this file a service instead: the argument that the copies are started with.
const SERVICE: &str = "service";

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == SERVICE) {
        return tests::service_main::main(arguments.collect()).await;
    }
    install_tls_provider();
    exit_code(up::up(Args::parse()).await.map_err(|error| format!("{error:#}")))
}
