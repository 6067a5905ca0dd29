//! Callers who give up at any moment.

use crate::cluster::accounts::address;
use crate::dice::Dice;
use crate::faults::scene::{LEAVING, Scene};
use futures::StreamExt as _;
use sqlx::Connection as _;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// The longest that one of them waits: some are answered before.
const PATIENCE: Duration = Duration::from_millis(12);
/// Nothing of ours is idle within a transaction for so long, but in a debug build on a busy machine an issuer seals two
/// hundred links for seconds.
const STILL: Duration = Duration::from_secs(9);
const LEFT: &str = "SELECT query FROM pg_stat_activity
     WHERE state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > interval '8 s'";
/// How many call at once.
const AT_ONCE: usize = 8;

/// A thousand calls, each given up at a moment from the seed. Whether one was accepted is for the database to say.
pub(super) async fn leave(scene: &mut Scene, seed: u64) -> anyhow::Result<()> {
    let (mut dice, gateways, first) = (Dice::of(seed, "callers"), scene.gateways.clone(), scene.leaving);
    let calls: Vec<_> = (0..LEAVING)
        .map(|number| (number, dice.within(&(Duration::ZERO..PATIENCE)), Uuid::from_u128(dice.roll().into())))
        .collect();
    futures::stream::iter(calls)
        .for_each_concurrent(AT_ONCE, async |(number, patience, id)| {
            let Ok(gateway) = gateways.next() else { return };
            let (address, id) = (address(first + number), id.to_string());
            let _ = timeout(patience, gateway.request_reset_as(&address, &id)).await;
        })
        .await;
    for query in left_in_transaction(scene).await? {
        let left = "a session was left idle in a transaction by callers who went away, behind";
        scene.broken.push(format!("{left} {query:?}"));
    }
    Ok(())
}

/// The last queries of sessions that stay idle in a transaction, before the server ends them after ten seconds.
async fn left_in_transaction(scene: &Scene) -> anyhow::Result<Vec<String>> {
    sleep(STILL).await;
    let mut connection = scene.servers.postgres.connect("postgres").await?;
    let left = sqlx::query_scalar(LEFT).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(left)
}
