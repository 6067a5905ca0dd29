//! Many journeys at once, while a copy of each service is killed.

use super::setup;
use common::clock::SystemClock;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tests::cluster::{Catcher, Cluster, Servers, Setup};
use tests::eventually::eventually;
use tests::gateway::Gateway;
use tests::journeys::{Gateways, account, all_ask, all_complete, make_accounts};
use tests::mailbox::Mailbox;
use tests::process::Home;
use tokio::time::sleep;

/// How many mails a worker has in work, and so how many its death may send twice.
const PERMITS: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_journeys_none_is_lost_when_a_copy_of_each_service_is_killed() {
    walk_through_kills(200).await;
}

mod long_rounds {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "a long round"]
    async fn of_a_thousand_journeys_none_is_lost_when_a_copy_of_each_service_is_killed() {
        super::walk_through_kills(1_000).await;
    }
}

async fn walk_through_kills(journeys: usize) {
    let servers = Servers::start(&Home::Passing).await.unwrap();
    let catcher = Catcher::start(&servers.urls(), Arc::new(SystemClock), None).await.unwrap();
    let folder = tests::folder::Folder::new().unwrap();
    let setup = quick(setup(folder.path(), servers.urls(), catcher.smtp_url()));
    let mut cluster = Cluster::start(setup).await.unwrap();
    cluster.ready().await.unwrap();
    let gateways = Gateways::default();
    gateways.set(calling(&cluster));
    make_accounts(&gateways, journeys).await.unwrap();

    let mailbox = catcher.inbox().mailbox();
    let kills = async {
        when_mailed(mailbox, journeys / 8).await;
        cluster.workers[0].kill().unwrap();
        cluster.apis[0].kill().unwrap();
        gateways.set(calling(&cluster)[1..].to_vec());
        when_mailed(mailbox, journeys / 4).await;
        cluster.apis[0].restart().await.unwrap();
        cluster.workers[0].restart().await.unwrap();
        gateways.set(calling(&cluster));
    };
    let (accepted, ()) = tokio::join!(all_ask(&gateways, journeys), kills);
    let accepted = accepted.unwrap();
    let account = account(&servers.urls().postgres, mailbox, accepted).await.unwrap();
    println!("journeys={journeys} {account}, every copy by the killed worker");
    assert_eq!((account.accepted, account.lost, account.second_mails), (journeys, 0, 0), "{account}");
    assert_eq!(account.mailed, journeys, "nothing was wrong with any address: {account}");
    assert!(account.copies <= PERMITS, "{account}");
    assert_eq!(all_complete(&gateways, mailbox, journeys).await.unwrap(), journeys);
    eventually("gateways are told of every change", async || {
        Ok((told_of(mailbox).await == journeys).then_some(()))
    })
    .await
    .unwrap();
    cluster.stop().await.unwrap();
}

/// Hashes that cost nothing, no limit for so many callers behind one gateway, and a short wait for a killed worker's mails.
pub(super) fn quick(setup: Setup) -> Setup {
    let more = [
        ("RESET_API__HASHING__MEMORY_KIB", "8"),
        ("RESET_API__HASHING__ITERATIONS", "1"),
        ("RESET_API__HASHING__WAITING", "4096"),
        ("RESET_API__THROTTLE__GATEWAY_BURST", "100000"),
        ("MAIL_WORKER__WORK__LEASE_SECONDS", "5"),
    ];
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Setup { more: more.into(), ..setup }
}

/// The accounts of whose change a subscriber was told.
async fn told_of(mailbox: &Mailbox) -> usize {
    let events = mailbox.account_events().await.unwrap();
    let accounts: BTreeSet<_> = events.iter().map(|event| event["AccountID"].to_string()).collect();
    assert!(events.iter().all(|event| event["CredentialsVersion"] == 2), "{events:?}");
    accounts.len()
}

pub(super) fn calling(cluster: &Cluster) -> Vec<Gateway> {
    cluster.grpc().unwrap().into_iter().map(|address| Gateway::calling(address).unwrap()).collect()
}

pub(super) async fn when_mailed(mailbox: &Mailbox, count: usize) {
    while mailbox.count().await.unwrap() < count as u64 {
        sleep(Duration::from_millis(5)).await;
    }
}
