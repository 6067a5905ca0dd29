//! Callers who give up at any moment.

use crate::cluster::accounts::address;
use crate::dice::Dice;
use crate::faults::scene::{LEAVING, Scene};
use futures::StreamExt as _;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// The longest that one of them waits: some are answered before.
const PATIENCE: Duration = Duration::from_millis(25);
/// How many call at once.
const AT_ONCE: usize = 8;

/// A thousand calls, each given up at a moment from the seed. Whether one was accepted is for the database to say.
pub(super) async fn leave(scene: &Scene, seed: u64) -> anyhow::Result<()> {
    let mut dice = Dice::of(seed, "callers");
    let calls: Vec<_> = (0..LEAVING)
        .map(|number| (number, dice.within(&(Duration::ZERO..PATIENCE)), Uuid::from_u128(dice.roll().into())))
        .collect();
    futures::stream::iter(calls)
        .for_each_concurrent(AT_ONCE, async |(number, patience, id)| {
            let Ok(gateway) = scene.gateways.next() else { return };
            let (address, id) = (address(scene.leaving + number), id.to_string());
            let _ = timeout(patience, gateway.request_reset_as(&address, &id)).await;
        })
        .await;
    Ok(())
}
