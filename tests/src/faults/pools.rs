//! Whether every connection that a copy of reset-api may have is still to be had.
//!
//! While the accounts are locked each log-in keeps a connection and waits. So many must wait as there are connections.

use super::scene::{COPIES, Scene};
use crate::gateway::Gateway;
use crate::journeys::FORGOTTEN;
use anyhow::bail;
use futures::future::join_all;
use sqlx::{Connection as _, Executor as _};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// As in `reset-api.toml`.
const CONNECTIONS: i64 = 16;
/// More callers than connections.
const CALLERS: i64 = 24;
/// How long it may take until all wait; shorter than a session waits for a lock.
const SOON: Duration = Duration::from_millis(1_500);
const LOOK: Duration = Duration::from_millis(20);
const LOCK: &str = "BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE";
const WAITING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%password_hash%'";

/// How often is looked: at one look a connection may be at something else, but one that is gone is gone at all of them.
const LOOKS: u32 = 4;

/// Fails if a connection is missing.
pub(super) async fn are_whole(scene: &Scene) -> anyhow::Result<()> {
    let (all, mut most) = (CONNECTIONS * i64::try_from(COPIES)?, 0);
    for _ in 0..LOOKS {
        most = most.max(look(scene).await?);
        if most == all {
            return Ok(());
        }
    }
    bail!("of {all} connections for requests only {most} are to be had")
}

/// How many can be had.
async fn look(scene: &Scene) -> anyhow::Result<i64> {
    let gateways: Vec<Gateway> =
        scene.cluster.grpc()?.into_iter().map(Gateway::calling).collect::<anyhow::Result<_>>()?;
    let mut holder = scene.servers.postgres.connect("postgres").await?;
    holder.execute(LOCK).await?;
    let log_ins = gateways.iter().flat_map(|gateway| {
        (0..CALLERS).map(async move |number| {
            let address = format!("nobody-logs-in-{number}@example.org");
            drop(gateway.verify_password(&address, FORGOTTEN).await);
        })
    });
    tokio::join!(most_waiting(scene, holder), join_all(log_ins)).0
}

/// The most that waited at a time, until all did or the time is over; then the lock goes.
async fn most_waiting(scene: &Scene, holder: sqlx::PgConnection) -> anyhow::Result<i64> {
    let (begun, mut most) = (Instant::now(), 0);
    let mut looker = scene.servers.postgres.connect("postgres").await?;
    while most < CONNECTIONS * i64::try_from(COPIES)? && begun.elapsed() < SOON {
        most = most.max(sqlx::query_scalar(WAITING).fetch_one(&mut looker).await?);
        sleep(LOOK).await;
    }
    holder.close().await?;
    looker.close().await?;
    Ok(most)
}
