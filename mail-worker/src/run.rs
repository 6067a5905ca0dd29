//! `mail-worker run`: the cluster's implementations behind the ports, and the worker on them.

use crate::app::{Worker, WorkerPorts, WorkerSettings};
use crate::config::RunSettings;
use crate::dedup::redis::RedisDedup;
use crate::smtp::Transport;
use common::admin::{self, Peer};
use common::endpoint::listen;
use common::process::{Surroundings, stop_at_signals};
use common::queue::rabbitmq::RabbitQueue;
use common::redis_link::RedisLink;
use common::shutdown::Shutdown;
use std::io::Write as _;
use std::sync::Arc;

/// Sends mails until a signal, then drains. No server need be there yet: each is connected to when it comes up.
///
/// # Errors
/// If the admin listener cannot be had, or something is configured that cannot work.
pub(crate) async fn run(settings: RunSettings, surroundings: Surroundings) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    stop_at_signals(&shutdown)?;
    let listener = listen("admin.listen", settings.admin).await?;
    let announcement = format!(
        "mail-worker {}\n  admin  http://{}/ready",
        env!("CARGO_PKG_VERSION"),
        listener.local_addr()?
    );
    let entropy = surroundings.entropy.clone();
    let queue = Arc::new(RabbitQueue::start(settings.rabbitmq.clone(), entropy.clone()));
    let redis = Arc::new(RedisLink::start(settings.redis.clone(), entropy));
    let (ready, peers) = probes(&queue, &redis, &shutdown);
    let worker = build(settings, surroundings, queue.clone(), redis)?;
    writeln!(std::io::stdout(), "{announcement}")?;
    // Probes are answered to the end of the drain: a worker that finishes its mails is alive.
    let drained = Shutdown::new();
    let admin = tokio::spawn(admin::serve(listener, ready, peers, drained.clone()));
    worker.run(&shutdown).await;
    drained.begin();
    queue.close().await;
    Ok(admin.await??)
}

fn build(
    settings: RunSettings,
    Surroundings { clock, entropy, abort }: Surroundings,
    queue: Arc<RabbitQueue>,
    redis: Arc<RedisLink>,
) -> anyhow::Result<Worker> {
    let transport = Transport::new(settings.smtp)?;
    let worker_settings = WorkerSettings {
        permits: settings.permits,
        lease: settings.lease,
        keep_sent: settings.keep_sent,
        grace_period: settings.grace,
        dkim: settings.dkim,
        ..WorkerSettings::with_defaults(settings.unsealing_keys, settings.brands, transport)
    };
    let dedup = Arc::new(RedisDedup::new(redis, clock.clone()));
    Ok(Worker::build(worker_settings, WorkerPorts { queue, dedup, clock, entropy }, abort)?)
}

/// Ready means: mails are taken. Without dedup they still go out.
fn probes(
    queue: &Arc<RabbitQueue>,
    redis: &Arc<RedisLink>,
    shutdown: &Shutdown,
) -> (admin::Probe, Vec<Peer>) {
    let (queue, redis, shutdown) = (queue.clone(), redis.clone(), shutdown.clone());
    let is_ready = {
        let queue = queue.clone();
        move || queue.is_connected() && !shutdown.has_begun()
    };
    let peers = vec![
        Peer::new("rabbitmq", move || queue.is_connected()),
        Peer::new("redis", move || redis.is_connected()),
    ];
    (Arc::new(is_ready), peers)
}
