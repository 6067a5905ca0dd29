//! Servers that die, stand still, forget, or refuse.

use super::nodes;
use crate::faults::plan::{BrokerFault, CacheFault, DatabaseFault};
use crate::faults::scene::Scene;
use futures::future::join_all;
use lapin::options::{QueueBindOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties};
use redis::cmd;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::time::{Instant, sleep_until};

/// How often connections are taken from the copies until they have none.
const TRIES: u32 = 50;
/// How many connections are asked for at once.
const AT_ONCE: usize = 16;
/// Everybody's session but this one.
const TERMINATE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
/// Those that came over TCP: ours come through the socket.
const END_OTHERS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port > 0";
/// `deadlock_detected`.
const DEADLOCK: &str = "40P01";
const LOCK: &str = "BEGIN; LOCK TABLE reset_requests, outbox IN ACCESS EXCLUSIVE MODE";
const DATABASE: &str = "postgres";
/// The queue of mails, and the exchange it is bound to.
const QUEUE: &str = "mail.send";
const EXCHANGE: &str = "mail";
/// A policy under which a queue takes one message at a time.
const FULL: &str = r#"{"max-length":1,"overflow":"reject-publish"}"#;

/// What a fault keeps from others until it ends.
pub(super) type Holding = Vec<PgConnection>;

pub(super) async fn rabbitmq(scene: &Scene, fault: BrokerFault, end: Instant) -> anyhow::Result<()> {
    let broker = &scene.servers.rabbitmq;
    match fault {
        BrokerFault::Kill => {
            broker.crash()?;
            sleep_until(end).await;
            broker.launch().await
        }
        BrokerFault::Freeze => {
            broker.freeze()?;
            sleep_until(end).await;
            broker.thaw()
        }
        BrokerFault::Alarm => {
            broker.ctl(&["set_vm_memory_high_watermark", "absolute", "1"]).await?;
            sleep_until(end).await;
            broker.ctl(&["set_vm_memory_high_watermark", "absolute", "4GB"]).await.map(drop)
        }
        BrokerFault::DeleteQueue => {
            on_channel(&broker.amqp_url(), async |channel| {
                channel.queue_delete(QUEUE.into(), QueueDeleteOptions::default()).await
            })
            .await
        }
        BrokerFault::Wipe => {
            broker.crash()?;
            broker.wipe()?;
            sleep_until(end).await;
            broker.launch().await
        }
        BrokerFault::Unroutable => {
            on_channel(&broker.amqp_url(), async |channel| {
                channel.queue_unbind(QUEUE.into(), EXCHANGE.into(), QUEUE.into(), FieldTable::default()).await
            })
            .await?;
            sleep_until(end).await;
            on_channel(&broker.amqp_url(), async |channel| {
                let options = QueueBindOptions::default();
                channel
                    .queue_bind(QUEUE.into(), EXCHANGE.into(), QUEUE.into(), options, FieldTable::default())
                    .await
            })
            .await
        }
        BrokerFault::Full => {
            broker.ctl(&["set_policy", "full", &format!("^{QUEUE}$"), FULL]).await?;
            sleep_until(end).await;
            broker.ctl(&["clear_policy", "full"]).await.map(drop)
        }
        BrokerFault::KillNode(which) => nodes::kill(&scene.servers, which, end).await,
        BrokerFault::CutOffNode(which) => nodes::cut_off(&scene.servers, which, end).await,
    }
}

async fn on_channel<T>(url: &str, act: impl AsyncFnOnce(&Channel) -> lapin::Result<T>) -> anyhow::Result<()> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    // Dropped before the connection is closed, it would be closing by then.
    let channel = connection.create_channel().await?;
    act(&channel).await?;
    Ok(connection.close(0, "done".into()).await?)
}

/// Begins it; what it holds meanwhile.
pub(super) async fn postgres(scene: &Scene, fault: DatabaseFault) -> anyhow::Result<Holding> {
    let postgres = &scene.servers.postgres;
    match fault {
        DatabaseFault::Kill => postgres.crash().map(|()| Vec::new()),
        DatabaseFault::Freeze => postgres.freeze().map(|()| Vec::new()),
        DatabaseFault::Terminate => {
            postgres.connect(DATABASE).await?.execute(TERMINATE).await?;
            Ok(Vec::new())
        }
        DatabaseFault::Lock => {
            let mut holder = postgres.connect(DATABASE).await?;
            lock(&mut holder).await?;
            Ok(vec![holder])
        }
        DatabaseFault::Exhaust => exhaust(scene).await,
    }
}

/// Again where it was the one that Postgres ended to break a deadlock with a copy.
async fn lock(holder: &mut PgConnection) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        match holder.execute(LOCK).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(DEADLOCK) => {
                holder.execute("ROLLBACK").await?;
            }
            locked => return Ok(locked.map(drop)?),
        }
    }
    anyhow::bail!("the tables could not be locked in {TRIES} tries")
}

/// Takes every connection there is, those of the copies included: what is taken from them they may get back first.
async fn exhaust(scene: &Scene) -> anyhow::Result<Holding> {
    let mut held = vec![scene.servers.postgres.connect(DATABASE).await?];
    for _ in 0..TRIES {
        let mut is_full = false;
        while !is_full {
            let more = (0..AT_ONCE).map(|_| scene.servers.postgres.connect(DATABASE));
            for connection in join_all(more).await {
                is_full |= connection.is_err();
                held.extend(connection);
            }
        }
        let ended = held[0].execute(END_OTHERS).await?.rows_affected();
        if ended == 0 {
            return Ok(held);
        }
    }
    anyhow::bail!("the copies still have connections after {TRIES} tries")
}

pub(super) async fn restore_postgres(
    scene: &Scene,
    fault: DatabaseFault,
    held: Holding,
) -> anyhow::Result<()> {
    match fault {
        DatabaseFault::Kill => scene.servers.postgres.launch().await?,
        DatabaseFault::Freeze => scene.servers.postgres.thaw()?,
        DatabaseFault::Terminate | DatabaseFault::Lock | DatabaseFault::Exhaust => {}
    }
    for connection in held {
        connection.close().await.ok();
    }
    Ok(())
}

pub(super) async fn redis(scene: &Scene, fault: CacheFault, end: Instant) -> anyhow::Result<()> {
    let redis = &scene.servers.redis;
    match fault {
        CacheFault::Kill => {
            redis.crash()?;
            sleep_until(end).await;
            redis.launch().await?;
        }
        CacheFault::Empty => redis.restart_empty().await?,
        CacheFault::Freeze => {
            redis.freeze()?;
            sleep_until(end).await;
            redis.thaw()?;
        }
        CacheFault::Flush => redis.ask::<()>(&cmd("FLUSHALL")).await?,
        CacheFault::FlushScripts => redis.ask::<()>(cmd("SCRIPT").arg("FLUSH")).await?,
        CacheFault::ReadOnly => {
            redis.become_read_only().await?;
            sleep_until(end).await;
            redis.become_primary().await?;
        }
    }
    Ok(())
}
