//! `cargo run`: the standalone.

use common::process::Surroundings;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    standalone::process::main(std::env::args_os(), Surroundings::real()).await
}
