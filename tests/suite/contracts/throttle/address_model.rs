//! Random sequences of requests, returns and resets, against a simple model of the schedule.

use super::World;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reset_api::address_key::AddressKey;
use reset_api::schedule::Step;
use reset_api::throttle::{AddressTake, IdentifiedRequest, Recall, Receipt};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long an acceptance refuses that nobody has confirmed. All other time in the model is whole minutes: real time cannot
/// make one of them pass.
const UNCONFIRMED: Duration = Duration::from_secs(10);
/// As the design tells them.
const WAITS: [u64; 12] = [1, 1, 1, 2, 4, 8, 16, 32, 60, 120, 240, 360];
const DAY: u64 = 24 * 60;

#[derive(Debug, Clone, Copy)]
enum Operation {
    Advance(u64),
    /// An address, and an id with a fingerprint.
    Ask(u8, Option<(u8, u8)>),
    Recall(u8, u8, u8),
    /// Which grant, counted from the latest.
    Confirm(usize),
    GiveBack(usize),
    Reset(u8),
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Accepted(u8),
    Again(u8),
    Same(u8),
    Other,
    New,
    Wait(Duration),
}

/// One acceptance: its serial number, step and minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Acceptance {
    serial: usize,
    step: u8,
    at: u64,
}

impl Acceptance {
    /// When the next is granted if it is confirmed, in minutes.
    fn opens(self) -> u64 {
        self.at + WAITS[usize::from(self.step)]
    }
}

/// What the model needs to confirm a grant, or to take it back.
#[derive(Clone)]
struct Grant {
    address: u8,
    request: Option<(u8, u8)>,
    acceptance: Acceptance,
    before: Option<Acceptance>,
    /// A receipt is good for one of the two, once.
    spent: bool,
}

/// What is remembered under an id.
struct Known {
    address: u8,
    fingerprint: u8,
    acceptance: Acceptance,
    before: Option<Acceptance>,
    /// `None`: it is confirmed.
    holders: Option<u32>,
}

#[derive(Default)]
struct Model {
    now: u64,
    last: HashMap<u8, Acceptance>,
    /// The serial numbers of those that were confirmed while they were in force.
    confirmed: HashSet<usize>,
    ids: HashMap<u8, Known>,
    grants: Vec<Grant>,
}

impl Model {
    fn forget(&mut self) {
        let now = self.now;
        self.ids.retain(|_, known| now < known.acceptance.at + DAY);
        self.last.retain(|_, acceptance| now < acceptance.at + DAY);
    }

    fn recall(&self, address: u8, id: u8, fingerprint: u8) -> Answer {
        match self.ids.get(&id) {
            Some(known) if (known.address, known.fingerprint) != (address, fingerprint) => Answer::Other,
            Some(Known { holders: None, acceptance, .. }) => Answer::Same(acceptance.step),
            Some(_) | None => Answer::New,
        }
    }

    fn ask(&mut self, address: u8, request: Option<(u8, u8)>) -> Answer {
        if let Some((id, fingerprint)) = request {
            match self.recall(address, id, fingerprint) {
                Answer::New => {}
                known => return known,
            }
            if let Some(known) = self.ids.get_mut(&id) {
                known.holders = known.holders.map(|holders| holders + 1);
                let (acceptance, before) = (known.acceptance, known.before);
                self.grants.push(Grant { address, request, acceptance, before, spent: false });
                return Answer::Again(acceptance.step);
            }
        }
        let before = self.last.get(&address).copied();
        let step = match before {
            Some(last) if self.now < last.opens() && self.confirmed.contains(&last.serial) => {
                return Answer::Wait(Duration::from_mins(last.opens() - self.now));
            }
            // In the same minute; a minute later it has lapsed.
            Some(last) if self.now == last.at => return Answer::Wait(UNCONFIRMED),
            Some(last) => (last.step + 1).min(11),
            None => 0,
        };
        let acceptance = Acceptance { serial: self.grants.len(), step, at: self.now };
        self.last.insert(address, acceptance);
        if let Some((id, fingerprint)) = request {
            let holders = Some(1);
            self.ids.insert(id, Known { address, fingerprint, acceptance, before, holders });
        }
        self.grants.push(Grant { address, request, acceptance, before, spent: false });
        Answer::Accepted(step)
    }

    fn confirm(&mut self, grant: &Grant) {
        let serial = grant.acceptance.serial;
        if self.last.get(&grant.address).is_some_and(|last| last.serial == serial) {
            self.confirmed.insert(serial);
        }
        let Grant { address, request: Some((id, fingerprint)), acceptance, before, .. } = *grant else {
            return;
        };
        if self.now < acceptance.at + DAY && self.recall(address, id, fingerprint) != Answer::Other {
            self.ids.insert(id, Known { address, fingerprint, acceptance, before, holders: None });
        }
    }

    fn give_back(&mut self, grant: &Grant) {
        let serial = grant.acceptance.serial;
        if let Some((id, _)) = grant.request
            && let Some(known) = self.ids.get_mut(&id)
            && known.acceptance.serial == serial
        {
            match &mut known.holders {
                None => return,
                Some(holders @ 2..) => return *holders -= 1,
                Some(_) => drop(self.ids.remove(&id)),
            }
        }
        if self.last.get(&grant.address).is_some_and(|last| last.serial == serial) {
            match grant.before {
                Some(before) => self.last.insert(grant.address, before),
                None => self.last.remove(&grant.address),
            };
        }
    }
}

pub(super) async fn random_requests_follow_the_model(world: &World) {
    let operations = prop::collection::vec(operation(), 1..80);
    let salts = AtomicU64::new(0);
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let check = |operations: Vec<Operation>| {
        let salt = salts.fetch_add(1, Ordering::Relaxed);
        let mut pair =
            Pair { world, salt, model: Model::default(), receipts: vec![], started: Instant::now() };
        let case = async {
            for operation in operations {
                pair.step(operation).await;
            }
        };
        tokio::runtime::Handle::current().block_on(case);
        Ok(())
    };
    tokio::task::block_in_place(|| runner.run(&operations, check)).unwrap();
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        3 => (0..3_u64).prop_map(Operation::Advance),
        1 => prop::sample::select(vec![4, 8, 16, 32, 60, 120, 360, 1_079, 1_080, 1_440]).prop_map(Operation::Advance),
        8 => (0..2_u8, prop::option::of((0..4_u8, 0..2_u8))).prop_map(|(address, id)| Operation::Ask(address, id)),
        1 => (0..2_u8, 0..4_u8, 0..2_u8).prop_map(|(address, id, fingerprint)| Operation::Recall(address, id, fingerprint)),
        2 => (0..4_usize).prop_map(Operation::Confirm),
        2 => (0..4_usize).prop_map(Operation::GiveBack),
        1 => (0..2_u8).prop_map(Operation::Reset),
    ]
}

/// The model and the throttle, side by side. The salt keeps the keys of the cases, and of their shrinking, apart.
struct Pair<'a> {
    world: &'a World,
    salt: u64,
    model: Model,
    receipts: Vec<Receipt>,
    started: Instant,
}

impl Pair<'_> {
    async fn step(&mut self, operation: Operation) {
        self.model.forget();
        match operation {
            Operation::Advance(minutes) => {
                self.model.now += minutes;
                self.world.advance(Duration::from_mins(minutes));
            }
            Operation::Ask(address, request) => self.ask(address, request).await,
            Operation::Recall(address, id, fingerprint) => self.recall(address, id, fingerprint).await,
            Operation::Confirm(back) => {
                let Some((grant, receipt)) = self.spend(back) else { return };
                self.model.confirm(&grant);
                self.world.throttle.confirm(&self.address(grant.address), &receipt).await;
            }
            Operation::GiveBack(back) => {
                let Some((grant, receipt)) = self.spend(back) else { return };
                self.model.give_back(&grant);
                self.world.throttle.give_back_address(&self.address(grant.address), receipt).await;
            }
            Operation::Reset(address) => {
                self.model.last.remove(&address);
                self.world.throttle.reset_address(&self.address(address)).await;
            }
        }
    }

    /// The grant, so many before the latest, that nobody has spent.
    fn spend(&mut self, back: usize) -> Option<(Grant, Receipt)> {
        let serial = self.receipts.len().checked_sub(back + 1)?;
        let grant = &mut self.model.grants[serial];
        if std::mem::replace(&mut grant.spent, true) {
            return None;
        }
        Some((grant.clone(), self.receipts[serial].clone()))
    }

    async fn recall(&self, address: u8, id: u8, fingerprint: u8) {
        let recalled = match self.world.throttle.recall(&self.request(address, id, fingerprint)).await {
            Recall::New => Answer::New,
            Recall::Same(step) => Answer::Same(step.number()),
            Recall::Other => Answer::Other,
        };
        assert_eq!(recalled, self.model.recall(address, id, fingerprint));
    }

    async fn ask(&mut self, address: u8, request: Option<(u8, u8)>) {
        let expected = self.model.ask(address, request);
        let request = request.map(|(id, fingerprint)| self.request(address, id, fingerprint));
        match self.world.throttle.take_address(&self.address(address), request.as_ref()).await {
            AddressTake::Granted { step, repeated, receipt } => {
                let number = step.number();
                assert_eq!(expected, if repeated { Answer::Again(number) } else { Answer::Accepted(number) });
                self.receipts.push(receipt);
            }
            AddressTake::Same(step) => assert_eq!(expected, Answer::Same(Step::number(step))),
            AddressTake::Other => assert_eq!(expected, Answer::Other),
            AddressTake::Refused { retry_after } => {
                let Answer::Wait(wait) = expected else { panic!("refused instead of {expected:?}") };
                assert!(retry_after <= wait, "{retry_after:?} instead of {wait:?}");
                assert!(retry_after + self.started.elapsed() + Duration::from_millis(1) >= wait);
            }
        }
    }

    fn address(&self, number: u8) -> AddressKey {
        AddressKey(self.wide(number))
    }

    /// The fingerprint covers the address, as every fingerprint does.
    fn request(&self, address: u8, id: u8, fingerprint: u8) -> IdentifiedRequest {
        IdentifiedRequest { id: self.wide(id), fingerprint: [10 * address + fingerprint; 32] }
    }

    fn wide(&self, number: u8) -> [u8; 32] {
        let mut bytes = [number; 32];
        bytes[..8].copy_from_slice(&self.salt.to_be_bytes());
        bytes
    }
}
