//! The worker put together: settings and ports in, a loop out.

use crate::circuit::Trials;
use crate::claims::Claims;
use crate::conclude::Conclusions;
use crate::consumer::{Limits, MailConsumer};
use crate::dedup::Dedup;
use crate::deliver::Deliverer;
use crate::dkim::Dkim;
use crate::handle::Handler;
use crate::metrics::{self, WorkerMetrics};
use crate::prepare::Preparer;
use crate::relays::Relays;
use crate::render::{self, RenderError, Renderer};
use crate::report::Reporter;
use crate::smtp::Transport;
use crate::subscription::Subscription;
use common::abort::AbortPoints;
use common::brand::Brands;
use common::clock::Clock;
use common::entropy::Entropy;
use common::metrics::messaging::Processing;
use common::queue::{Queue, QueueError, Source};
use common::sealing::UnsealingKeys;
use common::shutdown::Shutdown;
use common::templates::TemplateFiles;
use opentelemetry::metrics::Meter;
use std::sync::Arc;
use std::time::Duration;

/// What the worker works with.
#[derive(Debug)]
pub struct WorkerSettings {
    /// Mails in work at a time, and the consumer's prefetch; at least 1.
    pub permits: u16,
    /// How long one look into an empty queue lasts.
    pub receive_wait: Duration,
    /// How long a claim on a mail lasts from its last renewal. A killed worker's mails wait that long; a worker that is
    /// frozen longer may lose its own.
    pub lease: Duration,
    /// How long a report is published again while the queue does not confirm it; then its mail goes back.
    pub report_patience: Duration,
    /// After an outage one mail finds out whether the relay host is back; after so long, undecided, another one does, too.
    pub trial_patience: Duration,
    /// How long mails in work may take once stopping has begun.
    pub grace_period: Duration,
    /// How long after its deliver_by a sent mail is remembered, so that a late copy is not sent again.
    pub keep_sent: Duration,
    /// What opens the sealed parts.
    pub unsealing_keys: UnsealingKeys,
    /// How the mails look.
    pub brands: Brands,
    /// Where everything stands in the mails.
    pub templates: TemplateFiles,
    /// What signs them.
    pub dkim: Dkim,
    /// Where the mails go: to the first of these that can be used; at least one.
    pub relay_hosts: Vec<Transport>,
}

/// Longer than any pause of a worker that is well, and shorter than a reader of mails waits.
const LEASE: Duration = Duration::from_secs(30);
/// Has nothing to do with the lease: a mail that was sent is marked, any other released, before it is reported. Giving
/// up lets go of everything the worker holds, so a broker has the time to be started again; and it must come well
/// before RabbitMQ, after half an hour, takes back what was not acked.
const REPORT_PATIENCE: Duration = Duration::from_secs(5 * 60);
/// A relay host that is well takes a mail within seconds; one that scans it may take minutes over its dot.
const TRIAL_PATIENCE: Duration = Duration::from_secs(15);

impl WorkerSettings {
    /// The defaults: 16 permits, looks of a second, leases of 30 seconds, reports tried for five minutes, trials waited
    /// for 15 seconds, 25 seconds of grace (Kubernetes kills after 30), sent mails remembered for a day; the relay host
    /// signs.
    #[must_use]
    pub fn with_defaults(unsealing_keys: UnsealingKeys, brands: Brands, relay_hosts: Vec<Transport>) -> Self {
        Self {
            permits: 16,
            receive_wait: Duration::from_secs(1),
            lease: LEASE,
            report_patience: REPORT_PATIENCE,
            trial_patience: TRIAL_PATIENCE,
            grace_period: Duration::from_secs(25),
            keep_sent: Duration::from_secs(24 * 3600),
            unsealing_keys,
            brands,
            templates: render::built_in(),
            dkim: Dkim::default(),
            relay_hosts,
        }
    }
}

/// What the worker stands on; chosen by whoever builds it.
#[derive(Clone)]
pub struct WorkerPorts {
    /// Mails come from here and reports go there.
    pub queue: Arc<dyn Queue>,
    /// Remembers what was sent.
    pub dedup: Arc<dyn Dedup>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Jitter.
    pub entropy: Arc<dyn Entropy>,
    /// Makes the instruments of what is done; queue and dedup are measured by whoever chose them.
    pub meter: Meter,
}

/// A worker that could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No permit, no mail.
    #[error("permits must be at least 1")]
    NoPermits,
    /// Nowhere to send anything to.
    #[error("at least one relay host must be named")]
    NoRelayHost,
    /// A claim would be over at once, and renewed without a pause.
    #[error("the lease must be above zero")]
    NoLease,
    /// A template does not compile.
    #[error(transparent)]
    Templates(#[from] RenderError),
}

/// mail-worker, ready to run.
pub struct Worker {
    consumer: Arc<MailConsumer>,
}

impl Worker {
    /// Puts a worker together; nothing is connected yet.
    ///
    /// # Errors
    /// [`BuildError`] says which setting cannot work.
    pub fn build(
        settings: WorkerSettings,
        ports: WorkerPorts,
        abort: AbortPoints,
    ) -> Result<Self, BuildError> {
        if settings.permits == 0 {
            return Err(BuildError::NoPermits);
        }
        if settings.relay_hosts.is_empty() {
            return Err(BuildError::NoRelayHost);
        }
        if settings.lease.is_zero() {
            return Err(BuildError::NoLease);
        }
        let limits = Limits {
            permits: settings.permits,
            receive_wait: settings.receive_wait,
            trial_patience: settings.trial_patience,
            grace_period: settings.grace_period,
        };
        let (meter, permits) = (ports.meter.clone(), settings.permits);
        let handler = handler(settings, &ports, abort)?;
        let subscription = Subscription::new(ports.queue);
        let consumer = MailConsumer::new(handler, subscription, ports.entropy, limits);
        metrics::watch_permits(&meter, permits, consumer.free_permits());
        Ok(Self { consumer: Arc::new(consumer) })
    }

    /// Takes what is waiting, up to the permits, and returns how many messages were handled, once they are.
    /// 0 also while no relay host can be used and taking pauses.
    ///
    /// # Errors
    /// [`QueueError`] if the queue is away; nothing was taken.
    pub async fn step(&self) -> Result<usize, QueueError> {
        self.consumer.step().await
    }

    /// Works until stopping begins and what was in work is finished or given back. Once only.
    pub async fn run(&self, shutdown: &Shutdown) {
        self.consumer.run(shutdown).await;
        self.consumer.handler().deliverer.relays.close().await;
    }

    /// How many marks the dedup store could not make since the start: each is a mail that may go out twice.
    #[must_use]
    pub fn missed_marks(&self) -> u64 {
        self.consumer.handler().deliverer.conclusions.claims.missed()
    }
}

fn handler(settings: WorkerSettings, ports: &WorkerPorts, abort: AbortPoints) -> Result<Handler, BuildError> {
    let renderer = Renderer::new(&settings.templates, &settings.brands)?;
    let conclusions = Conclusions {
        claims: Claims::new(ports.dedup.clone(), settings.keep_sent),
        clock: ports.clock.clone(),
        abort,
        keep_sent: settings.keep_sent,
    };
    let meter = &ports.meter;
    let metrics = WorkerMetrics::new(meter, settings.relay_hosts.iter().map(Transport::relay_host));
    let trials = Trials::new(settings.trial_patience, settings.permits, settings.relay_hosts.len());
    let relays = Relays::new(settings.relay_hosts, &ports.entropy, trials, meter, metrics.clone());
    metrics::watch_marks(meter, conclusions.claims.missed_so_far());
    let deliverer = Deliverer {
        conclusions,
        preparer: Preparer {
            keys: settings.unsealing_keys,
            brands: settings.brands,
            renderer,
            dkim: settings.dkim,
        },
        relays: Arc::new(relays),
        lease: settings.lease,
        metrics,
    };
    let reporter = Reporter {
        queue: ports.queue.clone(),
        clock: ports.clock.clone(),
        entropy: ports.entropy.clone(),
        patience: settings.report_patience,
    };
    Ok(Handler { deliverer, reporter, processing: Processing::new(meter, Source::Mail) })
}
