//! mail-worker in a cluster.

use common::process::Surroundings;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    mail_worker::command::main(std::env::args_os(), Surroundings::real()).await
}
