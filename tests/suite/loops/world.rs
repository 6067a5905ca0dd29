//! A real store with its clock, and the loops over it.

use super::fake_queue::FakeQueue;
use crate::ask::{DEADLINE, StillClock};
use common::abort::AbortPoints;
use common::address::EmailAddress;
use common::clock::Clock as _;
use common::entropy::{OsEntropy, new_id};
use common::event::{
    DeliveryOutcome, DeliveryReport, DeliveryStage, Envelope, EventKind, MailEvent, Tally, type_name,
};
use common::locale::Locale;
use common::queue::{Message, Queue};
use common::sealing::{MailSecrets, SealContext, SealingKey, UnsealingKeys, generate_key_pair};
use reset_api::address_key::{AddressKey, Pseudonymiser};
use reset_api::issuer::Issuer;
use reset_api::keeper::Keeper;
use reset_api::mint::Minter;
use reset_api::relay::Relay;
use reset_api::schedule::Step as ScheduleStep;
use reset_api::stepping::Step;
use reset_api::store::sqlite::SqliteStore;
use reset_api::store::{Agent, NewAccount, NewRequest, PasswordHashString, Purpose, Store as _, TokenState};
use reset_api::token_digest::TokenDigest;
use std::sync::Arc;
use tests::folder::Folder;
use time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long an ended request is kept.
pub(super) const RETENTION: Duration = Duration::days(30);
pub(super) const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

pub(super) struct World {
    pub(super) clock: Arc<StillClock>,
    pub(super) store: Arc<SqliteStore>,
    pub(super) queue: Arc<FakeQueue>,
    pub(super) minter: Arc<Minter>,
    pub(super) keys: UnsealingKeys,
    /// Told by the issuer that there is something to publish.
    pub(super) issued: Arc<Notify>,
    pub(super) folder: Folder,
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = Folder::new().unwrap();
        let clock = Arc::<StillClock>::default();
        let store = open(&folder, clock.clone()).await;
        let (private, public) = generate_key_pair(&OsEntropy);
        let sealing_key = SealingKey::new(3, &public).unwrap();
        let minter = Arc::new(Minter::new(Arc::new(OsEntropy), sealing_key, "https://reset.example/tapo/"));
        let keys = UnsealingKeys::default().with(3, &private).unwrap();
        Self { clock, store, queue: Arc::default(), minter, keys, issued: Arc::default(), folder }
    }

    /// The same file, opened again.
    pub(super) async fn reopened(&self) -> Arc<SqliteStore> {
        open(&self.folder, self.clock.clone()).await
    }

    pub(super) fn issuer(&self) -> Issuer {
        let (store, minter, issued) = (self.store.clone(), self.minter.clone(), self.issued.clone());
        Issuer { store, minter, issued, abort: AbortPoints::none() }
    }

    pub(super) fn relay(&self) -> Relay {
        let queue: Arc<dyn Queue> = self.queue.clone();
        Relay { store: self.store.clone(), queue, abort: AbortPoints::none() }
    }

    pub(super) fn keeper(&self) -> Keeper {
        Keeper { store: self.store.clone(), retention: RETENTION, audit_retention: RETENTION }
    }

    pub(super) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Creates an account.
    pub(super) async fn account(&self, address: &str, locale: Option<&str>) {
        let parsed = EmailAddress::parse(address).unwrap();
        let account = NewAccount {
            id: new_id(&OsEntropy, self.clock.now()),
            address: parsed,
            address_key: key_of(address),
            key_id: 1,
            locale: locale.map(|tag| Locale::parse(tag).unwrap()),
            password_hash: PasswordHashString("never compared".to_owned()),
        };
        assert!(self.store.create_account(&account).await.unwrap());
    }

    /// A request for an address, not accepted yet.
    pub(super) fn a_request(&self, address: &str) -> NewRequest {
        NewRequest {
            id: new_id(&OsEntropy, self.clock.now()),
            address_key: key_of(address),
            key_id: 1,
            app_id: "tapo".to_owned(),
            locale: None,
            gateway: "gateway-eu".to_owned(),
            network: None,
            agent: Agent { browser: "Firefox".to_owned(), system: "Linux".to_owned(), device: String::new() },
            step: ScheduleStep::FIRST,
            traceparent: TRACEPARENT.to_owned(),
        }
    }

    /// Accepts a request for an address.
    pub(super) async fn accept(&self, address: &str) {
        self.store.accept(&[self.a_request(address)]).await.unwrap();
    }

    /// So many new accounts, each with an issued link.
    pub(super) async fn links(&self, count: u64) {
        for n in 0..count {
            let address = format!("account{n}@example.org");
            self.account(&address, None).await;
            self.accept(&address).await;
        }
        assert_eq!(step(&self.issuer()).await.unwrap(), count);
    }

    /// What the relay publishes now: confirmed messages. Every mail among them is opened as the worker does.
    pub(super) async fn published(&self) -> Vec<Mail> {
        step(&self.relay()).await.unwrap();
        self.queue.confirmed().into_iter().map(|(_, message)| self.open(&message)).collect()
    }

    /// A new account's issued and published mail.
    pub(super) async fn a_mail(&self) -> Mail {
        self.links(1).await;
        let mut mails = self.published().await;
        assert_eq!(mails.len(), 1);
        mails.remove(0)
    }

    /// Opens a mail's message as the worker does.
    pub(super) fn open(&self, message: &Message) -> Mail {
        let envelope = Envelope::decode(message.body.clone()).unwrap();
        assert_eq!(message.id, envelope.event_id);
        assert_eq!(message.type_name, type_name(envelope.kind));
        let event = MailEvent::decode(envelope.body.clone()).unwrap();
        let secrets = self.keys.unseal(&context(&envelope, &event), &event.sealed).unwrap();
        Mail { envelope, event, secrets }
    }

    /// What a reset token would do.
    pub(super) async fn reset_state(&self, mail: &Mail) -> TokenState {
        let token = TokenDigest::of(mail.secrets.reset_token.as_ref().unwrap());
        self.store.find_token(&token, Purpose::Reset).await.unwrap()
    }

    /// What the worker says of a mail's delivery, now.
    pub(super) fn a_report(&self, event_id: Uuid, outcome: DeliveryOutcome) -> DeliveryReport {
        let at = self.clock.now();
        DeliveryReport {
            report_id: new_id(&OsEntropy, at),
            event_id,
            outcome,
            at,
            attempt: 1,
            relay_host: "relay.example.org:587".to_owned(),
            stage: DeliveryStage::Dot,
            reply_code: 250,
            enhanced_code: String::new(),
            text: String::new(),
            next_attempt_at: None,
            queue_id: String::new(),
            redrives: 0,
        }
    }

    /// A report as it comes over the queue.
    pub(super) fn reported(&self, report: &DeliveryReport) -> Message {
        self.message(report.report_id, EventKind::DeliveryReport, report.encode())
    }

    /// A message with an envelope of any kind around any bytes.
    pub(super) fn message(&self, id: Uuid, kind: EventKind, body: bytes::Bytes) -> Message {
        let now = self.clock.now();
        let envelope = Envelope {
            event_id: id,
            kind,
            occurred_at: now,
            deliver_by: now + Duration::days(7),
            attempt: 0,
            traceparent: String::new(),
            former_attempt: String::new(),
            tally: Tally::default(),
            body,
        };
        Message { id, type_name: type_name(kind), body: envelope.encode().into() }
    }
}

/// A mail as the worker sees it.
pub(super) struct Mail {
    pub(super) envelope: Envelope,
    pub(super) event: MailEvent,
    pub(super) secrets: MailSecrets,
}

/// What a mail's sealed part is bound to.
pub(super) fn context<'a>(envelope: &Envelope, event: &'a MailEvent) -> SealContext<'a> {
    SealContext {
        event_id: envelope.event_id,
        kind: envelope.kind,
        app_id: &event.app_id,
        locale: &event.locale,
        deliver_by: envelope.deliver_by,
    }
}

/// One step, in time.
pub(super) async fn step(of: &dyn Step) -> anyhow::Result<u64> {
    timeout(DEADLINE, of.step()).await.unwrap()
}

fn key_of(address: &str) -> AddressKey {
    let parsed = EmailAddress::parse(address).unwrap();
    Pseudonymiser::new(1, Zeroizing::new(vec![7; 32])).unwrap().address_key(&parsed)
}

async fn open(folder: &Folder, clock: Arc<StillClock>) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(&folder.path().join("store.db"), clock).await.unwrap())
}
