//! The ask path: throttle, then one shared commit, and nothing that depends on whose address it is.

mod ask_store;
mod gate;
mod giving_back;
mod journal;
mod likeness;
mod order;
mod redis_away;
mod sharing;
mod still_clock;
mod watched_throttle;
mod world;

pub(crate) use gate::Gate;
pub(crate) use still_clock::StillClock;

use std::time::Duration;

/// Longer than anything here takes.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(DEADLINE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}
