//! `cargo run --release -p tests --bin faults -- all|list|SCENARIO…`: faults injected into a private cluster under load, and
//! whether every accepted request still led to a mail or a reason.
//!
//! The services run from this same file. Ctrl-C ends everything that was started.

mod args;
mod round;

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
    exit_code(round::run(&Args::parse()).await.map_err(|error| format!("{error:#}")))
}
