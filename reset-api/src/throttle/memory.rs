//! The throttle in memory: for the standalone, and for a replica whose Redis is away.

use self::elapsed::Elapsed;
use self::gcra::Gcra;
use self::table::Table;
use super::{AddressTake, Bucket, IdentifiedRequest, Rate, Recall, Take, Throttle, Undo};
use crate::address_key::AddressKey;
use crate::schedule::{Step, Verdict, judge};
use async_trait::async_trait;
use common::clock::{Clock, from_micros, to_micros};
use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

mod elapsed;
mod gcra;
mod table;

/// How long a request's id is remembered, and an address's entry kept. By then the schedule has started over,
/// so that dropping the entry changes no answer.
const KEPT: i64 = 24 * 3_600 * 1_000_000;
/// How many outdated entries of each table one call lets go: more than it can add, so that they never pile up,
/// and few, so that no call waits for others' entries.
const FORGOTTEN_PER_CALL: usize = 2;

/// One process's counters. They end with it; the gate in the store then still holds the promise of one mail a cool-down.
///
/// A clock that jumps back costs nobody anything: time goes on from where it was, so nothing more is granted and
/// nobody waits longer.
pub struct MemoryThrottle {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    elapsed: Elapsed,
    /// When each bucket is full again.
    buckets: Table<Bucket, i64>,
    /// The last acceptance of each address: its step and when.
    addresses: Table<AddressKey, (Step, i64)>,
    requests: Table<[u8; 32], Acceptance>,
    /// Every acceptance has an instant of its own, by which an [`Undo`] knows it again.
    last_accepted_at: i64,
}

/// What is remembered of an identified request.
struct Acceptance {
    fingerprint: [u8; 32],
    step: Step,
    at: i64,
}

impl MemoryThrottle {
    /// A throttle that nobody has asked yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            elapsed: Elapsed::since(to_micros(clock.now())),
            buckets: Table::default(),
            addresses: Table::default(),
            requests: Table::default(),
            last_accepted_at: i64::MIN,
        };
        Self { clock, state: Mutex::new(state) }
    }

    /// One atomic act. The clock is read inside the lock, so that acts follow each other in time, too.
    fn act<T>(&self, act: impl FnOnce(&mut State, i64) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.elapsed.observe(to_micros(self.clock.now()));
        state.forget(now);
        act(&mut state, now)
    }
}

#[async_trait]
impl Throttle for MemoryThrottle {
    async fn take(&self, bucket: &Bucket, rate: Rate) -> Take {
        self.act(|state, now| {
            let full_at = state.buckets.get(bucket, now).copied();
            match Gcra::new(rate).take(full_at, now) {
                Ok(full_at) => {
                    state.buckets.put(bucket.clone(), full_at, full_at);
                    Take::Granted
                }
                Err(retry_after) => Take::Refused { retry_after },
            }
        })
    }

    async fn peek(&self, bucket: &Bucket, rate: Rate) -> Take {
        self.act(|state, now| {
            let full_at = state.buckets.get(bucket, now).copied();
            match Gcra::new(rate).take(full_at, now) {
                Ok(_) => Take::Granted,
                Err(retry_after) => Take::Refused { retry_after },
            }
        })
    }

    async fn give_back(&self, bucket: &Bucket, rate: Rate) {
        self.act(|state, now| {
            if let Some(&full_at) = state.buckets.get(bucket, now) {
                let full_at = Gcra::new(rate).give_back(full_at, now);
                state.buckets.put(bucket.clone(), full_at, full_at);
            }
        });
    }

    async fn recall(&self, request: &IdentifiedRequest) -> Recall {
        self.act(|state, now| state.recall(request, now))
    }

    async fn take_address(&self, address: &AddressKey, request: Option<&IdentifiedRequest>) -> AddressTake {
        self.act(|state, now| match request.map_or(Recall::New, |request| state.recall(request, now)) {
            Recall::Same(step) => AddressTake::Same(step),
            Recall::Other => AddressTake::Other,
            Recall::New => state.take_address(address, request, now),
        })
    }

    async fn give_back_address(&self, address: &AddressKey, undo: Undo) {
        self.act(|state, now| state.undo(address, &undo, now));
    }

    async fn reset_address(&self, address: &AddressKey) {
        self.act(|state, _| state.addresses.remove(address));
    }
}

impl State {
    fn forget(&mut self, now: i64) {
        self.buckets.forget(now, FORGOTTEN_PER_CALL);
        self.addresses.forget(now, FORGOTTEN_PER_CALL);
        self.requests.forget(now, FORGOTTEN_PER_CALL);
    }

    fn recall(&self, request: &IdentifiedRequest, now: i64) -> Recall {
        match self.requests.get(&request.id, now) {
            None => Recall::New,
            Some(known) if known.fingerprint == request.fingerprint => Recall::Same(known.step),
            Some(_) => Recall::Other,
        }
    }

    fn take_address(
        &mut self,
        address: &AddressKey,
        request: Option<&IdentifiedRequest>,
        now: i64,
    ) -> AddressTake {
        let before = self.addresses.get(address, now).copied();
        let last = before.map(|(step, at)| (step, from_micros(at)));
        match judge(last, from_micros(now), Duration::ZERO) {
            Verdict::Refuse { until } => AddressTake::Refused { retry_after: wait(now, until) },
            Verdict::Accept(step) => {
                let taken_at = self.accept(address, request, step, now);
                AddressTake::Granted { step, undo: Undo { request: request.cloned(), taken_at, before } }
            }
        }
    }

    fn accept(
        &mut self,
        address: &AddressKey,
        request: Option<&IdentifiedRequest>,
        step: Step,
        now: i64,
    ) -> i64 {
        let at = now.max(self.last_accepted_at.saturating_add(1));
        self.last_accepted_at = at;
        self.addresses.put(*address, (step, at), at.saturating_add(KEPT));
        if let Some(request) = request {
            let acceptance = Acceptance { fingerprint: request.fingerprint, step, at };
            self.requests.put(request.id, acceptance, at.saturating_add(KEPT));
        }
        at
    }

    fn undo(&mut self, address: &AddressKey, undo: &Undo, now: i64) {
        if self.addresses.get(address, now).is_some_and(|&(_, at)| at == undo.taken_at) {
            match undo.before {
                Some((step, at)) => self.addresses.put(*address, (step, at), at.saturating_add(KEPT)),
                None => self.addresses.remove(address),
            }
        }
        // The id goes even if the entry has moved on: remembering it would answer "accepted" to the repetition
        // of a request that was never stored.
        if let Some(request) = &undo.request
            && self.requests.get(&request.id, now).is_some_and(|known| known.at == undo.taken_at)
        {
            self.requests.remove(&request.id);
        }
    }
}

fn wait(now: i64, until: OffsetDateTime) -> std::time::Duration {
    std::time::Duration::from_micros(to_micros(until).saturating_sub(now).unsigned_abs())
}

#[cfg(test)]
mod tests;
