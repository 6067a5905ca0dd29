//! The ask path between a real store and a real throttle, both watched.

use super::ask_store::AskStore;
use super::journal::Journal;
use super::still_clock::StillClock;
use super::watched_throttle::WatchedThrottle;
use super::{DEADLINE, until};
use common::abort::AbortPoints;
use common::address::EmailAddress;
use common::brand::Brands;
use common::clock::Clock as _;
use common::entropy::{OsEntropy, new_id};
use common::sealing::{SealingKey, generate_key_pair};
use reset_api::accept::{AcceptLoop, Acceptor, acceptor};
use reset_api::address_key::Pseudonymiser;
use reset_api::metrics::HeartMetrics;
use reset_api::mint::Minter;
use reset_api::password::hasher::{HashParameters, Hasher, HasherSettings};
use reset_api::password::policy::PasswordPolicy;
use reset_api::reset::{Ask, AskAnswer, ClientText, Limits, Parts, Reset, ResetError};
use reset_api::stepping::Failures;
use reset_api::store::sqlite::SqliteStore;
use reset_api::store::{Issued, NewAccount, NewRequest, PasswordHashString, Store as _};
use reset_api::throttle::memory::MemoryThrottle;
use reset_api::throttle::{Rate, Throttle};
use std::sync::Arc;
use std::time::Duration;
use tests::folder::Folder;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What every asker here says about its request.
pub(super) const REQUEST_ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

pub(super) type Answer = Result<AskAnswer, ResetError>;

pub(super) struct World {
    pub(super) reset: Reset,
    pub(super) acceptor: Acceptor,
    pub(super) store: Arc<AskStore>,
    pub(super) throttle: Arc<WatchedThrottle>,
    pub(super) journal: Arc<Journal>,
    pub(super) clock: Arc<StillClock>,
    pseudonymiser: Arc<Pseudonymiser>,
    minter: Arc<Minter>,
    _folder: Folder,
}

/// Failures that nobody reads.
pub(super) fn uncounted() -> Failures {
    Failures::new("accept", &common::metrics::silent())
}

impl World {
    /// Limits that only an address's schedule reaches.
    pub(super) async fn new() -> Self {
        Self::with_bursts(1_000_000, 1_000_000).await
    }

    /// So many requests a network, and so many a gateway, in an hour.
    pub(super) async fn with_bursts(network: u32, gateway: u32) -> Self {
        let (world, accepting) = Self::without_commits(network, gateway).await;
        tokio::spawn(accepting.run(uncounted()));
        world
    }

    /// Limits that only an address's schedule reaches, counted by this throttle.
    pub(super) async fn throttled_by(throttle: Arc<dyn Throttle>) -> Self {
        let (world, accepting) = Self::build(1_000_000, 1_000_000, |_| throttle).await;
        tokio::spawn(accepting.run(uncounted()));
        world
    }

    /// Nothing is committed before the loop is run.
    pub(super) async fn without_commits(network: u32, gateway: u32) -> (Self, AcceptLoop) {
        Self::build(network, gateway, |clock| Arc::new(MemoryThrottle::new(clock))).await
    }

    async fn build(
        network: u32,
        gateway: u32,
        throttle: impl FnOnce(Arc<StillClock>) -> Arc<dyn Throttle>,
    ) -> (Self, AcceptLoop) {
        let folder = Folder::new().unwrap();
        let clock = Arc::<StillClock>::default();
        let journal = Arc::<Journal>::default();
        let inner =
            Arc::new(SqliteStore::open(&folder.path().join("store.db"), clock.clone()).await.unwrap());
        let store = Arc::new(AskStore {
            inner,
            journal: journal.clone(),
            before_commit: Default::default(),
            fails: Default::default(),
            panics: Default::default(),
            stored: Default::default(),
        });
        let throttle = Arc::new(WatchedThrottle {
            inner: throttle(clock.clone()),
            journal: journal.clone(),
            after_address: Default::default(),
        });
        let (acceptor, accepting) = acceptor(store.clone(), Arc::new(Notify::new()), AbortPoints::none());
        let (_, public) = generate_key_pair(&OsEntropy);
        let sealing_key = SealingKey::new(1, &public).unwrap();
        let minter = Arc::new(Minter::new(Arc::new(OsEntropy), sealing_key, "https://reset.example"));
        let pseudonymiser = Arc::new(Pseudonymiser::new(1, Zeroizing::new(vec![7; 32])).unwrap());
        let hourly = |burst| Rate { burst, refill: Duration::from_secs(3_600) };
        let brands = Arc::new(Brands::built_in().unwrap());
        let reset = Reset::new(Parts {
            store: store.clone(),
            throttle: throttle.clone(),
            acceptor: acceptor.clone(),
            minter: minter.clone(),
            pseudonymiser: pseudonymiser.clone(),
            brands: brands.clone(),
            policy: PasswordPolicy::default(),
            hasher: Arc::new(Hasher::new(cheap(), Arc::new(OsEntropy)).unwrap()),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            limits: Limits { network: hourly(network), gateway: hourly(gateway), ..Limits::default() },
            events: Arc::new(Notify::new()),
            metrics: HeartMetrics::silent(&brands),
        });
        let _folder = folder;
        let world = Self { reset, acceptor, store, throttle, journal, clock, pseudonymiser, minter, _folder };
        (world, accepting)
    }

    /// Asks, and waits for the answer.
    pub(super) async fn ask(&self, ask: Ask) -> Answer {
        timeout(DEADLINE, self.reset.ask(ask)).await.unwrap()
    }

    /// Asks in a task of its own: a caller that can go away.
    pub(super) fn caller(&self, ask: Ask) -> JoinHandle<Answer> {
        let reset = self.reset.clone();
        tokio::spawn(async move { reset.ask(ask).await })
    }

    /// Waits until so many commits have begun.
    pub(super) async fn commits_begun(&self, commits: usize) {
        until("the commits have begun", || self.store.before_commit.arrived() == commits).await;
    }

    /// How many requests the database holds that were not counted before.
    pub(super) async fn durable(&self) -> u64 {
        self.issue().await.total()
    }

    /// What becomes of the requests that the database holds.
    pub(super) async fn issue(&self) -> Issued {
        self.store.inner.issue(10_000, &*self.minter).await.unwrap()
    }

    /// Creates an account.
    pub(super) async fn account(&self, address: &str) -> Uuid {
        let parsed = EmailAddress::parse(address).unwrap();
        let account = NewAccount {
            id: new_id(&OsEntropy, self.clock.now()),
            address_key: self.pseudonymiser.address_key(&parsed),
            address: parsed,
            key_id: 1,
            locale: None,
            password_hash: PasswordHashString("never compared".to_owned()),
        };
        assert!(self.store.inner.create_account(&account).await.unwrap());
        account.id
    }

    /// The last request that was stored.
    pub(super) fn last_stored(&self) -> NewRequest {
        self.store.stored.lock().unwrap().last().cloned().unwrap()
    }
}

/// Nothing is hashed here.
fn cheap() -> HasherSettings {
    let parameters = HashParameters { memory_kib: 8, iterations: 1, parallelism: 1 };
    HasherSettings { parameters, at_once: 1, waiting: 0 }
}

/// Somebody asks for an address, from one network and through one gateway.
pub(super) fn ask(email: &str) -> Ask {
    Ask {
        email: email.to_owned(),
        app_id: "tapo".to_owned(),
        client: ClientText { ip: "192.0.2.7".to_owned(), ..ClientText::default() },
        gateway: "gateway-eu".to_owned(),
        ..Ask::default()
    }
}

/// The same, under the caller's own id.
pub(super) fn identified(email: &str) -> Ask {
    Ask { request_id: REQUEST_ID.to_owned(), ..ask(email) }
}

/// The same from another network.
pub(super) fn from(ip: &str, ask: Ask) -> Ask {
    Ask { client: ClientText { ip: ip.to_owned(), ..ask.client }, ..ask }
}

/// How long a refused caller is told to wait.
pub(super) fn throttled(answer: &Answer) -> Option<Duration> {
    if let Err(ResetError::Throttled { retry_after }) = answer { Some(*retry_after) } else { None }
}
