//! The walk of `deploy/gateway/rust`, so that tests can start it: cargo builds a package's own binaries before its tests.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    gateway_example::walk::main(std::env::args_os()).await
}
