//! A mail stays its worker's for as long as the worker is at it, and no longer.

use super::fakes::Renewal;
use super::relay::{Pause, Says, YES, relay_host, slow_relay_host};
use super::*;
use common::clock::Clock;
use standalone::dedup::SqliteDedup;
use standalone::queue::QueueDb;
use std::sync::atomic::AtomicI64;
use tempfile::TempDir;
use tests::eventually::eventually;

/// Renewed every 100 ms; only [`StillClock`] makes it run out.
const LEASE: Duration = Duration::from_millis(300);
/// What comes of a mail that is held under [`LEASE`].
const HELD: [&str; 1] = ["retry after 1 s"];
const ACCEPTED: [&str; 2] = ["report DELIVERY_OUTCOME_ACCEPTED", "ack"];
/// So long that nothing is renewed while a test runs: what a frozen worker does.
const FROZEN: Duration = Duration::from_secs(3600);

/// Stands still unless it is moved.
#[derive(Debug, Default)]
struct StillClock(AtomicI64);

impl Clock for StillClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000) + self.offset()
    }

    fn offset(&self) -> time::Duration {
        time::Duration::microseconds(self.0.load(Ordering::SeqCst))
    }
}

/// The store that workers share.
struct Shared {
    dedup: Arc<SqliteDedup>,
    clock: Arc<StillClock>,
    _folder: TempDir,
}

impl Shared {
    async fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::<StillClock>::default());
        let db = QueueDb::open(&folder.path().join("queue.db"), clock.clone()).await.unwrap();
        Self { dedup: Arc::new(SqliteDedup::new(&db)), clock, _folder: folder }
    }

    /// A worker that has the mail before it.
    fn worker(&self, port: u16, lease: Duration) -> World {
        let dedup = self.dedup.clone();
        let world = World::over(
            Answer::Away,
            |_| dedup,
            |settings| {
                settings.relay_hosts = vec![transport(port)];
                settings.lease = lease;
                settings.grace_period = Duration::ZERO;
            },
        );
        world.put(&world.mail("tapo", HOUR));
        world
    }

    fn pass(&self, time: Duration) {
        self.clock.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// How much is left of the claim on the mail.
    async fn left(&self) -> Duration {
        match self.dedup.claim(EVENT, 0, LEASE).await.unwrap() {
            Claim::Held(left) => left,
            free => panic!("not held: {free:?}"),
        }
    }

    async fn until_renewed(&self) {
        eventually("it is renewed", async || Ok((self.left().await == LEASE).then_some(()))).await.unwrap();
    }
}

async fn until_reached(pause: &Pause) {
    until("the relay host takes its time", || pause.reached.load(Ordering::SeqCst) > 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_in_work_for_longer_than_its_lease_is_nobody_else_s() {
    let (shared, pause) = (Shared::new().await, Pause::after("RCPT"));
    let first = shared.worker(slow_relay_host(YES, pause.clone()).await, LEASE);
    let second = shared.worker(NOBODY, LEASE);
    let story = async {
        until_reached(&pause).await;
        for _ in 0..3 {
            shared.pass(LEASE * 2 / 3);
            assert_eq!(second.handled().await, HELD);
            shared.until_renewed().await;
            second.put(&second.mail("tapo", HOUR));
        }
        pause.over.add_permits(1);
    };
    let (done, ()) = tokio::join!(first.handled(), story);
    assert_eq!(done, ACCEPTED);
    assert_eq!(second.handled().await, ACCEPTED, "told again, not sent again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_of_a_worker_that_is_gone_is_free_within_a_lease() {
    let (shared, pause) = (Shared::new().await, Pause::after("RCPT"));
    let gone = shared.worker(slow_relay_host(YES, pause.clone()).await, LEASE);
    let shutdown = Shutdown::new();
    let story = async {
        until_reached(&pause).await;
        shared.pass(LEASE * 2 / 3);
        shared.until_renewed().await;
        shutdown.begin();
    };
    tokio::join!(gone.worker.run(&shutdown), story);
    let second = shared.worker(relay_host(YES).await, LEASE);
    assert_eq!(second.handled().await, HELD);
    let left = shared.left().await;
    assert!(left <= LEASE, "{left:?}");
    shared.pass(left);
    second.put(&second.mail("tapo", HOUR));
    assert_eq!(second.handled().await, ACCEPTED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_was_frozen_before_its_dot_leaves_the_mail_to_the_next() {
    let (shared, pause) = (Shared::new().await, Pause::after("RCPT"));
    let frozen = shared.worker(slow_relay_host(YES, pause.clone()).await, FROZEN);
    let second = shared.worker(relay_host(YES).await, LEASE);
    let story = async {
        until_reached(&pause).await;
        shared.pass(FROZEN);
        assert_eq!(second.handled().await, ACCEPTED);
        pause.over.add_permits(1);
    };
    let (done, ()) = tokio::join!(frozen.handled(), story);
    assert_eq!(done, ["retry after 10 s"], "no dot, and nothing to report");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_was_frozen_after_its_dot_costs_one_copy_and_no_more() {
    let (shared, pause) = (Shared::new().await, Pause::after("."));
    let port = slow_relay_host(YES, pause.clone()).await;
    let [first, second, third] = [FROZEN; 3].map(|lease| shared.worker(port, lease));
    let copies = |expected| {
        let pause = &pause;
        async move { until("a copy is out", || pause.reached.load(Ordering::SeqCst) == expected).await }
    };
    let story = async {
        copies(1).await;
        shared.pass(FROZEN);
        copies(2).await;
        shared.pass(FROZEN);
        assert_eq!(third.handled().await, ["report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
        pause.over.add_permits(2);
    };
    let later = async {
        copies(1).await;
        until("the first's lease is over", || shared.clock.offset() >= FROZEN).await;
        second.handled().await
    };
    let (first_done, second_done, ()) = tokio::join!(first.handled(), later, story);
    assert_eq!(
        (first_done, second_done),
        (ACCEPTED.map(str::to_owned).to_vec(), ACCEPTED.map(str::to_owned).to_vec())
    );
    assert_eq!(pause.reached.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_may_be_out_keeps_its_link_though_its_second_copy_is_refused() {
    let (shared, pause) = (Shared::new().await, Pause::after("."));
    let gone = shared.worker(slow_relay_host(YES, pause.clone()).await, FROZEN);
    let refusing = shared.worker(relay_host(Says::rcpt("554 5.7.1 no")).await, LEASE);
    let shutdown = Shutdown::new();
    let story = async {
        until_reached(&pause).await;
        shutdown.begin();
    };
    tokio::join!(gone.worker.run(&shutdown), story);
    shared.pass(FROZEN);
    assert_eq!(refusing.handled().await, ["report DELIVERY_OUTCOME_UNKNOWN", "ack"]);
}

#[tokio::test]
async fn renewals_that_find_the_store_away_count_once_and_change_nothing() {
    let pause = Pause::after("RCPT");
    let port = slow_relay_host(YES, pause.clone()).await;
    let world = renewed_often(port);
    *world.dedup.renewal.lock().unwrap() = Renewal::Away;
    world.put(&world.mail("tapo", HOUR));
    let story = async {
        until("several are missed", || world.dedup.renewals.load(Ordering::SeqCst) > 2).await;
        pause.over.add_permits(1);
    };
    let (done, ()) = tokio::join!(world.handled(), story);
    assert_eq!(done, ["dot", "sent", ACCEPTED[0], ACCEPTED[1]]);
    assert_eq!(world.worker.missed_marks(), 1);
}

#[tokio::test]
async fn a_claim_lost_on_the_way_does_not_stop_the_work() {
    let pause = Pause::after("RCPT");
    let port = slow_relay_host(YES, pause.clone()).await;
    let world = renewed_often(port);
    *world.dedup.renewal.lock().unwrap() = Renewal::Lost;
    world.put(&world.mail("tapo", HOUR));
    let story = async {
        until("it is lost", || world.dedup.renewals.load(Ordering::SeqCst) > 0).await;
        pause.over.add_permits(1);
    };
    let (done, ()) = tokio::join!(world.handled(), story);
    assert_eq!(done, ["dot", "sent", ACCEPTED[0], ACCEPTED[1]], "this store lets the dot pass");
    assert_eq!(world.worker.missed_marks(), 0);
}

fn renewed_often(port: u16) -> World {
    World::with(fresh(), |settings| {
        settings.relay_hosts = vec![transport(port)];
        settings.lease = Duration::from_millis(30);
    })
}
