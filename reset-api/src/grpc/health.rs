//! grpc.health.v1: `liveness` knows nothing of the servers behind us, `readiness` and each service do.

use crate::store::Store;
use common::shutdown::Shutdown;
use std::sync::Arc;
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
const FOLLOWERS: [&str; 4] =
    ["", "readiness", "passwordreset.v1.PasswordResetService", "passwordreset.v1.AccountService"];

/// Reports whether we are ready.
pub struct Readiness {
    reporter: HealthReporter,
    store: Arc<dyn Store>,
    ready: watch::Sender<bool>,
}

impl Readiness {
    /// Not ready until the first look.
    pub async fn new(store: Arc<dyn Store>) -> (Self, HealthService) {
        let reporter = HealthReporter::new();
        reporter.set_service_status("liveness", ServingStatus::Serving).await;
        let readiness = Self { reporter: reporter.clone(), store, ready: watch::Sender::new(false) };
        readiness.report(false).await;
        (readiness, HealthServer::new(tonic_health::server::HealthService::from_health_reporter(reporter)))
    }

    /// The same word for the admin listener.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.ready.subscribe()
    }

    /// Looks once. Whether we are ready.
    pub async fn step(&self) -> bool {
        let ready = self.store.now().await.is_ok();
        self.report(ready).await;
        ready
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
