//! Where the system runs.

use super::DEADLINE;
use crate::cluster::{Catcher, Cluster, Services, Setup, Urls};
use crate::file_clock::FileClock;
use crate::folder::Folder;
use crate::postgres::Postgres;
use crate::rabbitmq::RabbitMq;
use crate::redis_server::RedisServer;
use crate::scrape::SERVICE;
use anyhow::Context as _;
use common::abort::AbortPoints;
use common::entropy::OsEntropy;
use common::metrics::Metrics;
use common::process::Surroundings;
use common::server_url::{POSTGRES, ServerUrl};
use common::shutdown::Shutdown;
use reset_api::store::postgres::migrate;
use standalone::app::Standalone;
use standalone::args::Args;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::RwLockReadGuard;
use tokio::task::JoinHandle;

/// A deployment to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Both services in the process of the test, on the embedded adapters.
    Standalone,
    /// The same with this bundle for its one app.
    Branded(&'static str),
    /// Each service as so many processes, on real servers.
    Cluster {
        /// A program that is `tests::service_main`, which only Cargo can tell the tests.
        program: &'static str,
        /// How many copies of reset-api.
        api: usize,
        /// How many copies of mail-worker.
        worker: usize,
    },
}

/// A running system, as it is seen from outside.
pub(super) struct Deployment {
    /// The gRPC listeners; any will do.
    pub(super) grpc: Vec<SocketAddr>,
    /// The HTTP API of the inbox that its mails go to.
    pub(super) inbox: SocketAddr,
    /// Where the pages are.
    pub(super) pages: SocketAddr,
    /// The admin listener of each process, copies of reset-api first.
    pub(super) admin: Vec<SocketAddr>,
    /// What every part of it reads the time from.
    pub(super) clock: Arc<FileClock>,
    running: Running,
    /// Goes with the deployment.
    folder: Folder,
}

enum Running {
    Standalone(RunningStandalone),
    Cluster(Box<RunningCluster>),
}

struct RunningStandalone {
    shutdown: Shutdown,
    task: JoinHandle<anyhow::Result<()>>,
}

struct RunningCluster {
    cluster: Cluster,
    /// The database, to see when nothing is under way.
    database: String,
    _catcher: Catcher,
    /// Nobody may crash the shared broker meanwhile.
    _broker: RwLockReadGuard<'static, RabbitMq>,
}

/// Every deployment has queues of its own on the shared broker.
static CLUSTERS: AtomicU32 = AtomicU32::new(0);

impl Deployment {
    pub(super) async fn start(place: Place) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let clock = Arc::new(FileClock::open(&folder.path().join("clock"))?);
        match place {
            Place::Standalone => {
                let args = anywhere(&data_dir(&folder));
                Self::standalone(folder, clock, args).await
            }
            Place::Branded(bundle) => {
                let brands = folder.path().join("brands");
                std::fs::create_dir(&brands)?;
                std::fs::write(brands.join("app.toml"), bundle)?;
                let args = Args { brands: Some(brands), ..anywhere(&data_dir(&folder)) };
                Self::standalone(folder, clock, args).await
            }
            Place::Cluster { program, api, worker } => {
                let services = Services { file: program.into(), before: Vec::new() };
                Self::cluster(folder, clock, services, (api, worker)).await
            }
        }
    }

    /// The standalone, with its mails sent to a relay host on that port of loopback.
    pub(super) async fn relaying_to(smtp_port: u16) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let clock = Arc::new(FileClock::open(&folder.path().join("clock"))?);
        let smtp_url = Some(format!("smtp://127.0.0.1:{smtp_port}?tls=none").parse()?);
        let args = Args { smtp_url, ..anywhere(&data_dir(&folder)) };
        Self::standalone(folder, clock, args).await
    }

    async fn standalone(folder: Folder, clock: Arc<FileClock>, args: Args) -> anyhow::Result<Self> {
        let surroundings =
            Surroundings { clock: clock.clone(), entropy: Arc::new(OsEntropy), abort: AbortPoints::none() };
        let standalone = Standalone::build(args, surroundings, Metrics::new(&SERVICE)?).await?;
        let addresses = standalone.addresses();
        let shutdown = Shutdown::new();
        let task = tokio::spawn(standalone.run(shutdown.clone()));
        let running = Running::Standalone(RunningStandalone { shutdown, task });
        let (grpc, admin) = (vec![addresses.grpc], vec![addresses.admin]);
        let (inbox, pages) = (addresses.inbox, addresses.web);
        Ok(Self { grpc, inbox, pages, admin, clock, running, folder })
    }

    /// On the servers that all tests share, with a database and queues of its own.
    async fn cluster(
        folder: Folder,
        clock: Arc<FileClock>,
        services: Services,
        (api, worker): (usize, usize),
    ) -> anyhow::Result<Self> {
        let broker = RabbitMq::shared().await?;
        let urls = Urls {
            postgres: fresh_database().await?,
            redis: RedisServer::shared().await?.fresh_database().expose_secret().to_owned(),
            rabbitmq: broker.amqp_url(),
            prefix: format!("world{}.", CLUSTERS.fetch_add(1, Ordering::Relaxed)),
        };
        let catcher = Catcher::start(&urls, clock.clone(), None).await?;
        let database = urls.postgres.clone();
        let setup = Setup {
            services,
            urls,
            smtp: catcher.smtp_url(),
            api,
            worker,
            clock: Some(folder.path().join("clock")),
            folder: folder.path().to_owned(),
            // On a busy machine a call to Redis may take longer than production allows.
            more: vec![
                ("RESET_API__REDIS__TIMEOUT_MS".to_owned(), "5000".to_owned()),
                ("MAIL_WORKER__REDIS__TIMEOUT_MS".to_owned(), "5000".to_owned()),
            ],
        };
        let cluster = Cluster::start(setup).await?;
        cluster.ready().await?;
        let (grpc, inbox) = (cluster.grpc()?, catcher.inbox().http());
        let pages = cluster.apis[0].place()?.pages.context("no pages")?;
        let admin = cluster.admin()?;
        let running = RunningCluster { cluster, database, _catcher: catcher, _broker: broker };
        let running = Running::Cluster(Box::new(running));
        Ok(Self { grpc, inbox, pages, admin, clock, running, folder })
    }

    /// Where the standalone keeps everything.
    pub(super) fn data_dir(&self) -> PathBuf {
        data_dir(&self.folder)
    }

    /// The database of a cluster, which tells when nothing is under way.
    pub(super) fn database(&self) -> Option<&str> {
        match &self.running {
            Running::Standalone(_) => None,
            Running::Cluster(running) => Some(&running.database),
        }
    }

    /// Stops it within the deadline.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        match self.running {
            Running::Standalone(mut running) => {
                running.shutdown.begin();
                tokio::time::timeout(DEADLINE, &mut running.task).await.context("it drains in time")??
            }
            Running::Cluster(running) => running.cluster.stop().await,
        }
    }
}

impl Drop for RunningStandalone {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

async fn fresh_database() -> anyhow::Result<String> {
    let server = Postgres::shared().await?;
    server.fresh_database(async |url: &str| Ok(migrate(&ServerUrl::parse(url, POSTGRES)?).await?)).await
}

fn data_dir(folder: &Folder) -> PathBuf {
    folder.path().join("data")
}

fn anywhere(data_dir: &Path) -> Args {
    let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Args {
        data_dir: data_dir.to_owned(),
        web: free_port,
        grpc: free_port,
        admin: free_port,
        inbox: free_port,
        smtp_url: None,
        brands: None,
        otlp: None,
    }
}
