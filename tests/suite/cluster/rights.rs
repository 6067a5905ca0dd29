//! The rights that `deploy/compose/setup` gives each service at Redis and RabbitMQ are enough for all that it does.

use super::setup;
use common::clock::SystemClock;
use redis::cmd;
use reqwest::Url;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tests::cluster::{Catcher, Cluster, Servers, Setup};
use tests::eventually::eventually;
use tests::folder::Folder;
use tests::gateway::Gateway;
use tests::process::Home;
use tests::scrape::Scrape;

const ADA: &str = "ada@example.org";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/compose/setup");
const VHOST: &str = "passwordreset";
const SERVICES: [(&str, &str); 2] = [("reset-api", "RESET_API"), ("mail-worker", "MAIL_WORKER")];

/// Has the functions of `setup` write what it gives the servers, for passwords that are the users' own names.
fn write_rights(folder: &Path) {
    let run = r#"
        eval "$(sed '/^cd /d; /^main$/d' "$1")"
        cd "$2"
        mkdir generated
        api_redis=reset-api worker_redis=mail-worker api_rabbitmq=reset-api worker_rabbitmq=mail-worker
        write_redis_users
        write_rabbitmq_definitions"#;
    let done = Command::new("bash").args(["-c", run, "bash", SCRIPT]).arg(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

async fn give_rights(servers: &Servers, generated: &Path) {
    let definitions = generated.join("rabbitmq-definitions.json");
    servers.rabbitmq.ctl(&["import_definitions", definitions.to_str().unwrap()]).await.unwrap();
    let users = std::fs::read_to_string(generated.join("redis-users.acl")).unwrap();
    // The first is of those who have no password. It comes last: by then the tests themselves may not do this any more.
    for user in users.lines().rev() {
        let words: Vec<_> = user.split_whitespace().skip(1).collect();
        servers.redis.ask::<()>(cmd("ACL").arg("SETUSER").arg(words)).await.unwrap();
    }
}

/// The servers' addresses as this service would have them.
fn urls_of(service: &str, prefix: &str, servers: &Servers) -> [(String, String); 2] {
    let with_user = |url: &str| {
        let mut url = Url::parse(url).unwrap();
        url.set_username(service).unwrap();
        url.set_password(Some(service)).unwrap();
        url
    };
    let urls = servers.urls();
    let mut rabbitmq = with_user(&urls.rabbitmq);
    rabbitmq.set_path(VHOST);
    [
        (format!("{prefix}__REDIS__URL"), with_user(&urls.redis).into()),
        (format!("{prefix}__RABBITMQ__URL"), rabbitmq.into()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rights_that_each_service_is_given_are_enough() {
    let servers = Servers::start(&Home::Passing).await.unwrap();
    let folder = Folder::new().unwrap();
    write_rights(folder.path());
    let catcher = Catcher::start(&servers.urls(), Arc::new(SystemClock), None).await.unwrap();
    give_rights(&servers, &folder.path().join("generated")).await;

    let more =
        SERVICES.into_iter().flat_map(|(service, prefix)| urls_of(service, prefix, &servers)).collect();
    let setup = setup(folder.path(), servers.urls(), catcher.smtp_url());
    let cluster = Cluster::start(Setup { api: 1, worker: 1, more, ..setup }).await.unwrap();
    cluster.ready().await.unwrap();
    for admin in cluster.admin().unwrap() {
        let reached = eventually("every server is reached", async || {
            let connected = Scrape::of(admin).await?.sum("peer_connected");
            Ok((connected == 2.0).then_some(()))
        });
        reached.await.unwrap();
    }
    let gateway = Gateway::calling(cluster.grpc().unwrap()[0]).unwrap();
    gateway.create_account(ADA, "seven quiet herons wade").await.unwrap();
    gateway.request_reset(ADA).await.unwrap();
    let refused = gateway.request_reset(ADA).await.expect_err("the throttle counts in Redis");
    assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
    catcher.inbox().mailbox().has_mails_to(ADA, 1).await.unwrap();
    for figure in ["mail_unprotected_marks_total", "throttle_unanswered_total"] {
        for admin in cluster.admin().unwrap() {
            let scrape = Scrape::of(admin).await.unwrap();
            assert_eq!(scrape.sum(figure), 0.0, "{figure}: a right is missing");
        }
    }
    cluster.stop().await.unwrap();
}
