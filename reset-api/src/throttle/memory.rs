//! The throttle in memory: for the standalone, and for a replica whose Redis is away.

use self::elapsed::Elapsed;
use self::requests::{Found, Requests};
use self::table::Table;
use super::gcra::Gcra;
use super::{
    Acceptance, AddressStanding, AddressTake, Bucket, Counter, IdentifiedRequest, KEPT, Rate, Recall,
    Receipt, Take, Throttle, UNCONFIRMED,
};
use crate::address_key::AddressKey;
use crate::schedule::{Step, Verdict, judge};
use async_trait::async_trait;
use common::clock::{Clock, from_micros, to_micros};
use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

mod elapsed;
mod requests;
mod table;

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
    /// The last acceptance of each address.
    addresses: Table<AddressKey, InForce>,
    requests: Requests,
    /// Every acceptance has a number of its own, by which a [`Receipt`] knows it again.
    last_number: u64,
}

/// The acceptance that an address's schedule goes by.
#[derive(Clone, Copy)]
struct InForce {
    acceptance: Acceptance,
    is_confirmed: bool,
}

impl MemoryThrottle {
    /// A throttle that nobody has asked yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            elapsed: Elapsed::since(to_micros(clock.now())),
            buckets: Table::default(),
            addresses: Table::default(),
            requests: Requests::default(),
            last_number: 0,
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
                    Take::Granted { counter: Counter::Own }
                }
                Err(retry_after) => Take::Refused { retry_after },
            }
        })
    }

    async fn peek(&self, bucket: &Bucket, rate: Rate) -> Take {
        self.act(|state, now| {
            let full_at = state.buckets.get(bucket, now).copied();
            match Gcra::new(rate).take(full_at, now) {
                Ok(_) => Take::Granted { counter: Counter::Own },
                Err(retry_after) => Take::Refused { retry_after },
            }
        })
    }

    async fn give_back(&self, bucket: &Bucket, rate: Rate, _: Counter) {
        self.act(|state, now| {
            if let Some(&full_at) = state.buckets.get(bucket, now) {
                let full_at = Gcra::new(rate).give_back(full_at, now);
                state.buckets.put(bucket.clone(), full_at, full_at);
            }
        });
    }

    async fn recall(&self, request: &IdentifiedRequest) -> Recall {
        self.act(|state, now| state.requests.recall(request, now))
    }

    async fn take_address(&self, address: &AddressKey, request: Option<&IdentifiedRequest>) -> AddressTake {
        self.act(|state, now| match request.map_or(Found::Nothing, |it| state.requests.hold(it, now)) {
            Found::Nothing => state.take_address(address, request, now),
            Found::Same(step) => AddressTake::Same(step),
            Found::Other => AddressTake::Other,
            Found::Pending(receipt) => {
                AddressTake::Granted { step: receipt.acceptance.step, repeated: true, receipt }
            }
        })
    }

    async fn look_at_address(&self, address: &AddressKey) -> AddressStanding {
        self.act(|state, now| state.look_at_address(address, now))
    }

    async fn confirm(&self, address: &AddressKey, receipt: &Receipt) {
        self.act(|state, now| {
            state.requests.confirm(receipt, now);
            state.confirm(address, receipt, now);
        });
    }

    async fn give_back_address(&self, address: &AddressKey, receipt: Receipt) {
        self.act(|state, now| {
            if !state.requests.let_go(&receipt, now) {
                state.undo(address, &receipt, now);
            }
        });
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

    fn take_address(
        &mut self,
        address: &AddressKey,
        request: Option<&IdentifiedRequest>,
        now: i64,
    ) -> AddressTake {
        let in_force = self.addresses.get(address, now).copied();
        match judge_in_force(in_force, from_micros(now)) {
            Verdict::Refuse { until } => AddressTake::Refused { retry_after: wait(now, until) },
            Verdict::Accept(step) => {
                let before = in_force.map(|it| it.acceptance);
                let receipt = self.accept(address, request, step, before, now);
                AddressTake::Granted { step, repeated: false, receipt }
            }
        }
    }

    fn look_at_address(&self, address: &AddressKey, now: i64) -> AddressStanding {
        let in_force = self.addresses.get(address, now).copied();
        let (step, retry_after) = match judge_in_force(in_force, from_micros(now)) {
            Verdict::Refuse { until } => (in_force.map(|it| it.acceptance.step), Some(wait(now, until))),
            // The next one is a first one: the address was left alone for so long that nothing is in force.
            Verdict::Accept(Step::FIRST) => (None, None),
            Verdict::Accept(_) => (in_force.map(|it| it.acceptance.step), None),
        };
        AddressStanding { counter: Counter::Own, step, retry_after }
    }

    fn accept(
        &mut self,
        address: &AddressKey,
        request: Option<&IdentifiedRequest>,
        step: Step,
        before: Option<Acceptance>,
        now: i64,
    ) -> Receipt {
        self.last_number += 1;
        let acceptance = Acceptance { step, at: now, number: self.last_number };
        self.put_in_force(address, InForce { acceptance, is_confirmed: false });
        let receipt = Receipt { counter: Counter::Own, request: request.cloned(), acceptance, before };
        self.requests.accepted(&receipt);
        receipt
    }

    fn confirm(&mut self, address: &AddressKey, receipt: &Receipt, now: i64) {
        if self.is_in_force(address, receipt, now) {
            let acceptance = receipt.acceptance;
            self.put_in_force(address, InForce { acceptance, is_confirmed: true });
        }
    }

    fn undo(&mut self, address: &AddressKey, receipt: &Receipt, now: i64) {
        if !self.is_in_force(address, receipt, now) {
            return;
        }
        match receipt.before {
            // When the next was granted its wait was over, or it had lapsed: it refuses nobody.
            Some(acceptance) => self.put_in_force(address, InForce { acceptance, is_confirmed: false }),
            None => self.addresses.remove(address),
        }
    }

    fn is_in_force(&self, address: &AddressKey, receipt: &Receipt, now: i64) -> bool {
        let number = receipt.acceptance.number;
        self.addresses.get(address, now).is_some_and(|it| it.acceptance.number == number)
    }

    fn put_in_force(&mut self, address: &AddressKey, in_force: InForce) {
        self.addresses.put(*address, in_force, in_force.acceptance.at.saturating_add(KEPT));
    }
}

/// The schedule's word; of an acceptance that nobody has confirmed, for a few seconds only. Then the next is granted as
/// if the wait were over.
fn judge_in_force(in_force: Option<InForce>, now: OffsetDateTime) -> Verdict {
    let last = in_force.map(|it| (it.acceptance.step, from_micros(it.acceptance.at)));
    match (judge(last, now, Duration::ZERO), in_force) {
        (Verdict::Refuse { until }, Some(InForce { acceptance, is_confirmed: false })) => {
            let lapses = from_micros(acceptance.at.saturating_add(UNCONFIRMED));
            if now < lapses {
                Verdict::Refuse { until: until.min(lapses) }
            } else {
                judge(last, until, Duration::ZERO)
            }
        }
        (verdict, _) => verdict,
    }
}

fn wait(now: i64, until: OffsetDateTime) -> std::time::Duration {
    std::time::Duration::from_micros(to_micros(until).saturating_sub(now).unsigned_abs())
}

#[cfg(test)]
mod tests;
