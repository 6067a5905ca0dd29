//! Putting reset-api together: build is separate from run, and run takes any listener and any shutdown.

use crate::accept::{AcceptLoop, acceptor};
use crate::account::Accounts;
use crate::address_key::Pseudonymiser;
use crate::explain::Explainer;
use crate::grpc::{self, Role, calls::CallMetrics};
use crate::issuer::Issuer;
use crate::keeper::Keeper;
use crate::metrics::{HeartMetrics, backlog::BacklogWatch, hashing};
use crate::mint::Minter;
use crate::password::hasher::Hasher;
use crate::password::policy::PasswordPolicy;
use crate::relay::Relay;
use crate::reports::Reports;
use crate::reset::{Limits, Parts, Reset};
use crate::stepping::{Counted, Pace, Step, run};
use crate::store::Store;
use crate::throttle::Throttle;
use crate::web::{self, WebSettings};
use common::abort::AbortPoints;
use common::admin::{self, Peer, Told};
use common::brand::Brands;
use common::clock::Clock;
use common::entropy::Entropy;
use common::metrics::Metrics;
use common::queue::Queue;
use common::sealing::SealingKey;
use common::shutdown::Shutdown;
use common::wording::Strings;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

/// How often the keeper looks.
const KEEP: Duration = Duration::from_secs(10);
/// How often what waits is looked at: about as often as Prometheus comes.
const LOOK: Duration = Duration::from_secs(5);

/// The implementations this process was given.
pub struct Ports {
    /// Requests, tokens, accounts.
    pub store: Arc<dyn Store>,
    /// Events out, reports in.
    pub queue: Arc<dyn Queue>,
    /// Who may ask again, and when.
    pub throttle: Arc<dyn Throttle>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The servers behind them, for the admin listener.
    pub peers: Vec<Peer>,
    /// What is measured; store, queue and throttle are measured by whoever chose them.
    pub metrics: Metrics,
}

/// What an operator decides.
pub struct Settings {
    /// The pages; links start with their public URL.
    pub web: WebSettings,
    /// Makes address keys.
    pub pseudonymiser: Arc<Pseudonymiser>,
    /// The worker's public key.
    pub sealing_key: SealingKey,
    /// The apps.
    pub brands: Arc<Brands>,
    /// The pages' words.
    pub strings: Arc<Strings>,
    /// The rules of a new password.
    pub policy: PasswordPolicy,
    /// Argon2id, bounded.
    pub hasher: Hasher,
    /// The limits of the request path.
    pub limits: Limits,
    /// What gRPC callers without a certificate may do.
    pub anonymous_roles: BTreeSet<Role>,
    /// How long an ended request is kept.
    pub retention: time::Duration,
    /// How long an entry of the audit trail is kept.
    pub audit_retention: time::Duration,
    /// How long a loop that found nothing waits before it looks again.
    pub idle: Duration,
    /// How long a drain may take.
    pub grace: Duration,
}

/// Where reset-api listens: three listeners, so that the public one can never reach the gRPC one.
pub struct Listeners {
    /// The pages.
    pub web: TcpListener,
    /// The gRPC services.
    pub grpc: TcpListener,
    /// Liveness and readiness.
    pub admin: TcpListener,
}

/// reset-api, built and not yet running.
pub struct App {
    reset: Reset,
    accounts: Accounts,
    explainer: Explainer,
    anonymous_roles: BTreeSet<Role>,
    web: WebSettings,
    brands: Arc<Brands>,
    strings: Arc<Strings>,
    accept: AcceptLoop,
    loops: Vec<(Arc<dyn Step>, Pace)>,
    store: Arc<dyn Store>,
    entropy: Arc<dyn Entropy>,
    peers: Vec<Peer>,
    metrics: Metrics,
    grace: Duration,
}

impl App {
    /// Puts everything together. Touches nothing outside.
    #[must_use]
    pub fn build(settings: Settings, ports: Ports, abort: AbortPoints) -> Self {
        let meter = ports.metrics.meter();
        let (accepted, events) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (acceptor, accept) = acceptor(ports.store.clone(), accepted.clone(), abort.clone());
        let minter =
            Arc::new(Minter::new(ports.entropy.clone(), settings.sealing_key, &settings.web.public_url));
        let issuer = Issuer {
            store: ports.store.clone(),
            minter: minter.clone(),
            issued: events.clone(),
            abort: abort.clone(),
        };
        let relay = Relay { store: ports.store.clone(), queue: ports.queue.clone(), abort };
        let reports = Reports::new(ports.store.clone(), ports.queue, ports.clock.clone());
        let backlog = BacklogWatch::new(ports.store.clone(), &meter);
        let keeper = Keeper {
            store: ports.store.clone(),
            retention: settings.retention,
            audit_retention: settings.audit_retention,
        };
        let explainer = Explainer {
            store: ports.store.clone(),
            throttle: ports.throttle.clone(),
            pseudonymiser: settings.pseudonymiser.clone(),
            clock: ports.clock.clone(),
            entropy: ports.entropy.clone(),
        };
        let pace = |wake: &Arc<Notify>| Pace { wake: wake.clone(), idle: settings.idle };
        // Reports wait inside their own step, so nothing wakes them.
        let at_once = Pace { wake: Arc::new(Notify::new()), idle: Duration::from_millis(1) };
        let every = |idle| Pace { wake: Arc::new(Notify::new()), idle };
        let loops: [(Arc<dyn Step>, Pace); 5] = [
            (Arc::new(issuer), pace(&accepted)),
            (Arc::new(relay), pace(&events)),
            (Arc::new(reports), at_once),
            (Arc::new(keeper), every(KEEP)),
            (Arc::new(backlog), every(LOOK)),
        ];
        let counted = |(step, pace)| (Arc::new(Counted::new(step, &meter)) as Arc<dyn Step>, pace);
        let hasher = Arc::new(settings.hasher);
        hashing::watch(&meter, &hasher);
        let parts = Parts {
            store: ports.store.clone(),
            throttle: ports.throttle,
            acceptor,
            minter,
            pseudonymiser: settings.pseudonymiser,
            brands: settings.brands.clone(),
            policy: settings.policy,
            hasher,
            clock: ports.clock,
            entropy: ports.entropy.clone(),
            limits: settings.limits,
            events: events.clone(),
            metrics: HeartMetrics::new(&meter, &settings.brands),
        };
        Self {
            reset: Reset::new(parts.clone()),
            accounts: Accounts::new(parts),
            explainer,
            anonymous_roles: settings.anonymous_roles,
            web: settings.web,
            brands: settings.brands,
            strings: settings.strings,
            accept,
            loops: loops.into_iter().map(counted).collect(),
            store: ports.store,
            entropy: ports.entropy,
            peers: ports.peers,
            metrics: ports.metrics,
            grace: settings.grace,
        }
    }

    /// The heart, for whoever runs in the same process.
    #[must_use]
    pub fn reset(&self) -> Reset {
        self.reset.clone()
    }

    /// The accounts, likewise.
    #[must_use]
    pub fn accounts(&self) -> Accounts {
        self.accounts.clone()
    }

    /// Serves and loops until shutdown begins, then drains within the grace period.
    ///
    /// # Errors
    /// If a listener fails, or a page cannot be rendered.
    pub async fn run(self, listeners: Listeners, shutdown: Shutdown) -> anyhow::Result<()> {
        let meter = self.metrics.meter();
        let pages = web::router(self.reset.clone(), self.brands, self.strings, &self.web, &meter)?;
        let (readiness, health) = grpc::health::Readiness::new(self.store.clone()).await;
        readiness.step().await;
        let tasks = TaskTracker::new();
        let told = Told { ready: readiness.probe(), peers: self.peers, metrics: self.metrics };
        tasks.spawn(admin::serve(listeners.admin, told, shutdown.clone()));
        tasks.spawn(readiness.run(shutdown.clone()));
        tasks.spawn(self.accept.run());
        for (step, pace) in self.loops {
            tasks.spawn(run(step, pace, self.entropy.clone(), shutdown.clone()));
        }
        tasks.close();
        let measured = CallMetrics::new(&meter);
        let services =
            grpc::Services { reset: self.reset, accounts: self.accounts, explainer: self.explainer, health };
        let calls = grpc::serve(listeners.grpc, services, self.anonymous_roles, measured, shutdown.clone());
        let pages = web::serve(listeners.web, pages, shutdown.clone());
        let serving = async { tokio::join!(calls, pages).0 };
        // Half of the grace period is for peers, half for our own loops.
        let served = bounded(serving, &shutdown, self.grace / 2).await;
        shutdown.begin();
        if tokio::time::timeout(self.grace / 2, tasks.wait()).await.is_err() {
            tracing::warn!("the grace period ended before every loop did");
        }
        served
    }
}

/// Waits for a server; once shutdown has begun, no longer than the grace period: a peer that never closes its
/// connection must not keep us (hyper #4170).
async fn bounded(
    serving: impl Future<Output = anyhow::Result<()>>,
    shutdown: &Shutdown,
    grace: Duration,
) -> anyhow::Result<()> {
    let grace_over = async {
        shutdown.begun().await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        served = serving => served,
        () = grace_over => Ok(()),
    }
}
