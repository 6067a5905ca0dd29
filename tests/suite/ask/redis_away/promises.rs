//! What holds although two throttles have answered.

use super::Away;
use crate::ask::world::{ask, from};
use crate::ask::{DEADLINE, until};
use futures::future::join_all;
use redis::cmd;
use reset_api::address_key::AddressKey;
use reset_api::throttle::{AddressTake, Counter, Receipt, Throttle as _};
use std::time::{Duration, Instant};
use tokio::time::timeout;

const ADA: AddressKey = AddressKey([1; 32]);
const BOB: AddressKey = AddressKey([2; 32]);

fn receipt_of(take: AddressTake) -> Receipt {
    match take {
        AddressTake::Granted { receipt, .. } => receipt,
        other => panic!("{other:?}"),
    }
}

/// The answer was given locally, so a second acceptance would be one too many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thawed_redis_does_not_accept_what_was_answered_meanwhile() {
    let away = Away::not_yet_and_hasty().await;
    // The script must be known, or the late call does nothing anyway.
    receipt_of(away.throttle.take_address(&BOB, None).await);
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
    let taken: Vec<String> = away.server.ask(cmd("KEYS").arg("reset-api:address:*")).await.unwrap();
    assert_eq!(taken.len(), 1, "only the one taken before: {taken:?}");
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_started_over_while_redis_is_away_is_started_over_there_too() {
    let away = Away::not_yet().await;
    let receipt = receipt_of(away.throttle.take_address(&ADA, None).await);
    away.throttle.confirm(&ADA, &receipt).await;
    away.server.crash().unwrap();
    away.throttle.reset_address(&ADA).await;
    away.server.launch().await.unwrap();
    away.is_used_again(Instant::now()).await;
    let begun = Instant::now();
    while let AddressTake::Refused { .. } = away.throttle.take_address(&ADA, None).await {
        assert!(begun.elapsed() < DEADLINE, "its links have ended, and it waits");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(away.counter().await, Counter::Own);
}
