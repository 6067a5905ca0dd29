//! Sending while the dedup store in Redis is away in one way or another: mails go out, and each mark missed is counted.

use super::relay::{Pause, Says, YES, relay_host, slow_relay_host};
use super::*;
use common::redis_link::{LinkSettings, RedisLink};
use mail_worker::dedup::redis::RedisDedup;
use redis::cmd;
use std::time::Instant;
use tests::eventually::eventually;
use tests::redis_server::RedisServer;

/// How soon a server that is back is used.
const BACK_IN_USE: Duration = Duration::from_secs(2);

/// As in production; and for tests of a server that is gone at once or not at all, on a machine that may be busy.
const HASTY: Duration = Duration::from_millis(150);
const UNHURRIED: Duration = Duration::from_secs(10);

/// A worker over a private Redis.
struct Away {
    server: RedisServer,
    link: Arc<RedisLink>,
    world: World,
    mails: u128,
}

impl Away {
    async fn over(server: RedisServer, timeout: Duration) -> Self {
        Self::before(relay_host(YES).await, server, timeout).await
    }

    /// The relay host is at this port.
    async fn before(port: u16, server: RedisServer, timeout: Duration) -> Self {
        Self::with(server, timeout, |settings| settings.relay_hosts = vec![transport(port)])
    }

    fn with(server: RedisServer, timeout: Duration, change: impl FnOnce(&mut WorkerSettings)) -> Self {
        let settings = LinkSettings { timeout, ..LinkSettings::new(server.url(), "dedup") };
        let link = Arc::new(RedisLink::start(settings, Arc::new(OsEntropy)));
        let dedup = Arc::new(RedisDedup::new(link.clone(), Arc::new(SystemClock)));
        let world = World::over(Answer::Away, |_| dedup, change);
        Self { server, link, world, mails: 0 }
    }

    /// Redis is well.
    async fn not_yet(timeout: Duration) -> Self {
        let away = Self::over(RedisServer::start().await.unwrap(), timeout).await;
        until("redis is connected", || away.link.is_connected()).await;
        away
    }

    /// Sends a mail, which must go out; returns how many marks were missed.
    async fn sends(&mut self) -> u64 {
        self.mails += 1;
        let before = self.world.worker.missed_marks();
        self.world.put(&self.world.mail_of(Uuid::from_u128(self.mails), "tapo", HOUR));
        assert_eq!(self.world.handled().await, ["report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
        self.world.worker.missed_marks() - before
    }

    async fn is_used_again(&mut self, healed: Instant) {
        until("redis is connected", || self.link.is_connected()).await;
        let took = healed.elapsed();
        assert!(took < BACK_IN_USE, "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_away_at_the_start_and_then_killed() {
    let mut away = Away::over(RedisServer::prepare().unwrap(), UNHURRIED).await;
    assert_eq!(away.sends().await, 1, "no claim, and so no other mark");
    away.server.launch().await.unwrap();
    away.is_used_again(Instant::now()).await;
    assert_eq!(away.sends().await, 0);
    away.server.crash().unwrap();
    assert_eq!(away.sends().await, 1);
    away.server.launch().await.unwrap();
    away.is_used_again(Instant::now()).await;
    assert_eq!(away.sends().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_frozen() {
    let mut away = Away::not_yet(HASTY).await;
    away.server.freeze().unwrap();
    assert_eq!((away.sends().await, away.sends().await), (1, 1));
    let healed = Instant::now();
    away.server.thaw().unwrap();
    away.is_used_again(healed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_becomes_read_only() {
    let mut away = Away::not_yet(UNHURRIED).await;
    away.server.become_read_only().await.unwrap();
    assert_eq!((away.sends().await, away.sends().await), (1, 1));
    let healed = Instant::now();
    away.server.become_primary().await.unwrap();
    away.is_used_again(healed).await;
    assert_eq!(away.sends().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_forgets_its_scripts_or_everything() {
    let mut away = Away::not_yet(UNHURRIED).await;
    assert_eq!(away.sends().await, 0);
    away.server.ask::<()>(cmd("SCRIPT").arg("FLUSH")).await.unwrap();
    assert_eq!(away.sends().await, 0, "they are loaded again");
    away.server.ask::<()>(&cmd("FLUSHALL")).await.unwrap();
    assert_eq!(away.sends().await, 0, "nothing that was claimed is lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dot_that_was_lost_while_redis_was_away_leaves_room_for_one_second_copy() {
    let dots = Pause::passed(".");
    let port = slow_relay_host(Says::dot(""), dots.clone()).await;
    let mut away = Away::before(port, RedisServer::prepare().unwrap(), UNHURRIED).await;
    let first = away.world.mail("tapo", HOUR);
    away.world.put(&first);
    let once_more = ["report DELIVERY_OUTCOME_AMBIGUOUS", "retry after 60 s"];
    assert_eq!(away.world.handled().await, once_more);
    away.server.launch().await.unwrap();
    away.is_used_again(Instant::now()).await;
    let second = away.world.queue.retried.lock().unwrap()[0].clone();
    for copy in [second, first.encode().into()] {
        away.world.queue.put(EVENT, copy);
        assert_eq!(away.world.handled().await, ["report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
    }
    assert_eq!(dots.reached.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_tells_of_its_dot_where_nobody_else_can() {
    let dots = Pause::passed(".");
    let port = slow_relay_host(Says::dot(""), dots.clone()).await;
    let away = Away::before(port, RedisServer::prepare().unwrap(), UNHURRIED).await;
    let known = |unanswered_dots| Envelope {
        attempt: 3,
        tally: Tally { unanswered_dots, ..Tally::default() },
        ..away.world.mail("tapo", HOUR)
    };
    away.world.put(&known(1));
    assert_eq!(away.world.handled().await, ["report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
    away.world.put(&known(2));
    assert_eq!(away.world.handled().await, ["report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
    assert_eq!(dots.reached.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_at_one_worker_are_sent_once_while_redis_is_away_and_redis_is_told_when_it_is_back() {
    let dots = Pause::passed(".");
    let port = slow_relay_host(YES, dots.clone()).await;
    let mut away = Away::before(port, RedisServer::prepare().unwrap(), UNHURRIED).await;
    let copy = away.world.mail("tapo", HOUR);
    for _ in 0..3 {
        away.world.put(&copy);
        assert_eq!(away.world.handled().await, ["report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
    }
    let reports = away.world.queue.reports.lock().unwrap().clone();
    assert!(reports.iter().all(|report| *report == reports[0]), "one fact, reported thrice");
    away.server.launch().await.unwrap();
    away.is_used_again(Instant::now()).await;
    assert_eq!(away.sends().await, 0, "the worker notices by its next mail");
    let entry = format!("mail-worker:mail:{}", copy.event_id);
    let told = async || {
        let sent: bool = away.server.ask(cmd("HEXISTS").arg(&entry).arg("accepted_at")).await?;
        Ok(sent.then_some(()))
    };
    eventually("redis is told what was sent without it", told).await.unwrap();
    assert_eq!(dots.reached.load(Ordering::SeqCst), 2, "one of each mail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_sent_before_redis_could_be_told_is_not_sent_again_here() {
    let dots = Pause::after(".");
    let port = slow_relay_host(YES, dots.clone()).await;
    let server = RedisServer::start().await.unwrap();
    let away = Away::before(port, server, UNHURRIED).await;
    until("redis is connected", || away.link.is_connected()).await;
    let copy = away.world.mail("tapo", HOUR);
    away.world.put(&copy);
    let worker = away.world.worker.clone();
    let sending = tokio::spawn(async move { worker.step().await });
    until("the dot is there", || dots.reached.load(Ordering::SeqCst) == 1).await;
    away.server.crash().unwrap();
    dots.over.add_permits(10);
    timeout(DEADLINE, sending).await.unwrap().unwrap().unwrap();
    away.world.put(&copy);
    let sent = ["report DELIVERY_OUTCOME_ACCEPTED", "ack"];
    assert_eq!(away.world.handled().await, [sent, sent].concat());
    assert_eq!(dots.reached.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_copies_at_one_worker_are_not_sent_side_by_side_while_redis_is_away() {
    let dots = Pause::after(".");
    let port = slow_relay_host(YES, dots.clone()).await;
    let away = Away::before(port, RedisServer::prepare().unwrap(), UNHURRIED).await;
    let copy = away.world.mail("tapo", HOUR);
    away.world.put(&copy);
    away.world.put(&copy);
    let worker = away.world.worker.clone();
    let sending = tokio::spawn(async move { worker.step().await });
    until("the second waits", || !away.world.queue.retried.lock().unwrap().is_empty()).await;
    until("the dot is there", || dots.reached.load(Ordering::SeqCst) == 1).await;
    dots.over.add_permits(10);
    timeout(DEADLINE, sending).await.unwrap().unwrap().unwrap();
    let steps = ["retry after 10 s", "report DELIVERY_OUTCOME_ACCEPTED", "ack"];
    assert_eq!(away.world.journal.take(), steps);
    assert_eq!(dots.reached.load(Ordering::SeqCst), 1);
}

/// A relay host that takes its time at the dot and then refuses the mail for now, and a Redis that becomes read-only
/// meanwhile: what the worker has to say of the refusal comes to nobody.
struct Refusing {
    away: Away,
    dots: Arc<Pause>,
    /// The mail as it comes next.
    mail: bytes::Bytes,
}

impl Refusing {
    async fn start() -> Self {
        let dots = Pause::after(".");
        let port = slow_relay_host(Says::dot("451 4.3.0 later"), dots.clone()).await;
        let away = Away::with(RedisServer::start().await.unwrap(), UNHURRIED, |settings| {
            settings.relay_hosts = vec![transport(port)];
            settings.lease = Duration::from_secs(3);
        });
        until("redis is connected", || away.link.is_connected()).await;
        let mail = away.world.mail("tapo", HOUR).encode().into();
        Self { away, dots, mail }
    }

    /// The mail comes, with Redis away as soon as it is with the relay host; returns what is reported.
    async fn report(&mut self, redis_goes: bool) -> String {
        let reached = self.dots.reached.load(Ordering::SeqCst);
        let world = &self.away.world;
        let handled = async {
            loop {
                world.queue.put(EVENT, self.mail.clone());
                match &world.handled().await[..] {
                    [held] => assert!(held.starts_with("retry"), "{held}"),
                    [report, ..] => break report.clone(),
                    [] => panic!("nothing was done"),
                }
            }
        };
        let refused = async {
            until("the dot is there", || self.dots.reached.load(Ordering::SeqCst) > reached).await;
            if redis_goes {
                self.away.server.become_read_only().await.unwrap();
            }
            self.dots.over.add_permits(1);
        };
        let (report, ()) = tokio::join!(handled, refused);
        let retried = world.queue.retried.lock().unwrap().last().cloned();
        self.mail = retried.unwrap_or_else(|| self.mail.clone());
        report
    }

    async fn redis_is_back(&mut self) {
        self.away.server.become_primary().await.unwrap();
        self.away.is_used_again(Instant::now()).await;
    }

    fn unanswered_dots(&self) -> u32 {
        Envelope::decode(self.mail.clone()).unwrap().tally.unanswered_dots
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_was_refused_is_tried_again_however_often_redis_was_away_for_that_moment() {
    let mut refusing = Refusing::start().await;
    for _ in 0..3 {
        assert_eq!(refusing.report(true).await, "report DELIVERY_OUTCOME_TRANSIENT");
        refusing.redis_is_back().await;
    }
    assert_eq!(refusing.unanswered_dots(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_redis_was_not_told_of_is_told_after_another_attempt_without_it() {
    let mut refusing = Refusing::start().await;
    for redis_goes in [true, false] {
        assert_eq!(refusing.report(redis_goes).await, "report DELIVERY_OUTCOME_TRANSIENT");
    }
    refusing.redis_is_back().await;
    assert_eq!(refusing.report(false).await, "report DELIVERY_OUTCOME_TRANSIENT");
    assert_eq!(refusing.unanswered_dots(), 0);
}
