//! After an outage: one mail at a time finds out whether the relay host is back, and one that takes long holds up no others.

use super::relay::{Pause, YES, serve};
use super::relays::nobody_yet;
use super::*;
use std::collections::BTreeSet;
use tokio::net::TcpListener;
use tokio::time::Instant;

const PATIENCE: Duration = Duration::from_millis(300);
/// No circuit pauses longer after its first failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// A worker that has found these away. Whoever is to be back has to be [`is_back`].
async fn without(ports: &[u16], change: impl FnOnce(&mut WorkerSettings)) -> World {
    let world = World::with(fresh(), |settings| {
        settings.relay_hosts = ports.iter().copied().map(transport).collect();
        settings.trial_patience = PATIENCE;
        change(settings);
    });
    world.put(&world.mail("tapo", HOUR));
    assert_eq!(world.handled().await, ["release", "report DELIVERY_OUTCOME_TRANSIENT", "retry after 10 s"]);
    world
}

async fn is_back(port: u16, pause: &Arc<Pause>) {
    serve(TcpListener::bind(("127.0.0.1", port)).await.unwrap(), YES, pause.clone());
}

fn put_mails(world: &World, numbers: std::ops::Range<u128>) {
    for number in numbers {
        world.put(&world.mail_of(Uuid::from_u128(number), "tapo", HOUR));
    }
}

/// The mails that a relay host took, each as often as that was reported.
fn accepted(world: &World) -> Vec<Uuid> {
    let reports = world.queue.reports.lock().unwrap();
    let taken = reports.iter().filter(|report| report.outcome == DeliveryOutcome::Accepted);
    taken.map(|report| report.event_id).collect()
}

async fn until_reached(pause: &Pause, times: u32) {
    until("the relay host takes its time", || pause.reached.load(Ordering::SeqCst) == times).await;
}

#[tokio::test]
async fn a_mail_whose_dot_is_answered_late_holds_the_others_up_for_a_moment_only_and_goes_out_once() {
    let (port, pause) = (nobody_yet().await, Pause::first(1, "."));
    let world = without(&[port], |settings| settings.lease = Duration::from_millis(90)).await;
    is_back(port, &pause).await;
    put_mails(&world, 100..110);
    let running = world.runs();
    until_reached(&pause, 1).await;
    until("the others are sent", || accepted(&world).len() == 9).await;
    let renewals = world.dedup.renewals.load(Ordering::SeqCst);
    until("the slow one is still held", || world.dedup.renewals.load(Ordering::SeqCst) > renewals).await;
    pause.over.add_permits(1);
    until("the slow one is sent", || accepted(&world).len() == 10).await;
    running.stop().await;
    assert_eq!(accepted(&world).into_iter().collect::<BTreeSet<_>>().len(), 10, "each one");
    assert_eq!(pause.reached.load(Ordering::SeqCst), 10, "and once");
    let steps = world.journal.take();
    assert_eq!(steps.iter().filter(|step| *step == "ack").count(), 10);
    assert_eq!(world.queue.waiting(), 0);
}

#[tokio::test]
async fn a_slow_mail_that_is_answered_while_another_is_on_trial_ends_the_outage() {
    let (port, pause) = (nobody_yet().await, Pause::first(2, "."));
    let world = without(&[port], |_| {}).await;
    is_back(port, &pause).await;
    put_mails(&world, 100..110);
    let running = world.runs();
    until_reached(&pause, 2).await;
    // The first of the two: the other one is answered when the rest are out.
    pause.over.add_permits(1);
    until("the others are sent", || accepted(&world).len() == 9).await;
    pause.over.add_permits(1);
    until("all are sent", || accepted(&world).len() == 10).await;
    running.stop().await;
    assert_eq!(pause.reached.load(Ordering::SeqCst), 10, "each once");
}

#[tokio::test]
async fn another_relay_host_is_tried_before_a_second_mail_is_risked_on_one_that_is_slow() {
    let (first, second) = (nobody_yet().await, nobody_yet().await);
    let world = without(&[first, second], |_| {}).await;
    let failed = Instant::now();
    until("either may be tried", || failed.elapsed() > FIRST_PAUSE).await;
    let (slow, well) = (Pause::after("."), Pause::passed("."));
    is_back(first, &slow).await;
    put_mails(&world, 100..101);
    let running = world.runs();
    until_reached(&slow, 1).await;
    is_back(second, &well).await;
    put_mails(&world, 101..110);
    until("the others are sent", || accepted(&world).len() == 9).await;
    assert_eq!([&slow, &well].map(|one| one.reached.load(Ordering::SeqCst)), [1, 9]);
    slow.over.add_permits(1);
    until("the slow one is sent", || accepted(&world).len() == 10).await;
    running.stop().await;
}

#[tokio::test]
async fn trials_in_work_when_the_worker_stops_are_finished_or_given_back() {
    let (port, pause) = (nobody_yet().await, Pause::after("."));
    let world = without(&[port], |settings| settings.grace_period = Duration::from_secs(1)).await;
    is_back(port, &pause).await;
    put_mails(&world, 100..105);
    let running = world.runs();
    until_reached(&pause, 2).await;
    running.shutdown.begin();
    pause.over.add_permits(1);
    running.stop().await;
    assert_eq!(accepted(&world).len(), 1, "within the grace period");
    assert_eq!(world.queue.waiting(), 4);
    assert_eq!(pause.reached.load(Ordering::SeqCst), 2, "and no other was begun");
}
