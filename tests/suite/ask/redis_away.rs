//! Asking while Redis is away in one way or another: answered soon and by the local throttle, and by Redis again as soon
//! as it is back.

mod figures;
mod long_rounds;
mod outages;
mod promises;

use super::world::{World, ask, throttled};
use super::{DEADLINE, until};
use common::clock::SystemClock;
use common::entropy::OsEntropy;
use common::redis_link::{LinkSettings, RedisLink};
use reset_api::address_key::Pseudonymiser;
use reset_api::throttle::redis::RedisThrottle;
use reset_api::throttle::{Bucket, Counter, Rate, Scope, Take, Throttle as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::redis_server::RedisServer;
use zeroize::Zeroizing;

/// How long an asker waits at most, and how soon a server that is back is used: as promised.
const PATIENCE: Duration = Duration::from_millis(300);
const BACK_IN_USE: Duration = Duration::from_secs(2);
/// As in production; and for tests of a server that is gone at once or not at all, on a machine that may be busy.
const HASTY: Duration = Duration::from_millis(150);
const UNHURRIED: Duration = Duration::from_secs(10);
const BUCKET_RATE: Rate = Rate { burst: 1_000_000, refill: Duration::from_secs(60) };

/// A private Redis and all that stands on it.
struct Away {
    server: RedisServer,
    link: Arc<RedisLink>,
    throttle: Arc<RedisThrottle>,
    world: World,
}

impl Away {
    /// Redis is well.
    async fn not_yet() -> Self {
        Self::connected(UNHURRIED).await
    }

    /// Redis is well, and is given up as soon as in production.
    async fn not_yet_and_hasty() -> Self {
        Self::connected(HASTY).await
    }

    async fn connected(timeout: Duration) -> Self {
        let away = Self::over(RedisServer::start().await.unwrap(), timeout).await;
        until("redis is connected", || away.link.is_connected()).await;
        away
    }

    async fn over(server: RedisServer, timeout: Duration) -> Self {
        let settings = LinkSettings { timeout, ..LinkSettings::new(server.url(), "throttle") };
        let link = Arc::new(RedisLink::start(settings, Arc::new(OsEntropy)));
        let pseudonymiser = Arc::new(Pseudonymiser::new(1, Zeroizing::new(vec![7; 32])).unwrap());
        let throttle =
            RedisThrottle::new(link.clone(), pseudonymiser, Arc::new(SystemClock), Arc::new(OsEntropy));
        let throttle = Arc::new(throttle);
        let world = World::throttled_by(throttle.clone()).await;
        Self { server, link, throttle, world }
    }

    /// Which counter grants now.
    async fn counter(&self) -> Counter {
        let bucket = Bucket { scope: Scope::Gateway, key: "a gateway".to_owned() };
        match self.throttle.take(&bucket, BUCKET_RATE).await {
            Take::Granted { counter } => counter,
            Take::Refused { .. } => panic!("the bucket is empty"),
        }
    }

    /// Twenty people ask, one after another; and each asks again.
    async fn asks_are_answered(&self, round: &str) {
        let mut waits = vec![];
        for number in 0..20 {
            let ask = || ask(&format!("{round}{number}@example.org"));
            let begun = Instant::now();
            self.world.ask(ask()).await.unwrap();
            waits.push(begun.elapsed());
            assert!(throttled(&self.world.ask(ask()).await).is_some(), "asked again at once");
        }
        // The first may wait for a timeout, and any for the processor; without a circuit each would wait thrice.
        waits.sort_unstable();
        assert!(waits[waits.len() / 2] < PATIENCE, "{waits:?}");
        assert!(waits[waits.len() - 1] < 10 * PATIENCE, "{waits:?}");
    }

    /// Asks go on by the local throttle.
    async fn asks_are_answered_locally(&self) {
        self.asks_are_answered("away").await;
        assert_eq!(self.counter().await, Counter::StandIn);
        assert!(!self.link.is_connected());
    }

    /// Redis is well since `healed`: it counts again in time.
    async fn is_used_again(&self, healed: Instant) {
        while self.counter().await != Counter::Own {
            assert!(healed.elapsed() < DEADLINE, "redis is not used again");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let took = healed.elapsed();
        println!("used again after {took:?}");
        assert!(took < BACK_IN_USE, "{took:?}");
    }

    /// Asks go on by Redis.
    async fn asks_are_answered_together(&self, round: &str) {
        self.asks_are_answered(round).await;
        assert_eq!(self.counter().await, Counter::Own);
    }
}
