//! reset-api in a cluster.

use common::process::Surroundings;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    reset_api::command::main(std::env::args_os(), Surroundings::real()).await
}
