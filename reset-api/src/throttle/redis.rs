//! The throttle in Redis: what all replicas count together.
//!
//! While Redis is away, frozen, or cannot write, a local throttle answers. It counts what this process grants and nothing
//! of what the others do, so it gives buckets only a replica's share; addresses keep their schedule, from its start.
//! What it grants too much of is stored and coalesced: the gate in the store holds the promise of one mail a cool-down.

mod address;
mod bucket;
mod scripts;

use super::memory::MemoryThrottle;
use super::{
    AddressStanding, AddressTake, Bucket, Counter, IdentifiedRequest, Rate, Recall, Receipt, Take, Throttle,
};
use crate::address_key::{AddressKey, Pseudonymiser};
use async_trait::async_trait;
use common::clock::Clock;
use common::entropy::Entropy;
use common::redis_link::{LinkError, RedisLink};
use opentelemetry::metrics::Meter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::sleep;

/// Among how many replicas a limit is shared out while each counts for itself. How many there are nobody knows here; with
/// more, an outage of Redis lets a little more through.
const SHARES: u32 = 3;

/// How often a schedule is tried to be started over that could not be, and for how long: six hours are the longest wait.
const OWED_EVERY: Duration = Duration::from_secs(1);
const OWED_FOR: u32 = 6 * 3_600;

/// The replicas' common counters, and this replica's own for when they are away.
pub struct RedisThrottle {
    server: Arc<Server>,
    stand_in: MemoryThrottle,
    /// Calls that Redis did not answer.
    unanswered: Arc<AtomicU64>,
}

/// The counters in Redis.
struct Server {
    link: Arc<RedisLink>,
    pseudonymiser: Arc<Pseudonymiser>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// Redis has given no answer that may be used.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Link(#[from] LinkError),
    /// It came to the call when the caller had been answered, and did nothing.
    #[error("redis came to the call too late")]
    Late,
    /// Its scripts are another version's.
    #[error("redis gave an answer that cannot be read")]
    Unreadable,
}

impl RedisThrottle {
    /// Counts through this link. The pseudonymiser is the one that address keys are made with: all replicas' is the same.
    #[must_use]
    pub fn new(
        link: Arc<RedisLink>,
        pseudonymiser: Arc<Pseudonymiser>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let stand_in = MemoryThrottle::new(clock.clone());
        let server = Arc::new(Server { link, pseudonymiser, clock, entropy });
        Self { server, stand_in, unanswered: Arc::default() }
    }

    /// Tells, whenever somebody reads, how often Redis did not answer.
    pub fn watch(&self, meter: &Meter) {
        let unanswered = self.unanswered.clone();
        meter
            .u64_observable_counter("throttle.unanswered")
            .with_unit("{call}")
            .with_description("Calls that Redis did not answer: this replica's own, stricter throttle did.")
            .with_callback(move |counter| counter.observe(unanswered.load(Ordering::Relaxed), &[]))
            .build();
    }

    /// The link tells of its own failures, once an outage; the others are a mistake somewhere, and each is told.
    fn heard<T>(&self, answer: Result<T, Failure>) -> Result<T, Away> {
        answer.map_err(|failure| {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            match failure {
                Failure::Late | Failure::Link(LinkError::Away | LinkError::Unanswered(_)) => {}
                failure @ (Failure::Unreadable | Failure::Link(LinkError::Refused(_))) => {
                    tracing::error!(%failure, "the throttle answers locally");
                }
            }
            Away
        })
    }
}

impl Server {
    /// How far the scripts' clock is ahead of the server's, in microseconds; zero outside tests.
    fn offset(&self) -> i64 {
        i64::try_from(self.clock.offset().whole_microseconds()).unwrap_or(0)
    }

    /// The number of a new acceptance.
    fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }
}

#[async_trait]
impl Throttle for RedisThrottle {
    async fn take(&self, bucket: &Bucket, rate: Rate) -> Take {
        match self.heard(self.server.take(bucket, rate, false).await) {
            Ok(take) => take,
            Err(Away) => stood_in(self.stand_in.take(bucket, share(rate)).await),
        }
    }

    async fn peek(&self, bucket: &Bucket, rate: Rate) -> Take {
        match self.heard(self.server.take(bucket, rate, true).await) {
            Ok(take) => take,
            Err(Away) => stood_in(self.stand_in.peek(bucket, share(rate)).await),
        }
    }

    async fn give_back(&self, bucket: &Bucket, rate: Rate, counter: Counter) {
        match counter {
            Counter::Own => drop(self.heard(self.server.give_back(bucket, rate).await)),
            Counter::StandIn => self.stand_in.give_back(bucket, share(rate), Counter::Own).await,
        }
    }

    async fn recall(&self, request: &IdentifiedRequest) -> Recall {
        match self.heard(self.server.recall(request).await) {
            Ok(recall) => recall,
            Err(Away) => self.stand_in.recall(request).await,
        }
    }

    async fn take_address(&self, address: &AddressKey, request: Option<&IdentifiedRequest>) -> AddressTake {
        match self.heard(self.server.take_address(address, request).await) {
            Ok(take) => take,
            Err(Away) => address_stood_in(self.stand_in.take_address(address, request).await),
        }
    }

    async fn look_at_address(&self, address: &AddressKey) -> AddressStanding {
        match self.heard(self.server.look_at_address(address).await) {
            Ok(standing) => standing,
            Err(Away) => {
                let standing = self.stand_in.look_at_address(address).await;
                AddressStanding { counter: Counter::StandIn, ..standing }
            }
        }
    }

    async fn confirm(&self, address: &AddressKey, receipt: &Receipt) {
        match receipt.counter {
            // Unconfirmed, the request stays pending, and is stored again when it is repeated.
            Counter::Own => drop(self.heard(self.server.confirm(address, receipt).await)),
            Counter::StandIn => self.stand_in.confirm(address, receipt).await,
        }
    }

    async fn give_back_address(&self, address: &AddressKey, receipt: Receipt) {
        match receipt.counter {
            Counter::Own => {
                drop(self.heard(self.server.give_back_address(address, &receipt).await));
            }
            Counter::StandIn => self.stand_in.give_back_address(address, receipt).await,
        }
    }

    async fn reset_address(&self, address: &AddressKey) {
        self.stand_in.reset_address(address).await;
        if self.heard(self.server.reset_address(address).await).is_err() {
            tokio::spawn(self.server.clone().reset_address_later(*address));
        }
    }
}

impl Server {
    /// As soon as Redis is back: the links have ended, and whoever is refused must have one live or on its way. One that
    /// is done again, or late, costs nothing: the gate in the store holds the promise of one mail a cool-down.
    async fn reset_address_later(self: Arc<Self>, address: AddressKey) {
        for _ in 0..OWED_FOR {
            sleep(OWED_EVERY).await;
            if self.reset_address(&address).await.is_ok() {
                return;
            }
        }
        tracing::warn!("redis was away for so long that an address must wait its schedule out");
    }
}

/// The stand-in answers.
struct Away;

/// A replica's share of a limit.
fn share(rate: Rate) -> Rate {
    Rate { burst: (rate.burst / SHARES).max(1), refill: rate.refill.saturating_mul(SHARES) }
}

fn stood_in(take: Take) -> Take {
    match take {
        Take::Granted { .. } => Take::Granted { counter: Counter::StandIn },
        refused @ Take::Refused { .. } => refused,
    }
}

fn address_stood_in(take: AddressTake) -> AddressTake {
    match take {
        AddressTake::Granted { step, repeated, receipt } => {
            let receipt = Receipt { counter: Counter::StandIn, ..receipt };
            AddressTake::Granted { step, repeated, receipt }
        }
        answer => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_stricter_and_never_nothing() {
        let rate = |burst, seconds| Rate { burst, refill: Duration::from_secs(seconds) };
        assert_eq!(share(rate(10, 60)), rate(3, 180));
        assert_eq!(share(rate(1, 60)), rate(1, 180));
        assert_eq!(share(rate(0, 0)), rate(1, 0));
    }
}
