//! Reports become the timeline, and settle only when they are in it.

use super::world::{Mail, World, step};
use crate::ask::DEADLINE;
use async_trait::async_trait;
use bytes::Bytes;
use common::clock::Clock as _;
use common::event::{
    DeliveryOutcome, DeliveryReport, Envelope, EventKind, MailRedriven, OperatorAct, OperatorAction,
};
use common::queue::{Consumer, Death, Delivery, Message, Queue, QueueError, Route, Source};
use reset_api::relay::SILENCE;
use reset_api::reports::Reports;
use reset_api::store::{Revoked, Store as _, TokenState};
use reset_api::token_digest::TokenDigest;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use standalone::queue::{Depth, QueueDb, SqliteQueue};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tests::dead_letters::dead_letters;
use tokio::time::timeout;
use uuid::Uuid;

async fn queue_of(world: &World) -> Arc<SqliteQueue> {
    let db = QueueDb::open(&world.folder.path().join("queue.db"), world.clock.clone()).await.unwrap();
    Arc::new(SqliteQueue::new(&db))
}

async fn publish(queue: &SqliteQueue, batch: Vec<Message>) {
    let count = batch.len();
    assert_eq!(queue.publish(Route::Reports, batch).await, vec![Ok(()); count]);
}

/// Waits until the queue of reports looks like that.
async fn reports_are(queue: &SqliteQueue, depth: Depth) {
    let waiting = async {
        while queue.depths().await.unwrap().reports != depth {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(DEADLINE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for {depth:?}"));
}

/// New links, each with the worker's report that its mail was accepted.
async fn accepted(world: &World, count: u64) -> Vec<(Mail, Message)> {
    world.links(count).await;
    let mails = world.published().await;
    assert_eq!(mails.len() as u64, count);
    let report = |mail: &Mail| world.a_report(mail.envelope.event_id, DeliveryOutcome::Accepted);
    mails
        .into_iter()
        .map(|mail| (world.reported(&report(&mail)), mail))
        .map(|(told, mail)| (mail, told))
        .collect()
}

/// The link's clock has started: it lives for its lifetime from now.
async fn assert_started(world: &World, mail: &Mail) {
    let TokenState::Live(live) = world.reset_state(mail).await else { panic!("the link is live") };
    assert_eq!(live.expires_at, world.clock.now() + mail.event.facts.link_lifetime);
}

#[tokio::test]
async fn a_report_starts_the_link_s_clock_and_ends_the_event() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let (mail, told) = accepted(&world, 1).await.remove(0);
    publish(&queue, vec![told]).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 1);
    assert_started(&world, &mail).await;
    reports_are(&queue, Depth::default()).await;
    world.advance(SILENCE);
    assert_eq!(step(&world.relay()).await.unwrap(), 0);
    assert_eq!(step(&reports).await.unwrap(), 0);
}

/// Messages that are no reports, each in its own way.
fn unreadable(world: &World) -> Vec<Message> {
    let id = Uuid::from_u128;
    let report = world.a_report(id(9), DeliveryOutcome::Accepted);
    let outcome = DeliveryOutcome::Unspecified;
    vec![
        Message { id: id(1), type_name: "DeliveryReport", body: Bytes::from_static(b"\xFF no protobuf") },
        Message { id: id(2), type_name: "DeliveryReport", body: Bytes::new() },
        world.message(id(3), EventKind::ResetLinkIssued, report.encode()),
        world.message(id(4), EventKind::DeliveryReport, Bytes::from_static(b"\xFF")),
        world.message(id(5), EventKind::DeliveryReport, DeliveryReport { outcome, ..report }.encode()),
    ]
}

#[tokio::test]
async fn unreadable_reports_are_dead_letters_and_block_nobody() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let (mails, told): (Vec<_>, Vec<_>) = accepted(&world, 5).await.into_iter().unzip();
    let batch = told.into_iter().zip(unreadable(&world)).flat_map(|(told, poison)| [poison, told]);
    publish(&queue, batch.collect()).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 10);
    for mail in &mails {
        assert_started(&world, mail).await;
    }
    reports_are(&queue, Depth { dead: 5, ..Depth::default() }).await;
    let letters = dead_letters(&*queue).await.unwrap();
    assert_eq!(letters.len(), 5);
    for letter in letters {
        assert_eq!((letter.source, &letter.reason[..]), (Some(Source::Reports), "undecodable"));
        assert!(letter.died_at.is_some() && !letter.last_words.is_empty(), "{letter:?}");
    }
}

#[tokio::test]
async fn a_store_that_is_away_leaves_every_report_in_the_queue() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let (mails, told): (Vec<_>, Vec<_>) = accepted(&world, 3).await.into_iter().unzip();
    publish(&queue, told).await;
    world.store.close().await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert!(step(&reports).await.is_err());
    reports_are(&queue, Depth { ready: 3, ..Depth::default() }).await;

    let world = World { store: world.reopened().await, ..world };
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 3);
    for mail in &mails {
        assert_started(&world, mail).await;
    }
    reports_are(&queue, Depth::default()).await;
}

/// A store that can take so many reports at one instant and no more, as a slow one cannot within its time.
async fn slow_from(world: &World, reports: usize) -> SqliteConnection {
    let url = format!("sqlite://{}", world.folder.path().join("store.db").display());
    let mut db = SqliteConnection::connect(&url).await.unwrap();
    let trigger = format!(
        "CREATE TRIGGER slow BEFORE INSERT ON delivery_attempts
         WHEN (SELECT count(*) FROM delivery_attempts WHERE received_at = NEW.received_at) >= {reports}
         BEGIN SELECT RAISE(ABORT, 'too slow'); END"
    );
    sqlx::query(AssertSqlSafe(trigger)).execute(&mut db).await.unwrap();
    db
}

/// Steps, each at an instant of its own, until every report is settled: how many each step learned, or that it failed.
async fn learned_in(world: &World, queue: &SqliteQueue, reports: &Reports) -> Vec<Option<u64>> {
    let mut steps = vec![];
    while queue.depths().await.unwrap().reports != Depth::default() {
        assert!(steps.len() < 200, "it does not get on: {steps:?}");
        world.advance(time::Duration::microseconds(1));
        steps.push(step(reports).await.ok());
    }
    steps
}

/// So many reports wait in the queue.
async fn many_reports(world: &World, queue: &SqliteQueue, count: u64) {
    let (mail, _) = accepted(world, 1).await.remove(0);
    let report = || world.a_report(mail.envelope.event_id, DeliveryOutcome::Transient);
    publish(queue, (0..count).map(|_| world.reported(&report())).collect()).await;
}

#[tokio::test]
async fn what_is_too_much_at_once_is_learned_in_smaller_batches_that_grow_again() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    many_reports(&world, &queue, 1_000).await;
    let mut db = slow_from(&world, 34).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    let steps = learned_in(&world, &queue, &reports).await;
    let begin = [None, None, None, Some(32), Some(33), Some(34), None, Some(17), Some(18)];
    assert_eq!(steps[..begin.len()], begin, "256, 128 and 64 are too many, and so is 35");
    assert_eq!(steps.iter().flatten().sum::<u64>(), 1_000);
    let failed = steps.iter().filter(|step| step.is_none()).count();
    assert!(failed < 8, "it seldom tries more than it can: {steps:?}");

    sqlx::query("DROP TRIGGER slow").execute(&mut db).await.unwrap();
    let more = || world.reported(&world.a_report(Uuid::nil(), DeliveryOutcome::Transient));
    publish(&queue, (0..2_500).map(|_| more()).collect()).await;
    let steps = learned_in(&world, &queue, &reports).await;
    assert!(!steps.contains(&None) && steps.iter().flatten().max() > Some(&60), "{steps:?}");
}

#[tokio::test]
async fn however_slow_the_store_is_one_report_at_a_time_gets_through() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    many_reports(&world, &queue, 5).await;
    slow_from(&world, 1).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    let steps = learned_in(&world, &queue, &reports).await;
    assert_eq!(steps.iter().flatten().sum::<u64>(), 5);
}

#[tokio::test]
async fn a_queue_that_is_away_fails_the_step() {
    let world = World::new().await;
    assert!(
        step(&Reports::new(world.store.clone(), world.queue.clone(), world.clock.clone())).await.is_err()
    );
}

#[tokio::test]
async fn however_long_the_store_is_away_no_report_is_delivered_for_it() {
    let world = World::new().await;
    let watched = Arc::new(Watched::new(queue_of(&world).await));
    let (mails, told): (Vec<_>, Vec<_>) = accepted(&world, 3).await.into_iter().unzip();
    let reports = Reports::new(world.store.clone(), watched.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 0, "it waits for reports when the store goes");
    publish(&watched.inner, told).await;
    world.store.close().await;
    for _ in 0..50 {
        assert!(step(&reports).await.is_err());
    }
    assert_eq!(watched.delivered(), 3, "each once, by the step that found out");
    reports_are(&watched.inner, Depth { ready: 3, ..Depth::default() }).await;

    let world = World { store: world.reopened().await, ..world };
    let reports = Reports::new(world.store.clone(), watched.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 3);
    for mail in &mails {
        assert_started(&world, mail).await;
    }
    assert_eq!(watched.delivered(), 6);
}

/// A queue that counts what it delivers, and may have no room for dead letters.
struct Watched {
    inner: Arc<SqliteQueue>,
    delivered: Arc<AtomicUsize>,
    full: bool,
}

impl Watched {
    fn new(inner: Arc<SqliteQueue>) -> Self {
        Self { inner, delivered: Arc::default(), full: false }
    }

    fn delivered(&self) -> usize {
        self.delivered.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Queue for Watched {
    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        self.inner.publish(route, batch).await
    }

    async fn consume(&self, source: Source, prefetch: u16) -> Result<Box<dyn Consumer>, QueueError> {
        let inner = self.inner.consume(source, prefetch).await?;
        Ok(Box::new(WatchedConsumer { inner, delivered: self.delivered.clone(), full: self.full }))
    }
}

struct WatchedConsumer {
    inner: Box<dyn Consumer>,
    delivered: Arc<AtomicUsize>,
    full: bool,
}

#[async_trait]
impl Consumer for WatchedConsumer {
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, QueueError> {
        let received = self.inner.receive(max, wait).await?;
        self.delivered.fetch_add(received.len(), Ordering::SeqCst);
        Ok(received)
    }

    async fn stop(&self) -> Result<(), QueueError> {
        self.inner.stop().await
    }

    async fn ack(&self, delivery: &Delivery) -> Result<(), QueueError> {
        self.inner.ack(delivery).await
    }

    async fn retry(&self, delivery: &Delivery, body: Bytes, after: Duration) -> Result<(), QueueError> {
        self.inner.retry(delivery, body, after).await
    }

    async fn dead_letter(&self, delivery: &Delivery, death: &Death) -> Result<(), QueueError> {
        if self.full { Err(QueueError::Full) } else { self.inner.dead_letter(delivery, death).await }
    }
}

#[tokio::test]
async fn an_unreadable_report_that_cannot_be_set_aside_blocks_nobody_either() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let (mail, told) = accepted(&world, 1).await.remove(0);
    publish(&queue, vec![unreadable(&world).remove(0), told]).await;
    let full = Watched { full: true, ..Watched::new(queue.clone()) };
    let reports = Reports::new(world.store.clone(), Arc::new(full), world.clock.clone());
    assert!(step(&reports).await.is_err());
    assert_started(&world, &mail).await;
    reports_are(&queue, Depth { ready: 1, ..Depth::default() }).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 1);
    reports_are(&queue, Depth { dead: 1, ..Depth::default() }).await;
}

fn an_act(world: &World, id: Uuid, act: OperatorAct, event_id: Option<Uuid>) -> OperatorAction {
    let (at, operator, detail) = (world.clock.now(), "grace".to_owned(), "letter 7".to_owned());
    OperatorAction { id, at, operator, act, event_id, detail }
}

#[tokio::test]
async fn what_an_operator_did_is_written_down_once_and_what_nobody_did_is_set_aside() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let id = Uuid::from_u128(5);
    let action = an_act(&world, id, OperatorAct::DeadLetterDropped, None);
    let told = world.message(id, EventKind::OperatorAction, action.encode());
    let nothing = world.message(Uuid::from_u128(6), EventKind::OperatorAction, Bytes::new());
    publish(&queue, vec![told.clone(), nothing, told]).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 3);
    reports_are(&queue, Depth { dead: 1, ..Depth::default() }).await;
    assert_eq!(world.store.purge_audit(10, -time::Duration::seconds(1)).await.unwrap(), 1, "one entry");
}

/// What an operator tells who redrives a mail.
fn redriven(world: &World, id: u128, mail: &Mail) -> Message {
    let (id, event_id) = (Uuid::from_u128(id), mail.envelope.event_id);
    let action = an_act(world, id, OperatorAct::DeadLetterRedriven, Some(event_id));
    let redriven = MailRedriven { action, envelope: mail.envelope.redriven() };
    world.message(id, EventKind::MailRedriven, redriven.encode())
}

#[tokio::test]
async fn a_redriven_mail_goes_out_again_sealed_as_before_in_its_next_life_and_only_once() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let mail = world.a_mail().await;
    let died = world.reported(&world.a_report(mail.envelope.event_id, DeliveryOutcome::Undeliverable));
    let again = redriven(&world, 5, &mail);
    publish(&queue, vec![died, again.clone(), again, redriven(&world, 6, &mail)]).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 4);
    reports_are(&queue, Depth::default()).await;

    let mut published = world.published().await;
    assert_eq!(published.len(), 1);
    let again = published.remove(0);
    assert_eq!((again.envelope.attempt, again.envelope.tally.redrives), (0, 1));
    let traceparent = again.envelope.traceparent.clone();
    assert_eq!(again.envelope, Envelope { traceparent, ..mail.envelope.redriven() });
    assert_eq!(world.published().await.len(), 0);
    let told =
        DeliveryReport { redrives: 1, ..world.a_report(mail.envelope.event_id, DeliveryOutcome::Accepted) };
    publish(&queue, vec![world.reported(&told)]).await;
    assert_eq!(step(&reports).await.unwrap(), 1);
    assert_started(&world, &mail).await;
    world.advance(SILENCE);
    assert_eq!(world.published().await.len(), 0, "it has arrived");
    assert_eq!(world.store.purge_audit(10, -time::Duration::seconds(1)).await.unwrap(), 2, "two acts");
}

#[tokio::test]
async fn a_redriven_mail_whose_link_was_ended_meanwhile_does_not_go_out() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let mail = world.a_mail().await;
    let revoke = TokenDigest::of(&mail.secrets.revoke_token);
    assert_eq!(world.store.revoke_request(&revoke).await.unwrap(), Revoked::Done);
    publish(&queue, vec![redriven(&world, 5, &mail)]).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 1);
    world.advance(SILENCE);
    assert_eq!(world.published().await.len(), 0);
    reports_are(&queue, Depth::default()).await;
    assert_eq!(world.store.purge_audit(10, -time::Duration::seconds(1)).await.unwrap(), 1, "it is told");
}

#[tokio::test]
async fn a_redrive_of_another_mail_than_it_says_is_set_aside() {
    let world = World::new().await;
    let queue = queue_of(&world).await;
    let mail = world.a_mail().await;
    let id = Uuid::from_u128(5);
    let action = an_act(&world, id, OperatorAct::DeadLetterRedriven, Some(Uuid::from_u128(9)));
    let forged = MailRedriven { action, envelope: mail.envelope.redriven() };
    publish(&queue, vec![world.message(id, EventKind::MailRedriven, forged.encode())]).await;
    let reports = Reports::new(world.store.clone(), queue.clone(), world.clock.clone());
    assert_eq!(step(&reports).await.unwrap(), 1);
    reports_are(&queue, Depth { dead: 1, ..Depth::default() }).await;
    assert_eq!(world.published().await.len(), 0);
}
