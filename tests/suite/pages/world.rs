//! reset-api with its pages behind a real socket, and a queue that hands over the mails instead of sending them.

use super::{ADA, OLD_PASSWORD, panicking};
use crate::ask::StillClock;
use async_trait::async_trait;
use bytes::Bytes;
use common::abort::AbortPoints;
use common::brand::{AppId, Brands};
use common::clock::Clock;
use common::entropy::OsEntropy;
use common::event::{Envelope, MailEvent};
use common::metrics::Metrics;
use common::queue::{Consumer, Death, Delivery, Message, Queue, QueueError, Route, Source};
use common::sealing::{MailSecrets, SealContext, SealingKey, UnsealingKeys, generate_key_pair};
use common::shutdown::Shutdown;
use common::wording::Strings;
use reqwest::{Method, RequestBuilder, Response};
use reset_api::account::Accounts;
use reset_api::address_key::Pseudonymiser;
use reset_api::app::{App, Listeners, Ports, Settings};
use reset_api::password::hasher::{HashParameters, Hasher, HasherSettings};
use reset_api::password::policy::PasswordPolicy;
use reset_api::reset::Limits;
use reset_api::store::sqlite::SqliteStore;
use reset_api::throttle::Throttle;
use reset_api::throttle::memory::MemoryThrottle;
use reset_api::web::WebSettings;
use reset_api::web::proxies::TrustedProxies;
use reset_api::web::wording;
use std::sync::Arc;
use std::time::Duration;
use tests::folder::Folder;
use tests::scrape::SERVICE;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// Nothing here takes this long; whatever does has hung.
const DEADLINE: Duration = Duration::from_secs(20);

/// What links begin with, where a test does not care.
const PUBLIC_URL: &str = "http://account.example";

/// A running reset-api.
pub(crate) struct World {
    /// How long is still to be waited stands on some pages.
    pub(crate) clock: Arc<StillClock>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) accounts: Accounts,
    /// Where the pages are, without a slash at the end.
    pub(crate) base: String,
    client: reqwest::Client,
    mails: Mutex<UnboundedReceiver<MailSecrets>>,
    shutdown: Shutdown,
    _folder: Folder,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

impl World {
    /// With Ada's account.
    pub(crate) async fn start() -> Self {
        Self::start_speaking(shipped()).await
    }

    /// The same in the words of the test's choice.
    pub(crate) async fn start_speaking(strings: Arc<Strings>) -> Self {
        let throttle = |clock| -> Arc<dyn Throttle> { Arc::new(MemoryThrottle::new(clock)) };
        let world = Self::build(&[], PUBLIC_URL, strings, throttle).await;
        world.accounts.create(ADA, OLD_PASSWORD.to_owned(), "").await.unwrap();
        world
    }

    /// The same with a mistake in it that every request of a link's meets.
    pub(crate) async fn broken(strings: Arc<Strings>) -> Self {
        Self::build(&[], PUBLIC_URL, strings, |_| panicking()).await
    }

    pub(crate) async fn without_accounts() -> Self {
        Self::start_as(PUBLIC_URL, |clock| Arc::new(MemoryThrottle::new(clock))).await
    }

    /// With a public URL and a throttle of the test's choice.
    pub(crate) async fn start_as(
        public_url: &str,
        throttle: impl FnOnce(Arc<dyn Clock>) -> Arc<dyn Throttle>,
    ) -> Self {
        Self::start_behind(&[], public_url, throttle).await
    }

    /// The same behind proxies.
    pub(super) async fn start_behind(
        proxies: &[&str],
        public_url: &str,
        throttle: impl FnOnce(Arc<dyn Clock>) -> Arc<dyn Throttle>,
    ) -> Self {
        Self::build(proxies, public_url, shipped(), throttle).await
    }

    async fn build(
        proxies: &[&str],
        public_url: &str,
        strings: Arc<Strings>,
        throttle: impl FnOnce(Arc<dyn Clock>) -> Arc<dyn Throttle>,
    ) -> Self {
        let (folder, clock) = (Folder::new().unwrap(), Arc::<StillClock>::default());
        let store = SqliteStore::open(&folder.path().join("store.db"), clock.clone()).await.unwrap();
        let store = Arc::new(store);
        let (private, public) = generate_key_pair(&OsEntropy);
        let keys = UnsealingKeys::default().with(1, &private).unwrap();
        let (sender, mails) = unbounded_channel();
        let ports = Ports {
            store: store.clone(),
            queue: Arc::new(OpenQueue { keys, sender }),
            throttle: throttle(clock.clone()),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            peers: Vec::new(),
            metrics: Metrics::new(&SERVICE).unwrap(),
        };
        let app = App::build(
            Settings { strings, ..settings(proxies, public_url, SealingKey::new(1, &public).unwrap()) },
            ports,
            AbortPoints::none(),
        );
        let accounts = app.accounts();
        let listeners = Listeners { web: listen().await, grpc: listen().await, admin: listen().await };
        let base = format!("http://{}", listeners.web.local_addr().unwrap());
        let shutdown = Shutdown::new();
        tokio::spawn(app.run(listeners, shutdown.clone()));
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(DEADLINE)
            .build()
            .unwrap();
        Self { clock, store, accounts, base, client, mails: Mutex::new(mails), shutdown, _folder: folder }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.request(Method::POST, path).form(form).send().await.unwrap()
    }

    /// The document of a page, whose status must be that.
    pub(crate) async fn page(&self, status: u16, path: &str) -> String {
        document(status, self.get(path).await).await
    }

    /// Asks for a link to Ada's account.
    pub(crate) async fn ask(&self) -> Response {
        self.post("/forgot?app=tapo", &[("email", ADA)]).await
    }

    /// Posts a new password, twice the same.
    pub(crate) async fn save(&self, token: &str, password: &str) -> Response {
        let form = [("token", token), ("new_password", password), ("confirm_password", password)];
        self.post("/reset?app=tapo", &form).await
    }

    /// The secrets of the next mail.
    pub(crate) async fn mail(&self) -> MailSecrets {
        timeout(DEADLINE, self.mails.lock().await.recv()).await.expect("a mail").unwrap()
    }

    /// The token of a new link.
    pub(crate) async fn reset_token(&self) -> String {
        assert_eq!(self.ask().await.status(), 200);
        self.mail().await.reset_token.unwrap().expose_for_link().to_string()
    }

    pub(crate) async fn logs_in_with(&self, password: &str) -> bool {
        self.accounts.verify(ADA, password.to_owned()).await.is_ok()
    }
}

pub(crate) async fn document(status: u16, response: Response) -> String {
    assert_eq!(response.status(), status, "{}", response.url().path());
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    response.text().await.unwrap()
}

fn settings(proxies: &[&str], public_url: &str, sealing_key: SealingKey) -> Settings {
    let parameters = HashParameters { memory_kib: 8, iterations: 1, parallelism: 1 };
    let hasher = HasherSettings { parameters, at_once: 2, waiting: 64 };
    Settings {
        web: WebSettings {
            public_url: public_url.to_owned(),
            default_app: AppId::parse("tapo").unwrap(),
            trusted_proxies: TrustedProxies::parse(proxies).unwrap(),
        },
        pseudonymiser: Arc::new(Pseudonymiser::new(1, vec![7; 32].into()).unwrap()),
        sealing_key,
        brands: Arc::new(Brands::built_in().unwrap()),
        strings: shipped(),
        policy: PasswordPolicy::default(),
        hasher: Hasher::new(hasher, Arc::new(OsEntropy)).unwrap(),
        limits: Limits::default(),
        retention: time::Duration::days(30),
        audit_retention: time::Duration::days(30),
        anonymous_roles: reset_api::grpc::Role::ALL.into(),
        idle: Duration::from_secs(1),
        notice: Duration::ZERO,
        grace: Duration::from_secs(5),
    }
}

/// The words that visitors read.
pub(crate) fn shipped() -> Arc<Strings> {
    Arc::new(wording::shipped().unwrap())
}

async fn listen() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap()
}

/// Confirms everything, opens the mails, and has no reports.
struct OpenQueue {
    keys: UnsealingKeys,
    sender: UnboundedSender<MailSecrets>,
}

impl OpenQueue {
    fn open(&self, body: Bytes) -> MailSecrets {
        let envelope = Envelope::decode(body).unwrap();
        let mail = MailEvent::decode(envelope.body).unwrap();
        let context = SealContext {
            event_id: envelope.event_id,
            kind: envelope.kind,
            app_id: &mail.app_id,
            locale: &mail.locale,
            deliver_by: envelope.deliver_by,
        };
        self.keys.unseal(&context, &mail.sealed).unwrap()
    }
}

#[async_trait]
impl Queue for OpenQueue {
    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        for message in &batch {
            if route == Route::Mail {
                // Nobody listens any more once the test has ended.
                let _ = self.sender.send(self.open(message.body.clone()));
            }
        }
        batch.iter().map(|_| Ok(())).collect()
    }

    async fn consume(&self, _: Source, _: u16) -> Result<Box<dyn Consumer>, QueueError> {
        Ok(Box::new(Nothing))
    }
}

struct Nothing;

#[async_trait]
impl Consumer for Nothing {
    async fn receive(&self, _: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        tokio::time::sleep(wait).await;
        Ok(Vec::new())
    }

    async fn stop(&self) -> Result<(), QueueError> {
        Ok(())
    }

    async fn ack(&self, _: &Delivery) -> Result<(), QueueError> {
        Err(QueueError::Stale)
    }

    async fn retry(&self, _: &Delivery, _: Bytes, _: Duration) -> Result<(), QueueError> {
        Err(QueueError::Stale)
    }

    async fn dead_letter(&self, _: &Delivery, _: &Death) -> Result<(), QueueError> {
        Err(QueueError::Stale)
    }
}
