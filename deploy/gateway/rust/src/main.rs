//! `cargo run -p gateway-example`: the walk.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    gateway_example::walk::main(std::env::args_os()).await
}
