//! `reset-api serve`: the cluster's implementations behind the ports, and the service on them.

use crate::app::{App, Listeners, Ports, Settings};
use crate::config::{ListenAddresses, ServeSettings};
use crate::password::hasher::Hasher;
use crate::store::metered::MeteredStore;
use crate::store::postgres::PostgresStore;
use crate::throttle::metered::MeteredThrottle;
use crate::throttle::redis::RedisThrottle;
use crate::web::wording;
use common::admin::Peer;
use common::endpoint::{ListenError, listen};
use common::entropy::new_id;
use common::metrics::Metrics;
use common::process::{Surroundings, raise_descriptor_limit, stop_at_signals};
use common::queue::metered::MeteredQueue;
use common::queue::rabbitmq::RabbitQueue;
use common::redis_link::RedisLink;
use common::shutdown::Shutdown;
use common::telemetry::{Service, Telemetry};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// How long a loop that found nothing waits: another replica's work wakes nobody here.
const IDLE: Duration = Duration::from_millis(200);

/// Serves until a signal, then drains. No server need be there yet: each is connected to when it comes up.
///
/// # Errors
/// If a listener cannot be had, or something is configured that cannot work.
pub(crate) async fn serve(settings: ServeSettings, surroundings: Surroundings) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    stop_at_signals(&shutdown)?;
    raise_descriptor_limit();
    let listeners = open(settings.listen).await?;
    let announcement = announcement(&listeners)?;
    let service = service(&surroundings);
    let telemetry = Telemetry::start(&settings.telemetry, &service, surroundings.entropy.clone())?;
    let (metrics, pushing) = Metrics::start(&service, &settings.telemetry)?;
    let queue = Arc::new(RabbitQueue::start(settings.rabbitmq.clone(), surroundings.entropy.clone()));
    let app = build(settings, surroundings, queue.clone(), metrics)?;
    writeln!(std::io::stdout(), "{announcement}")?;
    let served = app.run(listeners, shutdown).await;
    queue.close().await;
    tokio::join!(telemetry.finish(), pushing.finish());
    served
}

/// What telemetry calls this copy.
fn service(surroundings: &Surroundings) -> Service {
    let instance = new_id(&*surroundings.entropy, surroundings.clock.now());
    Service { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), instance }
}

fn build(
    settings: ServeSettings,
    Surroundings { clock, entropy, abort }: Surroundings,
    queue: Arc<RabbitQueue>,
    metrics: Metrics,
) -> anyhow::Result<App> {
    let redis = Arc::new(RedisLink::start(settings.redis, entropy.clone()));
    let peers = peers(queue.clone(), redis.clone());
    let meter = metrics.meter();
    let pseudonymiser = Arc::new(settings.pseudonymiser);
    let store = PostgresStore::new(settings.postgres, clock.clone())?;
    let throttle = RedisThrottle::new(redis, pseudonymiser.clone(), clock.clone(), entropy.clone());
    throttle.watch(&meter);
    let ports = Ports {
        store: Arc::new(MeteredStore::new(Arc::new(store), "postgresql", &meter)),
        queue: Arc::new(MeteredQueue::new(queue, &meter)),
        throttle: Arc::new(MeteredThrottle::new(Arc::new(throttle), &meter)),
        clock,
        entropy: entropy.clone(),
        peers,
        metrics,
    };
    let settings = Settings {
        web: settings.web,
        pseudonymiser,
        sealing_key: settings.sealing_key,
        brands: Arc::new(settings.brands),
        strings: Arc::new(wording::shipped()?),
        policy: settings.policy,
        hasher: Hasher::new(settings.hashing, entropy)?,
        limits: settings.limits,
        anonymous_roles: settings.anonymous_roles,
        retention: settings.retention,
        audit_retention: settings.audit_retention,
        idle: IDLE,
        notice: settings.notice,
        grace: settings.grace,
    };
    Ok(App::build(settings, ports, abort))
}

fn peers(queue: Arc<RabbitQueue>, redis: Arc<RedisLink>) -> Vec<Peer> {
    vec![
        Peer::new("rabbitmq", move || queue.is_connected()),
        Peer::new("redis", move || redis.is_connected()),
    ]
}

async fn open(addresses: ListenAddresses) -> Result<Listeners, ListenError> {
    Ok(Listeners {
        web: listen("web.listen", addresses.web).await?,
        grpc: listen("grpc.listen", addresses.grpc).await?,
        admin: listen("admin.listen", addresses.admin).await?,
    })
}

/// Where everything listens, for whoever started it with port 0.
fn announcement(listeners: &Listeners) -> std::io::Result<String> {
    Ok(format!(
        "reset-api {}\n  pages  http://{}/\n  gRPC   {}\n  admin  http://{}/ready",
        env!("CARGO_PKG_VERSION"),
        listeners.web.local_addr()?,
        listeners.grpc.local_addr()?,
        listeners.admin.local_addr()?
    ))
}
