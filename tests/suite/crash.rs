//! The standalone dies, at every boundary of the flow and at random moments, and is started again on the same directory:
//! an accepted request leads to its mail all the same.

mod at_points;
mod at_random;
mod completion;
mod poison;
mod waiting;

pub(crate) use waiting::Waiting;

use anyhow::ensure;
use std::path::Path;
use tests::eventually::eventually;

/// The standalone that can be told where to abort.
pub(crate) const STANDALONE: &str = env!("CARGO_BIN_EXE_standalone_at_abort");
/// A password that the policy lets pass.
pub(crate) const OLD_PASSWORD: &str = "first plover heron quarry";
/// Another one.
pub(crate) const NEW_PASSWORD: &str = "second otter maple lantern";

/// Waits until every event has come to its end, and sees that none of them ended as a dead letter.
async fn nothing_is_left_waiting(data_dir: &Path) -> anyhow::Result<()> {
    let waiting = eventually("nothing is left waiting", async || {
        let waiting = Waiting::look(data_dir).await?;
        Ok(waiting.is_nothing().then_some(waiting))
    });
    let waiting = match waiting.await {
        Ok(waiting) => waiting,
        Err(late) => anyhow::bail!("{late}: {:?}", Waiting::look(data_dir).await?),
    };
    ensure!(waiting.dead_letters == 0, "{waiting:?}");
    Ok(())
}
