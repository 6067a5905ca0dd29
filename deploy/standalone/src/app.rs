//! Putting the standalone together: the ports' embedded implementations, both services, and the inbox.

use crate::announce;
use crate::args::{Args, SmtpUrl};
use crate::brands;
use crate::data_dir::DataDir;
use crate::dedup::SqliteDedup;
use crate::demo::{self, Demo};
use crate::inbox::{AccountEvent, AccountEvents, AccountEventsUnavailable, Inbox};
use crate::queue::{QueueDb, SqliteQueue};
use async_trait::async_trait;
use common::brand::AppId;
use common::metrics::{Metrics, database::DatabaseMetrics};
use common::process::Surroundings;
use common::queue::metered::MeteredQueue;
use common::shutdown::Shutdown;
use mail_worker::app::{Worker, WorkerPorts, WorkerSettings};
use mail_worker::dedup::metered::MeteredDedup;
use mail_worker::smtp::{Settings as SmtpSettings, TlsMode, Transport};
use reset_api::app::{App, Listeners, Ports, Settings};
use reset_api::grpc::Role;
use reset_api::password::hasher::{Hasher, HasherSettings};
use reset_api::password::policy::PasswordPolicy;
use reset_api::reset::Limits;
use reset_api::store::metered::MeteredStore;
use reset_api::store::sqlite::SqliteStore;
use reset_api::throttle::memory::MemoryThrottle;
use reset_api::throttle::metered::MeteredThrottle;
use reset_api::web::proxies::TrustedProxies;
use reset_api::web::{WebSettings, wording};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long an ended request is kept.
const RETENTION: time::Duration = time::Duration::days(30);
/// How long an entry of the audit trail is kept.
const AUDIT_RETENTION: time::Duration = time::Duration::days(365);
/// How long a loop that found nothing waits: everything that makes work is in this process and wakes it.
const IDLE: Duration = Duration::from_secs(1);
/// How long calls are still taken once stopping has begun: nobody sends them elsewhere.
const NOTICE: Duration = Duration::ZERO;
/// How long a drain may take.
const GRACE: Duration = Duration::from_secs(10);

/// Where everything listens.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// The pages.
    pub web: SocketAddr,
    /// The gRPC services.
    pub grpc: SocketAddr,
    /// The admin listener.
    pub admin: SocketAddr,
    /// The inbox's page and API.
    pub inbox: SocketAddr,
    /// The inbox's SMTP server.
    pub smtp: SocketAddr,
}

/// The standalone, built: everything is open and listening, nothing runs.
pub struct Standalone {
    addresses: Addresses,
    data_dir: DataDir,
    app: App,
    listeners: Listeners,
    worker: Worker,
    inbox: Inbox,
    inbox_http: TcpListener,
    inbox_smtp: TcpListener,
    queue: Arc<SqliteQueue>,
    demo: Demo,
    /// The app in the lines to copy.
    app_id: AppId,
}

/// A listener that could not be had, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Other machines could reach it.
    #[error(
        "--{flag} {address} can be reached by other machines, and nothing here asks who calls: use 127.0.0.1"
    )]
    NotLoopback {
        /// The flag.
        flag: &'static str,
        /// Its value.
        address: SocketAddr,
    },
    /// The system refuses.
    #[error(
        "cannot listen on {address}: {source}; stop what uses it, or choose another with --{flag} HOST:PORT"
    )]
    Refused {
        /// The flag.
        flag: &'static str,
        /// Its value.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

impl Standalone {
    /// Opens the directory and every listener, and makes the demo account.
    ///
    /// # Errors
    /// One line each, saying what to do: the directory is held or not writable, an address is taken or not loopback.
    pub async fn build(args: Args, surroundings: Surroundings, metrics: Metrics) -> anyhow::Result<Self> {
        let brands = Arc::new(brands::read(args.brands.as_deref())?);
        let app_id = brands::asking_app(&brands)?;
        let relay_host = args.smtp_url.as_ref().map(SmtpUrl::settings).transpose()?;
        let data_dir = DataDir::hold(&args.data_dir)?;
        let listeners = Listeners {
            web: listen("web", args.web).await?,
            grpc: listen("grpc", args.grpc).await?,
            admin: listen("admin", args.admin).await?,
        };
        let inbox_http = listen("inbox", args.inbox).await?;
        let inbox_smtp = listen("inbox", SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let addresses = Addresses {
            web: listeners.web.local_addr()?,
            grpc: listeners.grpc.local_addr()?,
            admin: listeners.admin.local_addr()?,
            inbox: inbox_http.local_addr()?,
            smtp: inbox_smtp.local_addr()?,
        };
        let Surroundings { clock, entropy, abort } = surroundings;
        let inbox = Inbox::open(&data_dir.private_file("inbox.db")?, clock.clone(), entropy.clone()).await?;
        let queue_db = QueueDb::open(&data_dir.private_file("queue.db")?, clock.clone()).await?;
        let queue = Arc::new(SqliteQueue::new(&queue_db));
        let meter = metrics.meter();
        let metered_queue = Arc::new(MeteredQueue::new(queue.clone(), &meter));
        let keys = data_dir.keys(&*entropy)?;
        let relay_hosts = vec![Transport::new(relay_host.unwrap_or_else(|| to_inbox(addresses.smtp)))?];
        let worker_settings = WorkerSettings {
            grace_period: GRACE,
            ..WorkerSettings::with_defaults(keys.unsealing, (*brands).clone(), relay_hosts)
        };
        let worker_ports = WorkerPorts {
            queue: metered_queue.clone(),
            dedup: Arc::new(MeteredDedup::new(
                Arc::new(SqliteDedup::new(&queue_db)),
                DatabaseMetrics::new(&meter, "sqlite"),
            )),
            clock: clock.clone(),
            entropy: entropy.clone(),
            meter: meter.clone(),
        };
        let worker = Worker::build(worker_settings, worker_ports, abort.clone())?;
        let settings = Settings {
            web: WebSettings {
                public_url: format!("http://{}", addresses.web),
                default_app: brands::site(&brands)?,
                trusted_proxies: TrustedProxies::default(),
            },
            pseudonymiser: Arc::new(keys.pseudonymiser),
            sealing_key: keys.sealing,
            brands,
            strings: Arc::new(wording::shipped()?),
            policy: PasswordPolicy::default(),
            hasher: Hasher::new(HasherSettings::default(), entropy.clone())?,
            limits: Limits::default(),
            // Loopback only, and for developers of every role.
            anonymous_roles: Role::ALL.into(),
            retention: RETENTION,
            audit_retention: AUDIT_RETENTION,
            idle: IDLE,
            notice: NOTICE,
            grace: GRACE,
        };
        let store = SqliteStore::open(&data_dir.private_file("store.db")?, clock.clone()).await?;
        let throttle = MemoryThrottle::new(clock.clone());
        let ports = Ports {
            store: Arc::new(MeteredStore::new(Arc::new(store), "sqlite", &meter)),
            queue: metered_queue,
            throttle: Arc::new(MeteredThrottle::new(Arc::new(throttle), &meter)),
            clock,
            entropy: entropy.clone(),
            peers: Vec::new(),
            metrics,
        };
        let app = App::build(settings, ports, abort);
        let demo = demo::ensure(&data_dir, &app.accounts(), &*entropy).await?;
        Ok(Self {
            addresses,
            data_dir,
            app,
            listeners,
            worker,
            inbox,
            inbox_http,
            inbox_smtp,
            queue,
            demo,
            app_id,
        })
    }

    /// Where everything listens.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// What to tell the person who started it.
    #[must_use]
    pub fn announcement(&self) -> String {
        announce::text(&self.addresses, self.data_dir.path(), &self.demo, &self.app_id)
    }

    /// Runs until shutdown begins, then drains: first what asks and sends, then the inbox that takes the mails.
    ///
    /// # Errors
    /// If a listener fails.
    pub async fn run(self, shutdown: Shutdown) -> anyhow::Result<()> {
        demo::shown(&self.data_dir)?;
        let inbox_shutdown = Shutdown::new();
        let smtp = tokio::spawn(self.inbox.serve_smtp(self.inbox_smtp, inbox_shutdown.clone())?);
        let events = Arc::new(PublishedEvents(self.queue));
        let http = tokio::spawn(self.inbox.serve_http(self.inbox_http, events, inbox_shutdown.clone())?);
        let (served, ()) =
            tokio::join!(self.app.run(self.listeners, shutdown.clone()), self.worker.run(&shutdown));
        inbox_shutdown.begin();
        smtp.await?;
        http.await?;
        served
    }
}

/// The account events beside the inbox: the standalone's queue is their one subscriber.
struct PublishedEvents(Arc<SqliteQueue>);

#[async_trait]
impl AccountEvents for PublishedEvents {
    async fn newest(&self, limit: u32) -> Result<Vec<AccountEvent>, AccountEventsUnavailable> {
        let published = self.0.account_events(limit).await;
        let published = published.map_err(|error| AccountEventsUnavailable(Box::new(error)))?;
        let shown = published.into_iter().map(|event| AccountEvent {
            event_id: event.id,
            published_at: event.published_at,
            body: event.body,
        });
        Ok(shown.collect())
    }
}

fn to_inbox(smtp: SocketAddr) -> SmtpSettings {
    SmtpSettings::new(&smtp.ip().to_string(), smtp.port(), TlsMode::None)
}

async fn listen(flag: &'static str, address: SocketAddr) -> Result<TcpListener, ListenError> {
    if !address.ip().is_loopback() {
        return Err(ListenError::NotLoopback { flag, address });
    }
    TcpListener::bind(address).await.map_err(|source| ListenError::Refused { flag, address, source })
}
