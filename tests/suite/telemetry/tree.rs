//! The spans of both services make one tree, from the call to the mail server's reply and what is learnt from it.

use crate::crash::STANDALONE;
use anyhow::ensure;
use common::server_url::{POSTGRES, ServerUrl};
use reset_api::store::postgres::migrate;
use std::collections::BTreeSet;
use std::path::Path;
use tests::cluster::{Cluster, Services, Setup, Urls};
use tests::collector::{Collector, Trace};
use tests::eventually::eventually;
use tests::folder::Folder;
use tests::gateway::Gateway;
use tests::postgres::Postgres;
use tests::rabbitmq::RabbitMq;
use tests::redis_server::RedisServer;
use tests::scripted_smtp::{Script, ScriptedSmtp};
use tests::standalone_process::StandaloneFolder;

const ADA: &str = "ada.lovelace@example.org";
const PASSWORD: &str = "analytical engines hum softly";
/// The trace of the gateway that asks, and its place in it.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// Call, accept, issue, publish; and twice: process, send, report, learn.
const SPANS: usize = 12;

/// A relay host that takes the mail at the second attempt.
async fn hesitant_relay() -> anyhow::Result<ScriptedSmtp> {
    let at_first = Script::greeting(&[]).opens().hear_message().say("451 4.3.0 try again later");
    ScriptedSmtp::start(vec![at_first, Script::greeting(&[]).takes_mail()]).await
}

async fn whole_trace(collector: &Collector) -> anyhow::Result<Trace> {
    let whole = eventually("every span has been told", async || {
        let trace = collector.trace(TRACE);
        Ok((trace.spans().len() >= SPANS).then_some(trace))
    });
    whole.await.map_err(|error| error.context(collector.trace(TRACE).tree()))
}

/// One tree below the caller's span.
fn is_one_tree(trace: &Trace) -> anyhow::Result<()> {
    let roots = trace.roots();
    ensure!(roots.len() == 1, "{} roots:\n{}", roots.len(), trace.tree());
    ensure!(CALLER.contains(&roots[0].parent), "the root's parent is not the caller");
    Ok(())
}

fn nothing_more_is_told(collector: &Collector, before: &Trace) -> anyhow::Result<()> {
    let after = collector.trace(TRACE);
    ensure!(
        after == *before,
        "something was told later, or twice:\n{}before:\n{}",
        after.tree(),
        before.tree()
    );
    Ok(())
}

fn is_drawn(name: &str, trace: &Trace) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("tree.{name}"), trace.tree()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_standalone_a_request_is_one_tree_whose_retry_is_linked() -> anyhow::Result<()> {
    let (collector, relay) = (Collector::start().await?, hesitant_relay().await?);
    let mut folder =
        StandaloneFolder::new(STANDALONE)?.relaying_to(relay.port()).telling(collector.endpoint());
    let process = folder.start().await?;
    process.gateway().create_account(ADA, PASSWORD).await?;
    process.gateway().request_reset_within(ADA, CALLER).await?;
    let trace = whole_trace(&collector).await?;
    is_one_tree(&trace)?;
    is_drawn("standalone", &trace);
    process.stop().await?;
    nothing_more_is_told(&collector, &trace)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_cluster_a_request_is_one_tree_and_the_logs_name_its_trace() -> anyhow::Result<()> {
    let (collector, relay) = (Collector::start().await?, hesitant_relay().await?);
    let folder = Folder::new()?;
    let broker = RabbitMq::shared().await?;
    let setup = setup(folder.path(), urls(&broker).await?, &relay, &collector);
    let mut cluster = Cluster::start(setup).await?;
    cluster.ready().await?;
    let gateway = Gateway::calling(cluster.grpc()?[0])?;
    gateway.create_account(ADA, PASSWORD).await?;
    gateway.request_reset_within(ADA, CALLER).await?;

    let trace = whole_trace(&collector).await?;
    is_one_tree(&trace)?;
    is_drawn("cluster", &trace);
    let instances: BTreeSet<_> = trace.spans().iter().map(|span| &span.instance).collect();
    ensure!(instances.len() >= 2, "two services are at least two instances");

    let mut logs = String::new();
    for copy in &mut cluster.workers {
        logs += &copy.program()?.log();
    }
    let handled: Vec<&str> = logs.lines().filter(|line| line.contains("handled a mail")).collect();
    ensure!(handled.len() == 2, "two attempts: {handled:?}");
    let named = format!(r#"{{"trace_id":"{TRACE}","span_id":""#);
    ensure!(handled.iter().all(|line| line.starts_with(&named)), "without a trace: {handled:?}");
    cluster.stop().await?;
    nothing_more_is_told(&collector, &trace)?;
    Ok(())
}

async fn urls(broker: &RabbitMq) -> anyhow::Result<Urls> {
    let migrated = async |url: &str| Ok(migrate(&ServerUrl::parse(url, POSTGRES)?).await?);
    Ok(Urls {
        postgres: Postgres::shared().await?.fresh_database(migrated).await?,
        redis: RedisServer::shared().await?.fresh_database().expose_secret().to_owned(),
        rabbitmq: broker.amqp_url(),
        prefix: "traced.".to_owned(),
    })
}

fn setup(folder: &Path, urls: Urls, relay: &ScriptedSmtp, collector: &Collector) -> Setup {
    let mut more = Vec::new();
    for service in ["RESET_API", "MAIL_WORKER"] {
        let set = |key: &str, value: String| (format!("{service}__{key}"), value);
        more.push(set("TELEMETRY__OTLP_ENDPOINT", collector.endpoint()));
        more.push(set("LOG__FORMAT", "json".to_owned()));
        // On a busy machine a call to Redis may take longer than production allows.
        more.push(set("REDIS__TIMEOUT_MS", "5000".to_owned()));
    }
    Setup {
        services: Services { file: env!("CARGO_BIN_EXE_service_under_test").into(), before: Vec::new() },
        folder: folder.to_owned(),
        urls,
        smtp: format!("smtp://127.0.0.1:{}?tls=none", relay.port()),
        api: 2,
        worker: 2,
        clock: None,
        more,
    }
}
