//! Random sequences of requests, returns and resets, against a simple model of the schedule.

use super::World;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reset_api::address_key::AddressKey;
use reset_api::schedule::Step;
use reset_api::throttle::{AddressTake, IdentifiedRequest, Recall, Undo};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// All model time is whole minutes: real time cannot make one of them pass.
const UNIT: Duration = Duration::from_secs(60);
/// As the design tells them.
const WAITS: [u64; 12] = [1, 1, 1, 2, 4, 8, 16, 32, 60, 120, 240, 360];
const DAY: u64 = 24 * 60;

#[derive(Debug, Clone, Copy)]
enum Operation {
    Advance(u64),
    /// An address, and an id with a fingerprint.
    Ask(u8, Option<(u8, u8)>),
    Recall(u8, u8),
    /// Which acceptance, counted from the latest.
    GiveBack(usize),
    Reset(u8),
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Accepted(u8),
    Same(u8),
    Other,
    New,
    Wait(u64),
}

/// One acceptance: its serial number, step and minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Acceptance {
    serial: usize,
    step: u8,
    at: u64,
}

/// What the model needs to take an acceptance back.
struct Past {
    address: u8,
    id: Option<u8>,
    before: Option<Acceptance>,
}

#[derive(Default)]
struct Model {
    now: u64,
    last: HashMap<u8, Acceptance>,
    ids: HashMap<u8, (u8, Acceptance)>,
    past: Vec<Past>,
}

impl Model {
    fn recall(&self, id: u8, fingerprint: u8) -> Answer {
        match self.ids.get(&id) {
            Some((_, acceptance)) if self.now >= acceptance.at + DAY => Answer::New,
            Some((known, acceptance)) if *known == fingerprint => Answer::Same(acceptance.step),
            Some(_) => Answer::Other,
            None => Answer::New,
        }
    }

    fn ask(&mut self, address: u8, request: Option<(u8, u8)>) -> Answer {
        if let Some((id, fingerprint)) = request
            && let known @ (Answer::Same(_) | Answer::Other) = self.recall(id, fingerprint)
        {
            return known;
        }
        let before = self.last.get(&address).copied();
        let step = match before {
            Some(last) if self.now < last.at + WAITS[usize::from(last.step)] => {
                return Answer::Wait(last.at + WAITS[usize::from(last.step)] - self.now);
            }
            Some(last) if self.now < last.at + DAY => (last.step + 1).min(11),
            _ => 0,
        };
        let acceptance = Acceptance { serial: self.past.len(), step, at: self.now };
        self.last.insert(address, acceptance);
        if let Some((id, fingerprint)) = request {
            self.ids.insert(id, (fingerprint, acceptance));
        }
        self.past.push(Past { address, id: request.map(|(id, _)| id), before });
        Answer::Accepted(step)
    }

    fn give_back(&mut self, serial: usize) {
        let Past { address, id, before } = &self.past[serial];
        if self.last.get(address).is_some_and(|last| last.serial == serial) {
            match before {
                Some(before) => self.last.insert(*address, *before),
                None => self.last.remove(address),
            };
        }
        if let Some(id) = id
            && self.ids.get(id).is_some_and(|(_, acceptance)| acceptance.serial == serial)
        {
            self.ids.remove(id);
        }
    }
}

pub(super) async fn random_requests_follow_the_model(world: &World) {
    let operations = prop::collection::vec(operation(), 1..80);
    let salts = AtomicU64::new(0);
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let check = |operations: Vec<Operation>| {
        let salt = salts.fetch_add(1, Ordering::Relaxed);
        let mut pair = Pair { world, salt, model: Model::default(), undos: vec![], started: Instant::now() };
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
        1 => (0..4_u8, 0..2_u8).prop_map(|(id, fingerprint)| Operation::Recall(id, fingerprint)),
        2 => (0..3_usize).prop_map(Operation::GiveBack),
        1 => (0..2_u8).prop_map(Operation::Reset),
    ]
}

/// The model and the throttle, side by side. The salt keeps the keys of the cases, and of their shrinking, apart.
struct Pair<'a> {
    world: &'a World,
    salt: u64,
    model: Model,
    undos: Vec<Undo>,
    started: Instant,
}

impl Pair<'_> {
    async fn step(&mut self, operation: Operation) {
        match operation {
            Operation::Advance(minutes) => {
                self.model.now += minutes;
                self.world.advance(Duration::from_mins(minutes));
            }
            Operation::Ask(address, request) => self.ask(address, request).await,
            Operation::Recall(id, fingerprint) => {
                let recalled = match self.world.throttle.recall(&self.request(id, fingerprint)).await {
                    Recall::New => Answer::New,
                    Recall::Same(step) => Answer::Same(step.number()),
                    Recall::Other => Answer::Other,
                };
                assert_eq!(recalled, self.model.recall(id, fingerprint));
            }
            Operation::GiveBack(back) => {
                let Some(serial) = self.undos.len().checked_sub(back + 1) else { return };
                let address = self.address(self.model.past[serial].address);
                self.model.give_back(serial);
                self.world.throttle.give_back_address(&address, self.undos[serial].clone()).await;
            }
            Operation::Reset(address) => {
                self.model.last.remove(&address);
                self.world.throttle.reset_address(&self.address(address)).await;
            }
        }
    }

    async fn ask(&mut self, address: u8, request: Option<(u8, u8)>) {
        let expected = self.model.ask(address, request);
        let request = request.map(|(id, fingerprint)| self.request(id, fingerprint));
        match self.world.throttle.take_address(&self.address(address), request.as_ref()).await {
            AddressTake::Granted { step, undo } => {
                assert_eq!(expected, Answer::Accepted(step.number()));
                self.undos.push(undo);
            }
            AddressTake::Same(step) => assert_eq!(expected, Answer::Same(Step::number(step))),
            AddressTake::Other => assert_eq!(expected, Answer::Other),
            AddressTake::Refused { retry_after } => {
                let Answer::Wait(minutes) = expected else { panic!("refused instead of {expected:?}") };
                let wait = UNIT * u32::try_from(minutes).unwrap();
                assert!(retry_after <= wait, "{retry_after:?} instead of {wait:?}");
                assert!(retry_after + self.started.elapsed() + Duration::from_millis(1) >= wait);
            }
        }
    }

    fn address(&self, number: u8) -> AddressKey {
        AddressKey(self.wide(number))
    }

    fn request(&self, id: u8, fingerprint: u8) -> IdentifiedRequest {
        IdentifiedRequest { id: self.wide(id), fingerprint: [fingerprint; 32] }
    }

    fn wide(&self, number: u8) -> [u8; 32] {
        let mut bytes = [number; 32];
        bytes[..8].copy_from_slice(&self.salt.to_be_bytes());
        bytes
    }
}
