//! `mail-worker run`: the cluster's implementations behind the ports, and the worker on them.

use crate::app::{Worker, WorkerPorts, WorkerSettings};
use crate::config::RunSettings;
use crate::dedup::metered::MeteredDedup;
use crate::dedup::redis::RedisDedup;
use crate::smtp::Transport;
use common::admin::{self, Peer, Told};
use common::endpoint::listen;
use common::entropy::new_id;
use common::metrics::Metrics;
use common::metrics::database::DatabaseMetrics;
use common::process::{Surroundings, raise_descriptor_limit, stop_at_signals};
use common::queue::metered::MeteredQueue;
use common::queue::rabbitmq::RabbitQueue;
use common::redis_link::RedisLink;
use common::shutdown::Shutdown;
use common::telemetry::{Service, Telemetry};
use opentelemetry::metrics::Meter;
use std::io::Write as _;
use std::sync::Arc;

/// Sends mails until a signal, then drains. No server need be there yet: each is connected to when it comes up.
///
/// # Errors
/// If the admin listener cannot be had, or something is configured that cannot work.
pub(crate) async fn run(settings: RunSettings, surroundings: Surroundings) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    stop_at_signals(&shutdown)?;
    raise_descriptor_limit();
    let listener = listen("admin.listen", settings.admin).await?;
    let announcement = format!(
        "mail-worker {}\n  admin  http://{}/ready",
        env!("CARGO_PKG_VERSION"),
        listener.local_addr()?
    );
    let entropy = surroundings.entropy.clone();
    let service = service(&surroundings);
    let telemetry = Telemetry::start(&settings.telemetry, &service, entropy.clone())?;
    let (metrics, pushing) = Metrics::start(&service, &settings.telemetry)?;
    let queue = Arc::new(RabbitQueue::start(settings.rabbitmq.clone(), entropy.clone()));
    let redis = Arc::new(RedisLink::start(settings.redis.clone(), entropy));
    let (ready, peers) = probes(&queue, &redis, &shutdown);
    let worker = build(settings, surroundings, queue.clone(), redis, metrics.meter())?;
    writeln!(std::io::stdout(), "{announcement}")?;
    // Probes are answered to the end of the drain: a worker that finishes its mails is alive.
    let drained = Shutdown::new();
    let admin = tokio::spawn(admin::serve(listener, Told { ready, peers, metrics }, drained.clone()));
    worker.run(&shutdown).await;
    drained.begin();
    queue.close().await;
    tokio::join!(telemetry.finish(), pushing.finish());
    Ok(admin.await?)
}

/// What telemetry calls this copy.
fn service(surroundings: &Surroundings) -> Service {
    let instance = new_id(&*surroundings.entropy, surroundings.clock.now());
    Service { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), instance }
}

fn build(
    settings: RunSettings,
    Surroundings { clock, entropy, abort }: Surroundings,
    queue: Arc<RabbitQueue>,
    redis: Arc<RedisLink>,
    meter: Meter,
) -> anyhow::Result<Worker> {
    let relay_hosts = settings.smtp.into_iter().map(Transport::new).collect::<Result<_, _>>()?;
    let worker_settings = WorkerSettings {
        permits: settings.permits,
        lease: settings.lease,
        keep_sent: settings.keep_sent,
        grace_period: settings.grace,
        templates: settings.mails.templates,
        dkim: settings.mails.dkim,
        ..WorkerSettings::with_defaults(settings.unsealing_keys, settings.mails.brands, relay_hosts)
    };
    let dedup = Arc::new(RedisDedup::new(redis, clock.clone()));
    let ports = WorkerPorts {
        queue: Arc::new(MeteredQueue::new(queue, &meter)),
        dedup: Arc::new(MeteredDedup::new(dedup, DatabaseMetrics::new(&meter, "redis"))),
        clock,
        entropy,
        meter,
    };
    Ok(Worker::build(worker_settings, ports, abort)?)
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
