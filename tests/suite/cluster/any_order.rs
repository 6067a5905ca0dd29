//! Servers that are not there when the services start.

use super::setup;
use common::clock::SystemClock;
use std::sync::Arc;
use tests::cluster::{Catcher, Cluster, Copy, Setup, Urls};
use tests::eventually::eventually;
use tests::gateway::Gateway;
use tests::ports::free_port;
use tests::postgres::Postgres;
use tests::rabbitmq::RabbitMq;
use tests::redis_server::RedisServer;
use tests::relay_inbox::RelayInbox;

const ADA: &str = "ada@example.org";

async fn servers_that_do_not_run() -> (Postgres, RedisServer, RabbitMq, Urls) {
    let postgres = Postgres::start().await.unwrap();
    postgres.crash().unwrap();
    let (redis, rabbitmq) = (RedisServer::prepare().unwrap(), RabbitMq::prepare().unwrap());
    let urls = Urls {
        postgres: postgres.url("postgres"),
        redis: redis.url().expose_secret().to_owned(),
        rabbitmq: rabbitmq.amqp_url(),
        prefix: String::new(),
    };
    (postgres, redis, rabbitmq, urls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_wait_for_their_servers_say_for_which_and_come_up_in_any_order() {
    let (postgres, redis, rabbitmq, urls) = servers_that_do_not_run().await;
    let folder = tests::folder::Folder::new().unwrap();
    let smtp = "smtp://127.0.0.1:1?tls=none".to_owned();
    let mut cluster = Cluster::start_unmigrated(setup(folder.path(), urls.clone(), smtp)).await.unwrap();

    let api = ["postgres at postgres://127.0.0.1:", "amqp://127.0.0.1:", "redis://127.0.0.1:"];
    for copy in &mut cluster.apis {
        says_what_it_waits_for(copy, &api).await;
    }
    for copy in &mut cluster.workers {
        says_what_it_waits_for(copy, &api[1..]).await;
    }
    assert_eq!(cluster.count_ready().await, (0, 0));

    // The worker's servers first, then the database, empty at first.
    redis.launch().await.unwrap();
    rabbitmq.launch().await.unwrap();
    eventually("the workers are ready", async || Ok((cluster.count_ready().await == (0, 2)).then_some(())))
        .await
        .unwrap();
    postgres.launch().await.unwrap();
    for copy in &mut cluster.apis {
        says(copy, "run reset-api migrate").await;
    }
    cluster.migrate().await.unwrap();
    cluster.ready().await.unwrap();

    // One more: the relay host. The mail waits for it without using up an attempt.
    let gateway = Gateway::calling(cluster.grpc().unwrap()[1]).unwrap();
    gateway.create_account(ADA, "seven quiet herons wade").await.unwrap();
    gateway.request_reset(ADA).await.unwrap();
    let catcher = Catcher::start(&urls, Arc::new(SystemClock), None).await.unwrap();
    for worker in &mut cluster.workers {
        says(worker, "the relay host cannot be used").await;
    }
    cluster.relay_through(catcher.smtp_url()).await.unwrap();
    catcher.inbox().mailbox().has_mails_to(ADA, 1).await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_way_round_requests_are_taken_before_the_broker_is_there_and_mailed_once_the_relay_host_is()
{
    let (postgres, redis, rabbitmq, urls) = servers_that_do_not_run().await;
    let folder = tests::folder::Folder::new().unwrap();
    let relay_host = free_port().unwrap();
    let smtp = format!("smtp://127.0.0.1:{relay_host}?tls=none");
    let setup = Setup { worker: 1, ..setup(folder.path(), urls, smtp) };
    let mut cluster = Cluster::start_unmigrated(setup).await.unwrap();

    // The database alone is enough to take requests.
    postgres.launch().await.unwrap();
    cluster.migrate().await.unwrap();
    eventually("reset-api is ready", async || Ok((cluster.count_ready().await == (2, 0)).then_some(())))
        .await
        .unwrap();
    let gateway = Gateway::calling(cluster.grpc().unwrap()[0]).unwrap();
    gateway.create_account(ADA, "seven quiet herons wade").await.unwrap();
    gateway.request_reset(ADA).await.unwrap();

    rabbitmq.launch().await.unwrap();
    says(&mut cluster.workers[0], "the relay host cannot be used").await;
    redis.launch().await.unwrap();
    // Nobody is restarted for it.
    let inbox = RelayInbox::start_on(relay_host).await.unwrap();
    inbox.mailbox().has_mails_to(ADA, 1).await.unwrap();
    cluster.ready().await.unwrap();
    cluster.stop().await.unwrap();
}

async fn says(copy: &mut Copy, text: &str) {
    let said = eventually(text, async || Ok(copy.program()?.log().contains(text).then_some(()))).await;
    assert!(said.is_ok(), "it does not say {text:?}: {}", copy.program().unwrap().log());
}

/// A line for each server: which, where, and that it is tried again; never a stack trace, and the process goes on.
async fn says_what_it_waits_for(copy: &mut Copy, places: &[&str]) {
    for place in places {
        says(copy, place).await;
    }
    let program = copy.program().unwrap();
    let log = program.log();
    assert!(!log.contains("panicked") && !log.contains("backtrace"), "{log}");
    for line in log.lines().filter(|line| line.contains("WARN")) {
        assert!(
            line.contains("again") || line.contains("refused"),
            "it does not say when it tries again: {line}"
        );
    }
    assert!(program.runs().unwrap());
}
