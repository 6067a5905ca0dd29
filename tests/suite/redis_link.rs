//! The link to Redis: what it says of an outage, and to whom.

use crate::ask::until;
use common::entropy::OsEntropy;
use common::redis_link::{LinkError, LinkSettings, RedisLink, script};
use common::server_url::{REDIS, ServerUrl};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::redis_server::{RedisServer, patient_link};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What was logged by this project, a line an event.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("common")
    }
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

fn link(url: ServerUrl) -> RedisLink {
    RedisLink::start(LinkSettings::new(url, "tests"), Arc::new(OsEntropy))
}

/// On one thread, so that the log sees all of the link.
#[tokio::test]
async fn an_outage_is_told_once_and_so_is_its_end() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.clone());
    let server = RedisServer::prepare().unwrap();
    let link = link(server.url());
    let address = server.url().to_string();
    until("the failed start is told", || !log.lines().is_empty()).await;
    server.launch().await.unwrap();
    until("it is connected", || link.is_connected()).await;
    server.crash().unwrap();
    until("the loss is noticed", || !link.is_connected()).await;
    let since = Instant::now();
    until("several tries have failed", || since.elapsed() > Duration::from_secs(1)).await;
    server.launch().await.unwrap();
    until("it is connected again", || link.is_connected()).await;
    let lines = log.lines();
    let levels: Vec<_> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(levels, ["WARN", "INFO", "WARN", "INFO"], "{lines:#?}");
    assert!(lines.iter().all(|line| line.contains(&address)), "{lines:#?}");
    assert!(lines[0].contains("refused") && lines[0].contains("within a second"), "{lines:#?}");
}

#[tokio::test]
async fn a_refused_password_is_told_and_not_repeated() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.clone());
    let server = RedisServer::start().await.unwrap();
    let address = server.url().expose_secret().replace("redis://", "redis://ada:s3cret@");
    let link = link(ServerUrl::parse(&address, REDIS).unwrap());
    until("the failure is told", || !log.lines().is_empty()).await;
    let line = log.lines().remove(0);
    assert!(
        !line.contains("s3cret") && !line.contains("ada") && line.contains("authentication failed"),
        "{line}"
    );
    assert!(!link.is_connected());
}

#[tokio::test]
async fn a_server_that_is_away_costs_a_call_nothing() {
    let link = link(RedisServer::prepare().unwrap().url());
    let begun = Instant::now();
    for _ in 0..10_000 {
        let answer = link.invoke::<i64>(&script("return 1").prepare_invoke()).await;
        assert_eq!(answer, Err(LinkError::Away));
    }
    let each = begun.elapsed() / 10_000;
    assert!(each < Duration::from_millis(1), "{each:?}");
}

#[tokio::test]
async fn a_script_with_a_mistake_is_no_outage() {
    let server = RedisServer::start().await.unwrap();
    let link = patient_link(server.url()).await.unwrap();
    let wrong = link.invoke::<i64>(&script("return nil + 1").prepare_invoke()).await;
    assert!(matches!(wrong, Err(LinkError::Refused(_))), "{wrong:?}");
    assert!(link.is_connected());
    assert_eq!(link.invoke::<i64>(&script("return 1").prepare_invoke()).await, Ok(1));
}
