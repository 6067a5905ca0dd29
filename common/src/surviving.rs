//! What must not end because of one mistake: a panic ends the turn of a loop, the request or the mail it happened in, and
//! the next one goes on.

use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;

/// What is told of a turn that panicked. Where it did was told when it happened.
pub const PANICKED: &str = "it panicked";

/// Drives one turn of a loop to its end; `None` if it panicked.
///
/// What the turn was in the middle of is left as it was, so the caller puts away what may be half done.
pub async fn survived<T>(turn: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(turn).catch_unwind().await.ok()
}
