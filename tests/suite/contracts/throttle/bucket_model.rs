//! Random sequences on a bucket, against a vessel that leaks.

use super::World;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reset_api::throttle::{Bucket, Counter, Rate, Scope, Take};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// All model time is whole minutes: real time cannot make one of them pass.
const UNIT: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
enum Operation {
    Advance(u32),
    Take,
    Peek,
    GiveBack,
}

/// Every take pours `refill` minutes in, each minute one leaks out, and more than `burst` takes never fit.
struct Vessel {
    burst: u32,
    refill: u32,
    level: u32,
}

impl Vessel {
    /// How many minutes until one more take fits; 0 is now.
    fn wait(&self) -> u32 {
        (self.level + self.refill).saturating_sub(self.burst * self.refill)
    }

    fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Advance(minutes) => self.level = self.level.saturating_sub(minutes),
            Operation::Take if self.wait() == 0 => self.level += self.refill,
            Operation::GiveBack => self.level = self.level.saturating_sub(self.refill),
            Operation::Take | Operation::Peek => (),
        }
    }
}

pub(super) async fn random_takes_and_returns_follow_the_model(world: &World) {
    let case = (1..5_u32, 1..5_u32, prop::collection::vec(operation(), 1..60));
    let keys = AtomicU64::new(0);
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let check = |(burst, refill, operations): (u32, u32, Vec<Operation>)| {
        // A key of its own for every case, and for every step of its shrinking.
        let key = keys.fetch_add(1, Ordering::Relaxed);
        let vessel = Vessel { burst, refill, level: 0 };
        let case = follow(world, vessel, key.to_string(), &operations);
        tokio::runtime::Handle::current().block_on(case);
        Ok(())
    };
    tokio::task::block_in_place(|| runner.run(&case, check)).unwrap();
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        2 => (0..8_u32).prop_map(Operation::Advance),
        5 => Just(Operation::Take),
        1 => Just(Operation::Peek),
        1 => Just(Operation::GiveBack),
    ]
}

async fn follow(world: &World, mut vessel: Vessel, key: String, operations: &[Operation]) {
    let started = Instant::now();
    let bucket = Bucket { scope: Scope::Gateway, key };
    let rate = Rate { burst: vessel.burst, refill: UNIT * vessel.refill };
    for &operation in operations {
        let wait = UNIT * vessel.wait();
        vessel.apply(operation);
        let take = match operation {
            Operation::Take => world.throttle.take(&bucket, rate).await,
            Operation::Peek => world.throttle.peek(&bucket, rate).await,
            Operation::GiveBack => {
                world.throttle.give_back(&bucket, rate, Counter::Own).await;
                continue;
            }
            Operation::Advance(minutes) => {
                world.advance(UNIT * minutes);
                continue;
            }
        };
        match take {
            Take::Granted { counter: Counter::Own } => assert_eq!(wait, Duration::ZERO),
            Take::Granted { counter: Counter::StandIn } => panic!("the throttle itself did not answer"),
            Take::Refused { retry_after } => {
                assert!(retry_after <= wait, "{retry_after:?} instead of {wait:?}");
                assert!(retry_after + started.elapsed() + Duration::from_millis(1) >= wait);
            }
        }
    }
}
