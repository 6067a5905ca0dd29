//! Asking while Redis is away in one way or another: answered soon and by the local throttle, and by Redis again as soon
//! as it is back.

use super::world::{World, ask, from, throttled};
use super::{DEADLINE, until};
use common::clock::SystemClock;
use common::entropy::OsEntropy;
use common::redis_link::{LinkSettings, RedisLink};
use futures::future::join_all;
use redis::cmd;
use reset_api::address_key::{AddressKey, Pseudonymiser};
use reset_api::throttle::redis::RedisThrottle;
use reset_api::throttle::{AddressTake, Bucket, Counter, Rate, Scope, Take, Throttle as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::redis_server::RedisServer;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// How long an asker waits at most, and how soon a server that is back is used: as promised.
const PATIENCE: Duration = Duration::from_millis(300);
const BACK_IN_USE: Duration = Duration::from_secs(2);
const BUCKET_RATE: Rate = Rate { burst: 1_000_000, refill: Duration::from_secs(60) };
const ADA: AddressKey = AddressKey([1; 32]);

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
        let away = Self::over(RedisServer::start().await.unwrap()).await;
        until("redis is connected", || away.link.is_connected()).await;
        away
    }

    async fn over(server: RedisServer) -> Self {
        let link =
            Arc::new(RedisLink::start(LinkSettings::new(server.url(), "throttle"), Arc::new(OsEntropy)));
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
        assert!(waits[waits.len() - 1] < 5 * PATIENCE, "{waits:?}");
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
        self.asks_are_answered("back").await;
        assert_eq!(self.counter().await, Counter::Own);
    }
}

fn receipt_of(take: AddressTake) -> reset_api::throttle::Receipt {
    match take {
        AddressTake::Granted { receipt, .. } => receipt,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_away_at_the_start() {
    let away = Away::over(RedisServer::prepare().unwrap()).await;
    away.asks_are_answered_locally().await;
    let healed = Instant::now();
    away.server.launch().await.unwrap();
    away.is_used_again(healed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_killed() {
    let away = Away::not_yet().await;
    away.asks_are_answered("before").await;
    let begun = Instant::now();
    away.server.crash().unwrap();
    let mut rounds = 0;
    // Long enough for the tries to have become rare.
    while begun.elapsed() < Duration::from_secs(3) {
        away.asks_are_answered(&format!("away{rounds}-")).await;
        assert_eq!(away.counter().await, Counter::StandIn);
        rounds += 1;
    }
    let healed = Instant::now();
    away.server.launch().await.unwrap();
    away.is_used_again(healed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_frozen() {
    let away = Away::not_yet().await;
    away.asks_are_answered("before").await;
    away.server.freeze().unwrap();
    away.asks_are_answered_locally().await;
    let healed = Instant::now();
    away.server.thaw().unwrap();
    away.is_used_again(healed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_becomes_read_only() {
    let away = Away::not_yet().await;
    away.asks_are_answered("before").await;
    away.server.become_read_only().await.unwrap();
    away.asks_are_answered_locally().await;
    let healed = Instant::now();
    away.server.become_primary().await.unwrap();
    away.is_used_again(healed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_forgets_its_scripts_or_everything_and_goes_on_counting() {
    let away = Away::not_yet().await;
    away.asks_are_answered("before").await;
    away.server.ask::<()>(cmd("SCRIPT").arg("FLUSH")).await.unwrap();
    assert_eq!(away.counter().await, Counter::Own);
    away.asks_are_answered("unscripted").await;
    away.server.ask::<()>(&cmd("FLUSHALL")).await.unwrap();
    away.asks_are_answered("emptied").await;
    away.server.restart_empty().await.unwrap();
    away.is_used_again(Instant::now()).await;
}

/// The answer was given locally, so a second acceptance would be one too many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thawed_redis_does_not_accept_what_was_answered_meanwhile() {
    let away = Away::not_yet().await;
    assert_eq!(away.counter().await, Counter::Own);
    let dropped: String = away.server.ask(cmd("CLIENT").arg("LIST")).await.unwrap();
    let id = dropped.lines().find(|line| line.contains("name=throttle")).unwrap();
    let id = id.split_whitespace().next().unwrap().to_owned() + " ";
    away.server.freeze().unwrap();
    let receipt = receipt_of(away.throttle.take_address(&ADA, None).await);
    away.throttle.give_back_address(&ADA, receipt).await;
    away.server.thaw().unwrap();
    // The old connection is read to its end, call included, before the server lets it go.
    let gone = async {
        while away.server.ask::<String>(cmd("CLIENT").arg("LIST")).await.unwrap().contains(&id) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(DEADLINE, gone).await.unwrap();
    let stats: String = away.server.ask(cmd("INFO").arg("commandstats")).await.unwrap();
    assert!(stats.contains("cmdstat_evalsha"), "{stats}");
    let taken: Vec<String> = away.server.ask(cmd("KEYS").arg("reset-api:address:*")).await.unwrap();
    assert_eq!(taken, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_back_goes_where_it_was_taken() {
    let away = Away::not_yet().await;
    away.server.crash().unwrap();
    let receipt = receipt_of(away.throttle.take_address(&ADA, None).await);
    away.server.launch().await.unwrap();
    until("redis is connected", || away.link.is_connected()).await;
    let in_redis = receipt_of(away.throttle.take_address(&ADA, None).await);
    away.throttle.give_back_address(&ADA, receipt).await;
    let refused = away.throttle.take_address(&ADA, None).await;
    assert!(matches!(refused, AddressTake::Refused { .. }), "{refused:?}");
    away.throttle.give_back_address(&ADA, in_redis).await;
    receipt_of(away.throttle.take_address(&ADA, None).await);
    away.server.crash().unwrap();
    receipt_of(away.throttle.take_address(&ADA, None).await);
}

/// What is promised: Redis accepts at most one, and so does each replica while it is away; the gate in the store makes
/// one mail of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_200_who_ask_for_one_address_while_redis_is_killed_one_gets_a_mail() {
    for killed_after in [0, 50, 150] {
        let away = Away::not_yet().await;
        away.world.account("ada@example.org").await;
        let ask = |n: u8| away.world.caller(from(&format!("198.51.100.{n}"), ask("ada@example.org")));
        let mut callers: Vec<_> = (0..killed_after).map(ask).collect();
        away.server.crash().unwrap();
        callers.extend((killed_after..200).map(ask));
        let answers = timeout(DEADLINE, join_all(callers)).await.unwrap();
        let accepted = answers.into_iter().filter(|answer| answer.as_ref().unwrap().is_ok()).count();
        let issued = away.world.issue().await;
        assert!((1..=2).contains(&accepted), "{accepted} were accepted");
        assert_eq!((issued.issued, issued.total()), (1, accepted as u64));
        assert_eq!(away.world.issue().await.total(), 0);
    }
}
