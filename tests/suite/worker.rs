//! The worker's flow: what each message comes to, in which order, and what the loop survives.

mod fakes;
mod figures;
mod leases;
mod redis_away;
mod relay;
mod relays;
mod trials;

use common::abort::AbortPoints;
use common::brand::Brands;
use common::clock::{Clock as _, SystemClock};
use common::entropy::OsEntropy;
use common::event::{DeliveryOutcome, DeliveryReport, Envelope, EventKind, MailEvent, RequestFacts, Tally};
use common::metrics::silent;
use common::sealing::{MailSecrets, SealContext, Sealed, SealingKey, UnsealingKeys, generate_key_pair};
use common::shutdown::Shutdown;
use common::token::Token;
use fakes::{Answer, FakeDedup, FakeQueue, Journal};
use mail_worker::app::{BuildError, Worker, WorkerPorts, WorkerSettings};
use mail_worker::dedup::{Claim, Dedup, Fence, SentRecord};
use mail_worker::smtp::{Settings, TlsMode, Transport};
use opentelemetry::metrics::Meter;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

const EVENT: Uuid = Uuid::from_u128(7);
const FENCE: Fence = Fence { event_id: EVENT, number: 1 };
/// The port of a relay host that is never asked: nothing listens on discard.
const NOBODY: u16 = 9;
/// Longer than anything here takes.
const DEADLINE: Duration = Duration::from_secs(20);

/// A worker between a queue and a dedup store that can be looked into.
struct World {
    worker: Arc<Worker>,
    queue: Arc<FakeQueue>,
    dedup: Arc<FakeDedup>,
    journal: Arc<Journal>,
    key: SealingKey,
}

impl World {
    fn new(answer: Answer) -> Self {
        Self::with(answer, |_| {})
    }

    fn with(answer: Answer, change: impl FnOnce(&mut WorkerSettings)) -> Self {
        Self::over(answer, |fake| fake, change)
    }

    /// The dedup store is whatever `dedup` makes of the fake one.
    fn over(
        answer: Answer,
        dedup_store: impl FnOnce(Arc<FakeDedup>) -> Arc<dyn Dedup>,
        change: impl FnOnce(&mut WorkerSettings),
    ) -> Self {
        Self::measured(silent(), answer, dedup_store, change)
    }

    /// The same, with a meter that somebody reads.
    fn measured(
        meter: Meter,
        answer: Answer,
        dedup_store: impl FnOnce(Arc<FakeDedup>) -> Arc<dyn Dedup>,
        change: impl FnOnce(&mut WorkerSettings),
    ) -> Self {
        let (private, public) = generate_key_pair(&OsEntropy);
        let keys = UnsealingKeys::default().with(1, &private).unwrap();
        let mut settings =
            WorkerSettings::with_defaults(keys, Brands::built_in().unwrap(), vec![transport(NOBODY)]);
        settings.receive_wait = Duration::from_millis(10);
        change(&mut settings);
        let journal = Arc::<Journal>::default();
        let (queue, dedup) = (FakeQueue::new(journal.clone()), FakeDedup::new(journal.clone(), answer));
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(OsEntropy));
        let dedup_store = dedup_store(dedup.clone());
        let ports = WorkerPorts { queue: queue.clone(), dedup: dedup_store, clock, entropy, meter };
        let worker = Arc::new(Worker::build(settings, ports, AbortPoints::none()).unwrap());
        Self { worker, queue, dedup, journal, key: SealingKey::new(1, &public).unwrap() }
    }

    /// Takes what waits and returns what was done about it, in order.
    async fn handled(&self) -> Vec<String> {
        let waiting = self.queue.waiting();
        let taken = timeout(DEADLINE, self.worker.step()).await.unwrap().unwrap();
        assert_eq!(taken, waiting);
        self.journal.take()
    }

    /// Has it work on and on.
    fn runs(&self) -> Running {
        let (worker, shutdown) = (self.worker.clone(), Shutdown::new());
        let task = tokio::spawn({
            let shutdown = shutdown.clone();
            async move { worker.run(&shutdown).await }
        });
        Running { shutdown, task }
    }

    fn last_report(&self) -> DeliveryReport {
        self.queue.reports.lock().unwrap().last().unwrap().clone()
    }

    fn put(&self, envelope: &Envelope) {
        self.queue.put(envelope.event_id, envelope.encode());
    }

    fn mail(&self, app: &str, left: time::Duration) -> Envelope {
        self.mail_of(EVENT, app, left)
    }

    fn mail_of(&self, event_id: Uuid, app: &str, left: time::Duration) -> Envelope {
        let deliver_by = SystemClock.now() + left;
        let kind = EventKind::ResetLinkIssued;
        let context = SealContext { event_id, kind, app_id: app, locale: "en", deliver_by };
        let secrets = MailSecrets {
            recipient: common::address::EmailAddress::parse("ada@example.org").unwrap(),
            link_base: "https://reset.example".to_owned(),
            reset_token: Some(Token::generate(&OsEntropy)),
            revoke_token: Token::generate(&OsEntropy),
        };
        let sealed = self.key.seal(&OsEntropy, &context, &secrets).unwrap();
        Envelope { event_id, ..envelope(kind, deliver_by, mail_event(app, sealed).encode()) }
    }
}

/// A worker that works until it is stopped.
struct Running {
    shutdown: Shutdown,
    task: JoinHandle<()>,
}

impl Running {
    async fn stop(self) {
        self.shutdown.begin();
        timeout(DEADLINE, self.task).await.unwrap().unwrap();
    }
}

/// To a relay host on this machine, in clear.
fn transport(port: u16) -> Transport {
    Transport::new(Settings::new("127.0.0.1", port, TlsMode::None)).unwrap()
}

fn mail_event(app: &str, sealed: Sealed) -> MailEvent {
    let facts = RequestFacts {
        at: SystemClock.now(),
        browser: String::new(),
        system: String::new(),
        device: String::new(),
        link_lifetime: time::Duration::minutes(30),
    };
    MailEvent { app_id: app.to_owned(), locale: "en".to_owned(), facts, sealed }
}

fn envelope(kind: EventKind, deliver_by: OffsetDateTime, body: bytes::Bytes) -> Envelope {
    let occurred_at = deliver_by - time::Duration::hours(4);
    Envelope {
        event_id: EVENT,
        kind,
        occurred_at,
        deliver_by,
        attempt: 0,
        traceparent: String::new(),
        former_attempt: String::new(),
        tally: Tally::default(),
        body,
    }
}

fn fresh() -> Answer {
    Answer::This(Claim::Fresh(FENCE))
}

fn sent() -> Answer {
    Answer::This(Claim::Sent(SentRecord {
        accepted_at: 1_700_000_000_000_000,
        attempt: 2,
        relay_host: "relay.example:25".to_owned(),
        reply_code: 250,
        enhanced_code: "2.0.0".to_owned(),
        reply_text: "queued as 42".to_owned(),
    }))
}

const HOUR: time::Duration = time::Duration::hours(1);

async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(DEADLINE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

#[tokio::test]
async fn a_poison_message_is_a_dead_letter_at_once() {
    let world = World::new(fresh());
    let dead = ["report DELIVERY_OUTCOME_UNDELIVERABLE", "dead-letter undecodable"];
    let now = SystemClock.now();
    let bodies = [
        b"\xFF\xFF no protobuf".to_vec(),
        vec![0; common::event::MAX_BYTES + 1],
        Vec::new(),
        envelope(EventKind::DeliveryReport, now, bytes::Bytes::new()).encode(),
        envelope(EventKind::ResetLinkIssued, now, b"\xFF".to_vec().into()).encode(),
    ];
    for body in bodies {
        world.queue.put(EVENT, body);
        assert_eq!(world.handled().await, dead);
        assert_eq!(world.last_report().event_id, EVENT);
    }
    world.queue.put(Uuid::nil(), "nobody's");
    assert_eq!(world.handled().await, ["dead-letter undecodable"]);
    assert_eq!(world.dedup.claims.load(Ordering::SeqCst), 0, "nothing of it was claimed");
}

#[tokio::test]
async fn a_mail_past_its_time_is_reported_and_then_kept_aside() {
    let world = World::new(fresh());
    world.put(&world.mail("tapo", -HOUR));
    let expired = ["release", "report DELIVERY_OUTCOME_EXPIRED", "dead-letter expired_before_delivery"];
    assert_eq!(world.handled().await, expired);
}

#[tokio::test]
async fn a_mail_past_its_time_that_may_be_out_is_unknown() {
    let world = World::new(Answer::This(Claim::Resend(FENCE)));
    world.put(&world.mail("tapo", -HOUR));
    assert_eq!(world.handled().await, ["release ambiguous", "report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
}

#[tokio::test]
async fn a_copy_of_a_mail_that_was_sent_is_reported_with_the_same_words_and_acked() {
    let world = World::new(sent());
    let late_copy = Envelope { attempt: 5, ..world.mail("tapo", -HOUR) };
    for mail in [world.mail("tapo", HOUR), late_copy] {
        world.put(&mail);
        assert_eq!(world.handled().await, ["report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
    }
    let reports = world.queue.reports.lock().unwrap().clone();
    assert_eq!(reports[0], reports[1], "the second is a copy of the first, its id included");
    assert_eq!((reports[0].attempt, reports[0].text.as_str()), (2, "queued as 42"));
}

#[tokio::test]
async fn a_mail_whose_dots_had_no_answer_is_unknown_and_not_sent_again() {
    let world = World::new(Answer::This(Claim::OutcomeUnknown));
    world.put(&world.mail("tapo", HOUR));
    assert_eq!(world.handled().await, ["report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
}

#[tokio::test]
async fn a_mail_that_somebody_else_is_sending_waits_unchanged_and_unreported() {
    let world = World::new(Answer::This(Claim::Held(Duration::from_secs(42))));
    let mail = world.mail("tapo", HOUR);
    world.put(&mail);
    assert_eq!(world.handled().await, ["retry after 10 s"]);
    assert_eq!(*world.queue.retried.lock().unwrap(), [mail.encode()]);
}

#[tokio::test]
async fn a_mail_that_cannot_be_made_frees_its_claim_and_is_kept_aside() {
    let world = World::new(fresh());
    let forged = Envelope { event_id: Uuid::from_u128(8), ..world.mail("tapo", HOUR) };
    world.put(&forged);
    let steps = ["release", "report DELIVERY_OUTCOME_UNDELIVERABLE", "dead-letter unsealable"];
    assert_eq!(world.handled().await, steps);
}

#[tokio::test]
async fn a_mail_whose_brand_another_worker_may_have_frees_its_claim_and_comes_again() {
    let world = World::new(fresh());
    world.put(&world.mail("nosuch", HOUR));
    let steps = ["release", "report DELIVERY_OUTCOME_TRANSIENT", "retry after 10 s"];
    assert_eq!(world.handled().await, steps);
    world.put(&world.mail("nosuch", time::Duration::seconds(5)));
    let steps = ["release", "report DELIVERY_OUTCOME_UNDELIVERABLE", "dead-letter unknown_app"];
    assert_eq!(world.handled().await, steps);
}

#[tokio::test]
async fn an_absent_dedup_store_holds_no_mail_back_and_is_counted() {
    let world = World::new(Answer::Away);
    world.put(&world.mail("nosuch", HOUR));
    let went_on = ["report DELIVERY_OUTCOME_TRANSIENT", "retry after 10 s"];
    assert_eq!(world.handled().await, went_on);
    assert_eq!(world.worker.missed_marks(), 1);
}

#[tokio::test]
async fn a_mail_that_makes_the_worker_panic_is_tried_again_and_others_are_handled() {
    let world = World::new(Answer::Panic);
    world.put(&world.mail("tapo", HOUR));
    world.queue.put(EVENT, "poison");
    let mut done = world.handled().await;
    done.sort();
    let both = [
        "dead-letter undecodable",
        "report DELIVERY_OUTCOME_TRANSIENT",
        "report DELIVERY_OUTCOME_UNDELIVERABLE",
        "retry after 10 s",
    ];
    assert_eq!(done, both);
    let retried = world.queue.retried.lock().unwrap()[0].clone();
    assert_eq!(Envelope::decode(retried).unwrap().attempt, 1);
}

#[tokio::test]
async fn a_message_whose_report_is_not_confirmed_is_not_settled_and_comes_again() {
    let world = World::with(sent(), |settings| settings.report_patience = Duration::from_millis(300));
    world.queue.refuse_reports.store(true, Ordering::SeqCst);
    world.put(&world.mail("tapo", HOUR));
    assert_eq!(world.handled().await, Vec::<String>::new());
    until("the message is back", || world.queue.waiting() == 1).await;
    world.queue.refuse_reports.store(false, Ordering::SeqCst);
    assert_eq!(world.handled().await, ["report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
}

/// What the queue takes neither a report of nor a dead letter.
fn put_what_cannot_be_settled(world: &World) {
    world.queue.refuse_dead_letters.store(true, Ordering::SeqCst);
    world.queue.put(Uuid::nil(), "unreported poison");
}

#[tokio::test]
async fn a_consumer_that_is_let_go_keeps_nothing_it_prefetched_though_a_mail_of_its_is_in_work() {
    let world = World::with(sent(), |settings| settings.permits = 3);
    world.dedup.shut();
    let claims = |count| {
        let dedup = world.dedup.clone();
        move || dedup.claims.load(Ordering::SeqCst) == count
    };
    world.put(&world.mail("tapo", HOUR));
    let story = async {
        until("the first is in work", claims(1)).await;
        // The first consumer is let go with a mail in work; the second one has two permits and may prefetch three.
        put_what_cannot_be_settled(&world);
        assert_eq!(world.worker.step().await, Ok(1));
        world.put(&world.mail_of(Uuid::from_u128(8), "tapo", HOUR));
        put_what_cannot_be_settled(&world);
        world.put(&world.mail_of(Uuid::from_u128(9), "tapo", HOUR));
        let back = async {
            until("the second is in work", claims(2)).await;
            until("what was prefetched is back", || world.queue.waiting() == 1).await;
            world.dedup.gate.add_permits(2);
        };
        let (taken, ()) = tokio::join!(world.worker.step(), back);
        assert_eq!(taken, Ok(2));
    };
    let (taken, ()) =
        timeout(DEADLINE * 2, async { tokio::join!(world.worker.step(), story) }).await.unwrap();
    assert_eq!(taken, Ok(1));
}

#[tokio::test]
async fn where_dead_letters_find_no_room_a_confirmed_report_is_enough() {
    let world = World::new(fresh());
    world.queue.refuse_dead_letters.store(true, Ordering::SeqCst);
    world.queue.put(EVENT, "poison");
    assert_eq!(world.handled().await, ["report DELIVERY_OUTCOME_UNDELIVERABLE", "ack"]);
    put_what_cannot_be_settled(&world);
    assert_eq!(world.handled().await, Vec::<String>::new());
    until("the message is back", || world.queue.waiting() == 1).await;
}

#[tokio::test]
async fn a_queue_that_is_away_is_asked_again_until_it_is_back() {
    let world = World::new(sent());
    world.queue.absences.store(2, Ordering::SeqCst);
    world.put(&world.mail("tapo", HOUR));
    let running = world.runs();
    until("the mail is reported", || !world.queue.reports.lock().unwrap().is_empty()).await;
    running.stop().await;
    assert_eq!(world.journal.take(), ["report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
}

#[tokio::test]
async fn a_queue_that_says_it_is_away_is_not_asked_before_it_is_back() {
    let world = World::new(sent());
    world.queue.away.send_replace(true);
    // Whoever asks meanwhile panics.
    world.queue.panics.store(u32::MAX, Ordering::SeqCst);
    world.put(&world.mail("tapo", HOUR));
    let running = world.runs();
    until("the worker waits", || world.queue.away.receiver_count() == 1).await;
    assert_eq!(world.queue.panics.swap(0, Ordering::SeqCst), u32::MAX);
    world.queue.away.send_replace(false);
    until("the mail is reported", || !world.queue.reports.lock().unwrap().is_empty()).await;
    running.stop().await;
}

#[tokio::test]
async fn a_turn_that_panics_is_followed_by_another() {
    let world = World::new(sent());
    world.queue.panics.store(2, Ordering::SeqCst);
    world.put(&world.mail("tapo", HOUR));
    let running = world.runs();
    until("the mail is reported", || !world.queue.reports.lock().unwrap().is_empty()).await;
    running.stop().await;
    assert_eq!(world.journal.take(), ["report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
}

#[tokio::test]
async fn stopping_finishes_what_is_in_work_and_takes_nothing_more() {
    let world = World::with(sent(), |settings| settings.permits = 1);
    world.dedup.shut();
    world.put(&world.mail("tapo", HOUR));
    world.put(&world.mail("tapo", HOUR));
    let shutdown = Shutdown::new();
    let running = world.worker.run(&shutdown);
    let story = async {
        until("the first is in work", || world.dedup.claims.load(Ordering::SeqCst) == 1).await;
        shutdown.begin();
        world.dedup.gate.add_permits(2);
    };
    timeout(DEADLINE, async { tokio::join!(running, story) }).await.unwrap();
    assert_eq!(world.journal.take(), ["report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
    assert_eq!(world.queue.waiting(), 1);
}

#[tokio::test]
async fn what_outlasts_the_grace_period_goes_back_to_the_queue() {
    let world = World::with(sent(), |settings| settings.grace_period = Duration::from_millis(20));
    world.dedup.shut();
    world.put(&world.mail("tapo", HOUR));
    let shutdown = Shutdown::new();
    let running = world.worker.run(&shutdown);
    let story = async {
        until("it is in work", || world.dedup.claims.load(Ordering::SeqCst) == 1).await;
        shutdown.begin();
    };
    timeout(DEADLINE, async { tokio::join!(running, story) }).await.unwrap();
    assert_eq!(world.journal.take(), Vec::<String>::new());
    assert_eq!(world.queue.waiting(), 1);
}

#[tokio::test]
async fn a_lease_that_is_over_at_once_is_refused() {
    let world = World::new(fresh());
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(OsEntropy));
    let (queue, dedup, meter) = (world.queue.clone(), world.dedup.clone(), silent());
    let ports = WorkerPorts { queue, dedup, clock, entropy, meter };
    let brands = Brands::built_in().unwrap();
    let mut settings =
        WorkerSettings::with_defaults(UnsealingKeys::default(), brands, vec![transport(NOBODY)]);
    settings.lease = Duration::ZERO;
    let refused = Worker::build(settings, ports, AbortPoints::none()).err();
    assert!(matches!(refused, Some(BuildError::NoLease)), "{refused:?}");
}

#[tokio::test]
async fn no_more_is_in_work_than_there_are_permits() {
    let world = World::with(sent(), |settings| settings.permits = 3);
    for _ in 0..10 {
        world.put(&world.mail("tapo", HOUR));
    }
    assert_eq!(timeout(DEADLINE, world.worker.step()).await.unwrap(), Ok(3));
    assert_eq!(world.queue.waiting(), 7);
    assert_eq!(world.last_report().outcome, DeliveryOutcome::Accepted);
}
