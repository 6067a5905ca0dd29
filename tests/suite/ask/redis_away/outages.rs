//! The ways in which Redis goes away, and comes back.

use super::{Away, UNHURRIED};
use redis::cmd;
use reset_api::throttle::Counter;
use std::time::{Duration, Instant};
use tests::redis_server::RedisServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_away_at_the_start() {
    let away = Away::over(RedisServer::prepare().unwrap(), UNHURRIED).await;
    away.asks_are_answered_locally().await;
    away.server.launch().await.unwrap();
    away.is_used_again(Instant::now()).await;
    away.asks_are_answered_together("back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_killed() {
    let away = Away::not_yet().await;
    away.asks_are_answered_together("before").await;
    let begun = Instant::now();
    away.server.crash().unwrap();
    let mut rounds = 0;
    // Long enough for the tries to have become rare.
    while begun.elapsed() < Duration::from_secs(3) {
        away.asks_are_answered(&format!("away{rounds}-")).await;
        assert_eq!(away.counter().await, Counter::StandIn);
        rounds += 1;
    }
    away.server.launch().await.unwrap();
    away.is_used_again(Instant::now()).await;
    away.asks_are_answered_together("back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_frozen() {
    let away = Away::not_yet_and_hasty().await;
    away.server.freeze().unwrap();
    away.asks_are_answered_locally().await;
    let healed = Instant::now();
    away.server.thaw().unwrap();
    away.is_used_again(healed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_becomes_read_only() {
    let away = Away::not_yet().await;
    away.asks_are_answered_together("before").await;
    away.server.become_read_only().await.unwrap();
    away.asks_are_answered_locally().await;
    let healed = Instant::now();
    away.server.become_primary().await.unwrap();
    away.is_used_again(healed).await;
    away.asks_are_answered_together("back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_forgets_its_scripts_or_everything_and_goes_on_counting() {
    let away = Away::not_yet().await;
    away.asks_are_answered_together("before").await;
    away.server.ask::<()>(cmd("SCRIPT").arg("FLUSH")).await.unwrap();
    away.asks_are_answered_together("unscripted").await;
    away.server.ask::<()>(&cmd("FLUSHALL")).await.unwrap();
    away.asks_are_answered_together("emptied").await;
    away.server.restart_empty().await.unwrap();
    away.is_used_again(Instant::now()).await;
    away.asks_are_answered_together("back").await;
}
