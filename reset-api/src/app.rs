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
use crate::stepping::{Counted, Failures, OnStore, Pace, Step, run};
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
use tokio::task::JoinSet;

pub(crate) mod stopping;

use stopping::{bounded, ended_too_early};

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
    /// How long calls are still taken once stopping has begun, while readiness says no: whoever sends them here needs as
    /// long to hear of it.
    pub notice: Duration,
    /// How long a drain may take after that.
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
    accept_failures: Failures,
    loops: Vec<(Arc<dyn Step>, Pace)>,
    store: Arc<dyn Store>,
    entropy: Arc<dyn Entropy>,
    peers: Vec<Peer>,
    metrics: Metrics,
    notice: Duration,
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
            accept_failures: Failures::new("accept", &meter),
            loops: loops.into_iter().map(counted).collect(),
            store: ports.store,
            entropy: ports.entropy,
            peers: ports.peers,
            metrics: ports.metrics,
            notice: settings.notice,
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

    /// Serves and loops until shutdown begins and its notice is over, then drains within the grace period.
    ///
    /// # Errors
    /// If a listener or a loop ends that should not, or a page cannot be rendered.
    pub async fn run(self, listeners: Listeners, shutdown: Shutdown) -> anyhow::Result<()> {
        let meter = self.metrics.meter();
        let pages = web::router(self.reset.clone(), self.brands, self.strings, &self.web, &meter)?;
        let (readiness, health) = grpc::health::Readiness::new(self.store.clone()).await;
        readiness.step().await;
        let store_ready = readiness.store_ready();
        let told = Told { ready: readiness.probe(), peers: self.peers, metrics: self.metrics };
        // Readiness follows `shutdown`; whatever takes calls and works on them `closing`; and probes are answered to the
        // end, for whoever finishes its work is alive.
        let (closing, drained) = (Shutdown::new(), Shutdown::new());
        let (mut tasks, mut probing) = (JoinSet::new(), JoinSet::new());
        probing.spawn(admin::serve(listeners.admin, told, drained));
        tasks.spawn(readiness.run(shutdown.clone()));
        tasks.spawn(stopping::give_notice(shutdown.clone(), self.notice, closing.clone()));
        tasks.spawn(self.accept.run(self.accept_failures));
        for (step, pace) in self.loops {
            let step = Arc::new(OnStore { step, ready: store_ready.clone() });
            tasks.spawn(run(step, pace, self.entropy.clone(), closing.clone()));
        }
        let measured = CallMetrics::new(&meter);
        let services =
            grpc::Services { reset: self.reset, accounts: self.accounts, explainer: self.explainer, health };
        let calls = grpc::serve(listeners.grpc, services, self.anonymous_roles, measured, closing.clone());
        let pages = web::serve(listeners.web, pages, closing.clone());
        let serving = async { tokio::join!(calls, pages).0 };
        let served = tokio::select! {
            served = bounded(serving, &closing, stopping::for_calls(self.grace)) => served,
            () = ended_too_early(&mut tasks, &shutdown) => Err(anyhow::anyhow!("a background task ended")),
            () = ended_too_early(&mut probing, &shutdown) => Err(anyhow::anyhow!("the admin listener ended")),
        };
        shutdown.begin();
        closing.begin();
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(stopping::for_loops(self.grace), all).await.is_err() {
            tracing::warn!("the grace period ended before every loop did");
        }
        served
    }
}
