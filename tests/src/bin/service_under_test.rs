//! The services as the suite starts them; see `tests::service_main`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    tests::service_main::main(std::env::args_os().skip(1).collect()).await
}
