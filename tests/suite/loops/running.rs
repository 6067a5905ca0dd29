//! What runs a loop: when it steps, when it waits, and how it stops.

use super::world::World;
use crate::ask::{DEADLINE, Gate, until};
use async_trait::async_trait;
use common::entropy::Entropy;
use common::shutdown::Shutdown;
use reset_api::reports::Reports;
use reset_api::stepping::{OnStore, Pace, Step, run};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than any test waits: whoever waits that long in vain fails.
const IDLE: Duration = Duration::from_secs(3_600);
/// The shortest wait after a failure.
const BACKOFF_FLOOR: Duration = Duration::from_millis(200);
/// Milliseconds on a machine with nothing else to do, and still far below any wait that could hold a stop up.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Always zero: the shortest backoff.
struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

/// Does as it is told, and then finds nothing.
#[derive(Default)]
struct Told {
    /// How many steps panic before the others.
    panics: usize,
    outcomes: Mutex<VecDeque<anyhow::Result<u64>>>,
    /// Passed when a step has a chance.
    chance: Gate,
    before: Gate,
    finished: AtomicUsize,
}

#[async_trait]
impl Step for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    async fn has_a_chance(&self) {
        self.chance.pass().await;
    }

    async fn step(&self) -> anyhow::Result<u64> {
        self.before.pass().await;
        let begun = self.before.arrived();
        assert!(begun > self.panics, "as the test wants it");
        let outcome = self.outcomes.lock().unwrap().pop_front();
        self.finished.fetch_add(1, Ordering::SeqCst);
        outcome.unwrap_or(Ok(0))
    }
}

struct Running {
    step: Arc<Told>,
    wake: Arc<Notify>,
    shutdown: Shutdown,
    task: JoinHandle<()>,
}

impl Running {
    fn start(idle: Duration, outcomes: impl IntoIterator<Item = anyhow::Result<u64>>) -> Self {
        let step = Arc::new(Told { outcomes: Mutex::new(outcomes.into_iter().collect()), ..Told::default() });
        Self::start_step(idle, step)
    }

    fn start_step(idle: Duration, step: Arc<Told>) -> Self {
        let (wake, shutdown) = (Arc::new(Notify::new()), Shutdown::new());
        let pace = Pace { wake: wake.clone(), idle };
        let task = tokio::spawn(run(step.clone(), pace, Arc::new(Zeros), shutdown.clone()));
        Self { step, wake, shutdown, task }
    }

    fn finished(&self) -> usize {
        self.step.finished.load(Ordering::SeqCst)
    }

    async fn finishes(&self, steps: usize) {
        until("so many steps are done", || self.finished() == steps).await;
    }

    /// Stops it; how many steps it made in all.
    async fn stop(self) -> usize {
        self.shutdown.begin();
        timeout(DEADLINE, self.task).await.unwrap().unwrap();
        self.step.finished.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_loop_that_waits_for_work_stops_at_once() {
    let running = Running::start(IDLE, []);
    running.finishes(1).await;
    let begun = Instant::now();
    assert_eq!(running.stop().await, 1);
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_loop_that_waits_after_a_failure_stops_without_trying_again() {
    let running = Running::start(IDLE, [Err(anyhow::anyhow!("as the test wants it"))]);
    running.finishes(1).await;
    assert_eq!(running.stop().await, 1);
}

#[tokio::test]
async fn a_step_under_way_is_finished_and_no_other_is_begun() {
    let step = Arc::new(Told { outcomes: Mutex::new([Ok(1), Ok(1)].into()), ..Told::default() });
    step.before.shut();
    let running = Running::start_step(IDLE, step.clone());
    until("a step is under way", || step.before.arrived() == 1).await;
    running.shutdown.begin();
    tokio::task::yield_now().await;
    assert!(!running.task.is_finished());
    step.before.open();
    assert_eq!(running.stop().await, 1);
    assert_eq!(step.before.arrived(), 1);
}

#[tokio::test]
async fn a_loop_that_was_stopped_before_it_began_does_nothing() {
    let step = Arc::<Told>::default();
    let (shutdown, wake) = (Shutdown::new(), Arc::default());
    shutdown.begin();
    timeout(DEADLINE, run(step.clone(), Pace { wake, idle: IDLE }, Arc::new(Zeros), shutdown)).await.unwrap();
    assert_eq!(step.before.arrived(), 0);
}

#[tokio::test]
async fn a_failed_step_is_tried_again_after_a_backoff() {
    let begun = Instant::now();
    let failed = || Err(anyhow::anyhow!("as the test wants it"));
    let running = Running::start(IDLE, [failed(), failed(), failed(), Ok(1)]);
    running.finishes(5).await;
    assert!(begun.elapsed() >= BACKOFF_FLOOR * 3, "{:?}", begun.elapsed());
    assert_eq!(running.stop().await, 5);
}

#[tokio::test]
async fn a_step_that_panics_is_stepped_again_after_a_backoff() {
    let begun = Instant::now();
    let step = Arc::new(Told { panics: 2, outcomes: Mutex::new([Ok(1)].into()), ..Told::default() });
    let running = Running::start_step(IDLE, step);
    running.finishes(2).await;
    assert!(begun.elapsed() >= BACKOFF_FLOOR * 2, "{:?}", begun.elapsed());
    assert_eq!(running.stop().await, 2);
}

#[tokio::test]
async fn a_loop_whose_server_is_away_does_not_step_and_goes_on_when_it_is_back() {
    let outcomes = [Err(anyhow::anyhow!("as the test wants it")), Ok(1)];
    let step = Arc::new(Told { outcomes: Mutex::new(outcomes.into()), ..Told::default() });
    step.before.shut();
    let running = Running::start_step(IDLE, step.clone());
    until("a step is under way", || step.before.arrived() == 1).await;
    step.chance.shut();
    step.before.open();
    until("it waits for a chance", || step.chance.arrived() == 2).await;
    assert_eq!(running.finished(), 1);
    step.chance.open();
    running.finishes(3).await;
    running.stop().await;
}

#[tokio::test]
async fn a_loop_whose_server_is_away_stops_at_once() {
    let step = Arc::<Told>::default();
    step.chance.shut();
    let running = Running::start_step(IDLE, step.clone());
    until("it waits for a chance", || step.chance.arrived() == 1).await;
    assert_eq!(running.stop().await, 0);
}

#[tokio::test]
async fn what_needs_the_store_waits_until_it_is_ready() {
    let (ready, is_ready) = watch::channel(false);
    let step = Arc::<Told>::default();
    let (wake, shutdown) = (Arc::default(), Shutdown::new());
    let on_store = Arc::new(OnStore { step: step.clone(), ready: is_ready });
    let running = run(on_store, Pace { wake, idle: IDLE }, Arc::new(Zeros), shutdown.clone());
    let running = tokio::spawn(running);
    until("it waits for the store", || ready.receiver_count() == 2).await;
    assert_eq!(step.before.arrived(), 0);
    ready.send_replace(true);
    until("it steps", || step.finished.load(Ordering::SeqCst) == 1).await;
    shutdown.begin();
    timeout(DEADLINE, running).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_relay_and_the_reports_wait_until_their_connection_to_the_queue_is_up() {
    let world = World::new().await;
    let reports = Reports::new(world.store.clone(), world.queue.clone(), world.clock.clone());
    let (publishing, consuming) = (&world.queue.publishing, &world.queue.consuming);
    let (relay, reports): (Arc<dyn Step>, Arc<dyn Step>) = (Arc::new(world.relay()), Arc::new(reports));
    for (step, connection) in [(relay, publishing), (reports, consuming)] {
        connection.shut();
        let waiting = tokio::spawn(async move { step.has_a_chance().await });
        until("it waits for its connection", || connection.arrived() == 1).await;
        assert!(!waiting.is_finished());
        connection.open();
        timeout(DEADLINE, waiting).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn while_there_is_work_nothing_waits() {
    let running = Running::start(IDLE, [Ok(7), Ok(7), Ok(7)]);
    running.finishes(4).await;
    running.stop().await;
}

#[tokio::test]
async fn work_wakes_a_loop_that_waits() {
    let running = Running::start(IDLE, []);
    for steps in 1..4 {
        running.finishes(steps).await;
        running.wake.notify_one();
    }
    running.finishes(4).await;
    running.stop().await;
}

#[tokio::test]
async fn work_that_comes_during_a_step_is_not_overlooked() {
    let step = Arc::<Told>::default();
    step.before.shut();
    let running = Running::start_step(IDLE, step.clone());
    until("a step is under way", || step.before.arrived() == 1).await;
    running.wake.notify_one();
    step.before.open();
    running.finishes(2).await;
    running.stop().await;
}

#[tokio::test]
async fn another_replica_s_work_is_found_without_being_woken() {
    let running = Running::start(Duration::from_millis(1), []);
    until("it looks again and again", || running.finished() > 3).await;
    running.stop().await;
}
