//! A copy of reset-api that dies between its throttle's word and the request's commit.

use super::setup;
use common::abort::AbortPoint;
use std::sync::Arc;
use tests::cluster::{Catcher, Cluster, Servers, Setup};
use tests::file_clock::FileClock;
use tests::gateway::Gateway;
use tests::process::Home;
use time::Duration;
use tonic::Code;

const ADA: &str = "ada@example.org";
/// How long the throttle refuses for a request that nobody has said was stored.
const UNCONFIRMED: Duration = Duration::seconds(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_out_the_schedule_for_a_request_that_died_with_its_copy() {
    let servers = Servers::start(&Home::Passing).await.unwrap();
    let folder = tests::folder::Folder::new().unwrap();
    let file = folder.path().join("clock");
    let clock = Arc::new(FileClock::open(&file).unwrap());
    let catcher = Catcher::start(&servers.urls(), clock.clone(), None).await.unwrap();
    let setup = Setup { clock: Some(file), ..setup(folder.path(), servers.urls(), catcher.smtp_url()) };
    let mut cluster = Cluster::start(setup).await.unwrap();
    cluster.ready().await.unwrap();
    let other = Gateway::calling(cluster.grpc().unwrap()[1]).unwrap();
    other.create_account(ADA, "seven quiet herons wade").await.unwrap();

    cluster.apis[0].kill().unwrap();
    cluster.apis[0].start_armed(AbortPoint::BeforeAccept, 1).unwrap();
    let place = cluster.apis[0].announced().await.unwrap();
    cluster.apis[0].ready().await.unwrap();
    let dying = Gateway::calling(place.grpc.unwrap()).unwrap();
    dying.request_reset(ADA).await.expect_err("it died over this");

    let refused = other.request_reset(ADA).await.expect_err("the other may still come to store it");
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    clock.advance(UNCONFIRMED).unwrap();
    other.request_reset(ADA).await.expect("no link is on its way, so nobody is refused one");
    catcher.inbox().mailbox().has_mails_to(ADA, 1).await.unwrap();
    cluster.stop().await.unwrap();
}
