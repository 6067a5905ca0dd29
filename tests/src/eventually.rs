//! Waiting for something to be so, with a deadline.

use anyhow::bail;
use std::time::{Duration, Instant};

/// Nothing that a test waits for takes this long, not even beside all the other tests on two cores.
const DEADLINE: Duration = Duration::from_secs(45);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(10);

/// Looks until there is something to see, and returns it.
///
/// # Errors
/// The look's own error, or that the time ran out, naming `what` was waited for.
pub async fn eventually<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if begun.elapsed() > DEADLINE {
            bail!("not so in time: {what}");
        }
        tokio::time::sleep(LOOK).await;
    }
}
