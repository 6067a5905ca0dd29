//! The load: who asks when, from the seed; and what each was answered.

use crate::cluster::accounts::address;
use crate::dice::Dice;
use crate::journeys::{Gateways, is_passing};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tonic::{Code, Status};
use uuid::Uuid;

/// Requests a second.
const RATE: u64 = 20;
/// How many of a thousand ask for an address that no account has.
const UNKNOWN: u64 = 80;
/// How many of a thousand ask again for an address that was just asked for.
const REPEATED: u64 = 60;
/// How long a gateway waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it asks under one id before it gives up.
const TRIES: u32 = 4;
/// How long it waits before it asks again.
const PAUSE: Duration = Duration::from_millis(400);

/// One request of the plan.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    at: Duration,
    pub(super) address: String,
    id: Uuid,
}

/// A request that was made.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) address: String,
    pub(super) begun: Instant,
    pub(super) answer: Answer,
}

/// What its gateway knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    Refused(Code),
    /// Nobody answered: it may have been accepted.
    Unanswered,
}

/// The requests of a run, and how many accounts they need.
pub(super) fn plan(seed: u64, load: Duration) -> (Vec<Ask>, u32) {
    let (mut dice, mut accounts) = (Dice::of(seed, "load"), 0_u32);
    let mut asks: Vec<Ask> = Vec::new();
    let beat = Duration::from_millis(1_000 / RATE);
    let mut at = Duration::ZERO;
    while at < load {
        let kind = dice.below(1_000);
        let address = if kind < UNKNOWN {
            format!("nobody-{}@example.org", asks.len())
        } else if kind < UNKNOWN + REPEATED && asks.len() > 10 {
            let before = asks.len() - 1 - dice.one_of(10);
            asks[before].address.clone()
        } else {
            accounts += 1;
            address(accounts - 1)
        };
        let id = Uuid::from_u128(u128::from(dice.roll()) << 64 | u128::from(dice.roll()));
        asks.push(Ask { at: at + dice.within(&(Duration::ZERO..beat)), address, id });
        at += beat;
    }
    (asks, accounts)
}

/// Asks as planned, and returns when every gateway has an answer or has given up.
pub(super) async fn run(asks: Vec<Ask>, gateways: Gateways, begun: Instant) -> Vec<Asked> {
    let mut under_way: JoinSet<Asked> =
        asks.into_iter().map(|ask| one(ask, gateways.clone(), begun)).collect();
    let mut asked = Vec::new();
    while let Some(done) = under_way.join_next().await {
        asked.extend(done.ok());
    }
    asked
}

async fn one(ask: Ask, gateways: Gateways, begun: Instant) -> Asked {
    sleep_until(begun + ask.at).await;
    let asked_at = Instant::now();
    let answer = until_answered(&gateways, &ask.address, &ask.id.to_string()).await;
    Asked { address: ask.address, begun: asked_at, answer }
}

/// Asks under one id, so that asking again costs nothing where the first try was accepted.
pub(super) async fn until_answered(gateways: &Gateways, address: &str, id: &str) -> Answer {
    for _ in 0..TRIES {
        let Ok(gateway) = gateways.next() else { break };
        let answer = timeout(PATIENCE, gateway.request_reset_as(address, id)).await;
        match answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer"))) {
            Ok(()) => return Answer::Accepted,
            Err(status) if status.code() == Code::ResourceExhausted || !is_passing(status.code()) => {
                return Answer::Refused(status.code());
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
    Answer::Unanswered
}
