//! A store under test with its clock, and the things a test puts into it.

use super::test_mint::TestMint;
use super::under_test::StoreUnderTest;
use common::address::EmailAddress;
use common::clock::{Clock, ManualClock};
use common::entropy::{Entropy as _, OsEntropy, new_id};
use common::event::{DeliveryOutcome, DeliveryReport, DeliveryStage, EventKind};
use common::locale::Locale;
use reset_api::address_key::{AddressKey, Pseudonymiser};
use reset_api::schedule::Step;
use reset_api::store::{Agent, NewAccount, NewRequest, OutboxEvent, PasswordHashString, Store};
use reset_api::token_digest::TokenDigest;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The trace of every request and event.
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// More than any test has.
pub(super) const ALL: u32 = 10_000;
/// How long the tests may stall without a result changing: times are asserted this far from their edges.
pub(super) const STALL: Duration = Duration::minutes(1);

/// One store and all around it.
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) mint: Arc<TestMint>,
    pub(super) place: Box<dyn StoreUnderTest>,
}

impl World {
    /// Opens the store of an empty place.
    pub(super) async fn at(place: impl StoreUnderTest + 'static) -> Self {
        Self::open(Box::new(place), Arc::default(), Arc::default()).await
    }

    async fn open(place: Box<dyn StoreUnderTest>, clock: Arc<ManualClock>, mint: Arc<TestMint>) -> Self {
        let store = place.open(clock.clone()).await;
        Self { store, clock, mint, place }
    }

    /// The world after everything crashed and was started again.
    pub(super) async fn after_a_crash(&self) -> Self {
        Self::open(self.place.after_a_crash().await, self.clock.clone(), self.mint.clone()).await
    }

    /// Lets time pass.
    pub(super) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The instant it is, by the store's clock.
    pub(super) async fn now(&self) -> OffsetDateTime {
        self.store.now().await.unwrap()
    }

    /// A new id of this moment.
    pub(super) fn id(&self) -> Uuid {
        an_id(self.clock.now())
    }

    /// A request for an address, not accepted yet.
    pub(super) fn a_request(&self, address: &str) -> NewRequest {
        NewRequest {
            id: self.id(),
            address_key: key_of(address),
            key_id: 1,
            app_id: "tapo".to_owned(),
            locale: Some(locale("de-AT")),
            gateway: "gateway-eu".to_owned(),
            network: Some("192.0.2.7/32".to_owned()),
            agent: Agent {
                browser: "Firefox".to_owned(),
                system: "Linux".to_owned(),
                device: "Tapo C200".to_owned(),
            },
            step: Step::FIRST,
            traceparent: TRACEPARENT.to_owned(),
        }
    }

    /// An account, not created yet.
    pub(super) fn an_account(&self, address: &str) -> NewAccount {
        NewAccount {
            id: self.id(),
            address: parsed(address),
            address_key: key_of(address),
            key_id: 1,
            locale: Some(locale("en")),
            password_hash: a_hash("at first"),
        }
    }

    /// An event that may be delivered for the next four hours.
    pub(super) fn an_event(&self, kind: EventKind) -> OutboxEvent {
        let (event_id, body) = (self.id(), a_digest().0.to_vec());
        OutboxEvent {
            event_id,
            kind,
            deliver_by: self.clock.now() + Duration::hours(4),
            traceparent: TRACEPARENT.to_owned(),
            body,
        }
    }

    /// What the worker says of an event's delivery, now.
    pub(super) fn a_report(&self, event_id: Uuid, outcome: DeliveryOutcome) -> DeliveryReport {
        let at = self.clock.now();
        let more = matches!(outcome, DeliveryOutcome::Transient | DeliveryOutcome::Ambiguous);
        DeliveryReport {
            report_id: self.id(),
            event_id,
            outcome,
            at,
            attempt: 1,
            relay_host: "relay.example.org:587".to_owned(),
            stage: DeliveryStage::Dot,
            reply_code: 250,
            enhanced_code: "2.0.0".to_owned(),
            text: "as the relay host says".to_owned(),
            next_attempt_at: more.then_some(at + Duration::minutes(1)),
            queue_id: String::new(),
            redrives: 0,
        }
    }
}

/// The parsed address.
pub(super) fn parsed(address: &str) -> EmailAddress {
    EmailAddress::parse(address).unwrap()
}

/// The key of an address, the same for each spelling of it.
pub(super) fn key_of(address: &str) -> AddressKey {
    Pseudonymiser::new(1, Zeroizing::new(vec![7; 32])).unwrap().address_key(&parsed(address))
}

/// A language.
pub(super) fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap()
}

/// A password hash that can be told from others.
pub(super) fn a_hash(name: &str) -> PasswordHashString {
    PasswordHashString(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${name}"))
}

/// The digest of a token nobody else has.
pub(super) fn a_digest() -> TokenDigest {
    let mut digest = [0; 32];
    OsEntropy.fill(&mut digest);
    TokenDigest(digest)
}

/// A new id of that moment.
pub(super) fn an_id(now: OffsetDateTime) -> Uuid {
    new_id(&OsEntropy, now)
}
