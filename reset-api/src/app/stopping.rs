//! Stopping in order: readiness goes off first, then nothing more is taken, then what is under way is finished.

use common::shutdown::Shutdown;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Of so many parts of the grace period …
const PARTS: u32 = 4;
/// … so many are for the calls under way, and the rest for our own loops.
const FOR_CALLS: u32 = 3;

/// How long calls under way may take of a grace period.
pub(crate) fn for_calls(grace: Duration) -> Duration {
    grace / PARTS * FOR_CALLS
}

/// How long the loops may take after that; they were asked to stop at the same time.
pub(super) fn for_loops(grace: Duration) -> Duration {
    grace / PARTS * (PARTS - FOR_CALLS)
}

/// Has `closing` begin so long after `shutdown`: until then we say that we are not ready, and still take what comes.
pub(super) async fn give_notice(shutdown: Shutdown, notice: Duration, closing: Shutdown) {
    shutdown.begun().await;
    sleep(notice).await;
    closing.begin();
}

/// Returns when one of the tasks has ended before stopping began: without it we would only look well, and whoever
/// watches over processes can start us again.
pub(super) async fn ended_too_early(tasks: &mut JoinSet<()>, shutdown: &Shutdown) {
    while tasks.join_next().await.is_some() {
        if !shutdown.has_begun() {
            return;
        }
    }
    std::future::pending::<()>().await;
}

/// Waits for a server; once it is asked to stop, no longer than the grace period: a peer that never closes its
/// connection must not keep us (hyper #4170).
pub(super) async fn bounded(
    serving: impl Future<Output = anyhow::Result<()>>,
    closing: &Shutdown,
    grace: Duration,
) -> anyhow::Result<()> {
    let grace_over = async {
        closing.begun().await;
        sleep(grace).await;
    };
    tokio::select! {
        served = serving => served,
        () = grace_over => Ok(()),
    }
}
