//! The standalone as its users start it, so that tests can start the real process: cargo builds a package's own binaries
//! before its tests, and no other package's.

use common::process::Surroundings;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    standalone::process::main(std::env::args_os(), Surroundings::real()).await
}
