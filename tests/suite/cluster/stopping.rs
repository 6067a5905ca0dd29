//! Stopping: readiness first, then the listeners, then what is under way; a second signal ends at once.

use super::{setup, thousand};
use common::clock::SystemClock;
use nix::sys::signal::Signal;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::cluster::{Catcher, Cluster, Copy, Servers, Setup};
use tests::eventually::eventually;
use tests::gateway::Gateway;
use tests::journeys::{Gateways, account, all_ask, make_accounts};
use tests::process::Home;
use tokio::net::TcpListener;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// What a shell sees of a process that a second signal has ended.
const INTERRUPTED: i32 = 130;
const PASSWORD: &str = "seven quiet herons wade";

/// Sends the signal to stop, and waits until the copy says that it is not ready.
async fn ask_to_stop(copy: &mut Copy) {
    copy.program().unwrap().signal(Signal::SIGTERM).unwrap();
    // One that has ended says nothing.
    let says_no = eventually("it says that it is not ready", async || {
        Ok((copy.says_ready().await == Some(false)).then_some(()))
    });
    says_no.await.unwrap();
}

async fn says_it_serves(copy: &Copy, service: &str) -> bool {
    let address = copy.place().unwrap().grpc.unwrap();
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    let asked = HealthCheckRequest { service: service.to_owned() };
    let told = HealthClient::new(channel).check(asked).await.unwrap();
    told.into_inner().status() == ServingStatus::Serving
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_goes_off_before_the_listeners_close_and_a_second_signal_ends_at_once() {
    let servers = Servers::start(&Home::Passing).await.unwrap();
    // A relay host that takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = format!("smtp://{}?tls=none", silent.local_addr().unwrap());
    let folder = tests::folder::Folder::new().unwrap();
    let setup = Setup {
        worker: 1,
        more: vec![("RESET_API__DRAIN__NOTICE_SECONDS".to_owned(), "10".to_owned())],
        ..setup(folder.path(), servers.urls(), smtp)
    };
    let mut cluster = Cluster::start(setup).await.unwrap();
    cluster.ready().await.unwrap();

    let begun = Instant::now();
    ask_to_stop(&mut cluster.apis[0]).await;
    let late = Gateway::calling(cluster.grpc().unwrap()[0]).unwrap();
    late.create_account("ada@example.org", PASSWORD).await.unwrap();
    late.request_reset("ada@example.org").await.expect("a call that comes within the notice is answered");
    assert!(!says_it_serves(&cluster.apis[0], "readiness").await);
    assert!(says_it_serves(&cluster.apis[0], "liveness").await);
    let status = cluster.apis[0].program().unwrap().ends().await.unwrap();
    assert!(status.success(), "{status}");
    assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());

    ask_to_stop(&mut cluster.apis[1]).await;
    assert_eq!(interrupted(&mut cluster.apis[1]).await, Some(INTERRUPTED));

    let _mail_in_work = silent.accept().await.unwrap();
    ask_to_stop(&mut cluster.workers[0]).await;
    assert!(cluster.workers[0].program().unwrap().runs().unwrap(), "its mail is in work");
    assert_eq!(interrupted(&mut cluster.workers[0]).await, Some(INTERRUPTED));
}

/// Sends another signal; the exit code, which must be there at once.
async fn interrupted(copy: &mut Copy) -> Option<i32> {
    let program = copy.program().unwrap();
    let begun = Instant::now();
    program.signal(Signal::SIGTERM).unwrap();
    let status = program.ends().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    status.code()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_each_service_that_stops_under_load_loses_nothing_and_sends_nothing_twice() {
    let journeys = 200;
    let servers = Servers::start(&Home::Passing).await.unwrap();
    let catcher = Catcher::start(&servers.urls(), Arc::new(SystemClock), None).await.unwrap();
    let folder = tests::folder::Folder::new().unwrap();
    let setup = thousand::quick(setup(folder.path(), servers.urls(), catcher.smtp_url()));
    let mut cluster = Cluster::start(setup).await.unwrap();
    cluster.ready().await.unwrap();
    let gateways = Gateways::default();
    gateways.set(thousand::calling(&cluster));
    make_accounts(&gateways, journeys).await.unwrap();

    let mailbox = catcher.inbox().mailbox();
    let stops = async {
        thousand::when_mailed(mailbox, journeys / 8).await;
        gateways.set(thousand::calling(&cluster)[1..].to_vec());
        let begun = Instant::now();
        let (worker, api) = (&mut cluster.workers[0], &mut cluster.apis[0]);
        // Both end by themselves and well, or this fails.
        let (worker, api) = tokio::join!(worker.stop(), api.stop());
        worker.and(api).unwrap();
        begun.elapsed()
    };
    let (accepted, drained) = tokio::join!(all_ask(&gateways, journeys), stops);
    let account = account(&servers.urls().postgres, mailbox, accepted.unwrap()).await.unwrap();
    println!("journeys={journeys} {account}, both drained in {drained:?}");
    assert!(drained < Duration::from_secs(20), "{drained:?}");
    assert_eq!((account.accepted, account.lost, account.second_mails), (journeys, 0, 0), "{account}");
    assert_eq!((account.mailed, account.copies), (journeys, 0), "{account}");
    cluster.stop().await.unwrap();
}
