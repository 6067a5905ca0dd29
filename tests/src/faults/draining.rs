//! After the last fault: waiting until nothing is under way any more, and seeing that everything still works.

use super::completing::Completing;
use super::load::{Answer, until_answered};
use super::scene::{COPIES, Scene};
use crate::cluster::{accounts, worker_name};
use anyhow::ensure;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use reset_api::relay::SILENCE;
use sqlx::Connection as _;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// How often is looked.
const LOOK: Duration = Duration::from_millis(300);
/// How long nothing may move before the clock is moved over the silence after a publish.
const STILL: Duration = Duration::from_secs(8);
/// How many accounts are kept back for [`last_requests`].
pub(super) const KEPT_BACK: u32 = 40;
/// How long is waited before one more of them is needed.
const BETWEEN: Duration = Duration::from_secs(1);
/// How long they may take.
const ALIVE_WITHIN: Duration = Duration::from_secs(60);
/// The queues that must be empty in the end.
const QUEUES: [&str; 6] =
    ["mail.send", "mail.reports", "mail.retry.10s", "mail.retry.1m", "mail.retry.5m", "mail.retry.15m"];
const UNDER_WAY: &str =
    "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM reset_requests WHERE state = 'accepted')";

/// What is not done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct UnderWay {
    outbox: i64,
    accepted: i64,
    queued: u32,
}

/// Waits until nothing is under way. Where the broker lost messages, the clock is moved over the relay's silence.
pub(super) async fn drain(
    scene: &Scene,
    completing: &Completing,
    forgetful_broker: bool,
    bound: Duration,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let (mut before, mut moved) = (UnderWay::default(), Instant::now());
    let mut quiet = 0;
    loop {
        let under_way = look(scene).await.unwrap_or(UnderWay { outbox: -1, ..UnderWay::default() });
        if under_way != before {
            (before, moved) = (under_way, Instant::now());
        }
        quiet = if under_way == UnderWay::default() && completing.are_done() { quiet + 1 } else { 0 };
        if quiet >= 2 {
            return Ok(());
        }
        ensure!(begun.elapsed() < bound, "still under way after {bound:?}: {under_way:?}");
        if forgetful_broker && under_way.outbox > 0 && moved.elapsed() > STILL {
            scene.clock.advance(SILENCE)?;
            moved = Instant::now();
        }
        sleep(LOOK).await;
    }
}

/// Once every copy has stopped: what one had still in its hands, which nobody sees while it has, is back in its queue.
pub(super) async fn nothing_is_left(scene: &Scene) -> anyhow::Result<()> {
    let left = look(scene).await?;
    ensure!(left == UnderWay::default(), "a copy had still something in its hands: {left:?}");
    Ok(())
}

async fn look(scene: &Scene) -> anyhow::Result<UnderWay> {
    let mut connection = scene.servers.postgres.connect("postgres").await?;
    let (outbox, accepted) = sqlx::query_as(UNDER_WAY).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(UnderWay { outbox, accepted, queued: queued(&scene.servers.rabbitmq.amqp_url()).await? })
}

/// How many messages wait in all queues together, for a worker or for their time.
async fn queued(url: &str) -> anyhow::Result<u32> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let mut queued = 0;
    for name in QUEUES {
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        queued += channel.queue_declare(name.into(), passive, FieldTable::default()).await?.message_count();
    }
    connection.close(0, "looked".into()).await?;
    Ok(queued)
}

/// Requests by accounts that were kept back, until one has gone through every copy of reset-api and a mail has come
/// from every copy of mail-worker: no loop is dead.
pub(super) async fn last_requests(scene: &Scene, first: u32) -> anyhow::Result<()> {
    scene.cluster.ready().await?;
    let (begun, before) = (Instant::now(), scene.sink.taken().len());
    let taken_by_first = scene.sink.took();
    if let Some(second) = &scene.second_sink {
        ensure!(second.took() > 0, "the second relay host took nothing over");
    }
    let mut addresses = BTreeSet::new();
    for number in first..first + KEPT_BACK {
        let (address, id) = (accounts::address(number), Uuid::from_u128(u128::from(number) + 1).to_string());
        let answer = until_answered(&scene.gateways, &address, &id).await;
        ensure!(answer == Answer::Accepted, "a last request was not accepted: {answer:?}");
        addresses.insert(address);
        if addresses.len() < 2 * COPIES {
            continue;
        }
        mailed(scene, before, &addresses, begun).await?;
        let is_handed_back = scene.second_sink.is_none() || scene.sink.took() > taken_by_first;
        if senders(scene, before).len() == COPIES && is_handed_back {
            return Ok(());
        }
        // A worker that missed the broker asks again after half a minute at the latest.
        sleep(BETWEEN).await;
    }
    ensure!(
        scene.second_sink.is_none() || scene.sink.took() > taken_by_first,
        "the first relay host is back, and got none of {KEPT_BACK} last mails"
    );
    let idle: Vec<_> =
        (0..COPIES).map(worker_name).filter(|one| !senders(scene, before).contains(one)).collect();
    Err(anyhow::anyhow!("{idle:?} sent none of {KEPT_BACK} last mails"))
}

async fn mailed(
    scene: &Scene,
    before: usize,
    addresses: &BTreeSet<String>,
    begun: Instant,
) -> anyhow::Result<()> {
    loop {
        let taken = scene.sink.taken();
        let new: BTreeSet<&str> = taken[before..].iter().map(|mail| mail.to.as_str()).collect();
        let missing = addresses.iter().find(|address| !new.contains(address.as_str()));
        let Some(missing) = missing else { return Ok(()) };
        ensure!(begun.elapsed() < ALIVE_WITHIN, "no mail to {missing} after {ALIVE_WITHIN:?}");
        sleep(LOOK / 10).await;
    }
}

fn senders(scene: &Scene, before: usize) -> BTreeSet<String> {
    scene.sink.taken()[before..].iter().map(|mail| mail.from.clone()).collect()
}
