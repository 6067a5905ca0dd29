//! `cargo run`: the standalone.

use common::abort::AbortPoints;
use common::clock::SystemClock;
use common::entropy::OsEntropy;
use standalone::app::Surroundings;
use std::process::ExitCode;
use std::sync::Arc;

#[tokio::main]
async fn main() -> ExitCode {
    let surroundings = Surroundings {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        abort: AbortPoints::none(),
    };
    standalone::process::main(std::env::args_os(), surroundings).await
}
