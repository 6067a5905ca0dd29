//! The standalone as its users start it, so that tests can start the real process: cargo builds a package's own binaries
//! before its tests, and no other package's.

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
