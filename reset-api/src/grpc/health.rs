//! grpc.health.v1: `liveness` knows nothing of the servers behind us, `readiness` and each service do.

use crate::store::Store;
use common::admin::Probe;
use common::shutdown::Shutdown;
use common::surviving::{PANICKED, survived};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::HealthReporter;

/// The health service as the server takes it.
pub type HealthService = HealthServer<tonic_health::server::HealthService>;

/// How often the servers behind us are asked.
const EVERY: Duration = Duration::from_secs(1);
/// The names that follow the servers behind us; the empty one is the whole server.
const FOLLOWERS: [&str; 5] = [
    "",
    "readiness",
    "passwordreset.v1.PasswordResetService",
    "passwordreset.v1.AccountService",
    "passwordreset.v1.SupportService",
];

/// Reports whether we are ready.
pub struct Readiness {
    reporter: HealthReporter,
    store: Arc<dyn Store>,
    ready: watch::Sender<bool>,
    store_ready: watch::Sender<bool>,
    /// The trouble that was told last.
    told: Mutex<Option<String>>,
}

impl Readiness {
    /// Not ready until the first look.
    pub async fn new(store: Arc<dyn Store>) -> (Self, HealthService) {
        let reporter = HealthReporter::new();
        reporter.set_service_status("liveness", ServingStatus::Serving).await;
        let (ready, store_ready, told) =
            (watch::Sender::new(false), watch::Sender::new(false), Mutex::new(None));
        let readiness = Self { reporter: reporter.clone(), store, ready, store_ready, told };
        readiness.report(false).await;
        (readiness, HealthServer::new(tonic_health::server::HealthService::from_health_reporter(reporter)))
    }

    /// The same word for the admin listener.
    #[must_use]
    pub fn probe(&self) -> Probe {
        let ready = self.ready.subscribe();
        Arc::new(move || *ready.borrow())
    }

    /// Whether the store is ready, for whoever works on it: it may be while we no longer are.
    #[must_use]
    pub fn store_ready(&self) -> watch::Receiver<bool> {
        self.store_ready.subscribe()
    }

    /// Looks once. Whether we are ready.
    pub async fn step(&self) -> bool {
        let looked = match survived(self.store.ready()).await {
            Some(looked) => looked.map_err(|error| error.to_string()),
            None => Err(PANICKED.to_owned()),
        };
        self.tell(looked.as_ref().err());
        self.store_ready.send_replace(looked.is_ok());
        self.report(looked.is_ok()).await;
        looked.is_ok()
    }

    /// A line when something has changed: while it has not, nobody learns anything from another.
    fn tell(&self, trouble: Option<&String>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match (trouble, &*told) {
            (None, None) => return,
            (None, Some(_)) => tracing::info!("the store is ready"),
            (Some(now), Some(before)) if now == before => return,
            (Some(now), _) => {
                tracing::warn!(reason = now, again_in = ?EVERY, "the store is not ready: calls are refused until it is");
            }
        }
        *told = trouble.cloned();
    }

    /// Looks until shutdown begins; from then on we are not ready.
    pub async fn run(self, shutdown: Shutdown) {
        while !shutdown.has_begun() {
            self.step().await;
            let _ = shutdown.interrupts(tokio::time::sleep(EVERY)).await;
        }
        self.report(false).await;
    }

    async fn report(&self, ready: bool) {
        self.ready.send_replace(ready);
        let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        for name in FOLLOWERS {
            self.reporter.set_service_status(name, status).await;
        }
    }
}
