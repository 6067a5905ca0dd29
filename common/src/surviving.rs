//! Loops that must not end: a panic ends the turn it happened in, and the loop goes on with the next.

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
