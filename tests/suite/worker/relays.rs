//! Several relay hosts: which of them gets a mail, and how fast.

use super::relay::{Pause, Says, YES, relay_host, serve, slow_relay_host};
use super::*;
use std::collections::BTreeSet;
use tokio::net::TcpListener;

/// A worker that uses these, in this order.
fn using(ports: &[u16], answer: Answer) -> World {
    World::with(answer, |settings| settings.relay_hosts = ports.iter().copied().map(transport).collect())
}

fn at(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// A port where nobody listens yet.
pub(super) async fn nobody_yet() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn the_second_relay_host_takes_a_mail_that_the_first_cannot_be_given() {
    let second = relay_host(YES).await;
    let world = using(&[NOBODY, second], fresh());
    for _ in 0..3 {
        world.put(&world.mail("tapo", HOUR));
        assert_eq!(world.handled().await, ["dot", "sent", "report DELIVERY_OUTCOME_ACCEPTED", "ack"]);
        let report = world.last_report();
        assert_eq!((report.relay_host, report.attempt), (at(second), 1));
    }
}

#[tokio::test]
async fn the_first_relay_host_gets_the_mails_again_when_it_is_back() {
    let (first, second) = (nobody_yet().await, relay_host(YES).await);
    let world = using(&[first, second], fresh());
    world.put(&world.mail("tapo", HOUR));
    world.handled().await;
    assert_eq!(world.last_report().relay_host, at(second));
    serve(TcpListener::bind(("127.0.0.1", first)).await.unwrap(), YES, Pause::after(""));
    let mut through = BTreeSet::new();
    let back = async {
        while !through.contains(&at(first)) {
            world.put(&world.mail("tapo", HOUR));
            assert_eq!(
                world.handled().await.last().unwrap(),
                "ack",
                "no mail waits for the first to be back"
            );
            through.insert(world.last_report().relay_host);
        }
    };
    timeout(DEADLINE, back).await.unwrap();
    // Nothing has piled up for it to be spared from.
    for number in 1..=3 {
        world.put(&world.mail_of(Uuid::from_u128(number), "tapo", HOUR));
    }
    assert_eq!(world.worker.step().await.unwrap(), 3, "all at once");
}

#[tokio::test]
async fn while_one_mail_finds_out_about_the_first_the_others_go_to_the_second() {
    let (first, second) = (nobody_yet().await, relay_host(YES).await);
    let world = World::with(fresh(), |settings| {
        settings.relay_hosts = vec![transport(first), transport(second)];
        // However long it takes: there is one that takes the others.
        settings.trial_patience = Duration::ZERO;
    });
    world.put(&world.mail("tapo", HOUR));
    world.handled().await;
    // It is back, and takes its time over the trial.
    let pause = Pause::after("MAIL");
    serve(TcpListener::bind(("127.0.0.1", first)).await.unwrap(), YES, pause.clone());
    let running = world.runs();
    let mut number = 100;
    let reached = || pause.reached.load(Ordering::SeqCst);
    let on_trial = async {
        while reached() == 0 {
            number += 1;
            world.put(&world.mail_of(Uuid::from_u128(number), "tapo", HOUR));
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(DEADLINE, on_trial).await.unwrap();
    let before = world.queue.reports.lock().unwrap().len();
    for number in 1_000..1_020 {
        world.put(&world.mail_of(Uuid::from_u128(number), "tapo", HOUR));
    }
    until("the others are sent", || world.queue.reports.lock().unwrap().len() >= before + 20).await;
    assert_eq!(reached(), 1, "only one is on trial");
    let reports = world.queue.reports.lock().unwrap().clone();
    assert!(reports[before..].iter().all(|report| report.relay_host == at(second)));
    pause.over.add_permits(100);
    until("the trial ends well", || {
        world.queue.reports.lock().unwrap().iter().any(|report| report.relay_host == at(first))
    })
    .await;
    running.stop().await;
}

#[tokio::test]
async fn what_the_first_says_about_a_mail_is_not_asked_again_of_the_second() {
    for (says, outcome) in [
        (Says::rcpt("450 4.2.0 greylisted"), DeliveryOutcome::Transient),
        (Says::dot("451 4.7.1 greylisted"), DeliveryOutcome::Transient),
        (Says::rcpt("550 5.1.1 nobody here"), DeliveryOutcome::Refused),
        // It may have the mail.
        (Says::dot(""), DeliveryOutcome::Ambiguous),
    ] {
        let (first, asked) = (relay_host(says).await, Pause::passed("MAIL"));
        let second = slow_relay_host(YES, asked.clone()).await;
        let world = using(&[first, second], fresh());
        world.put(&world.mail("tapo", HOUR));
        world.handled().await;
        let report = world.last_report();
        assert_eq!((report.outcome, report.relay_host), (outcome, at(first)));
        assert_eq!(asked.reached.load(Ordering::SeqCst), 0, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_first_that_greets_and_then_falters_leaves_the_mail_to_the_second_and_soon_is_not_asked() {
    for (says, marks) in [
        (Says { mail: "", ..YES }, &["dot", "sent"][..]),
        (Says::rcpt(""), &["dot", "sent"]),
        (Says { mail: "452 4.3.1 insufficient system storage", ..YES }, &["dot", "sent"]),
        // The claim has one dot, whoever gets it.
        (Says::dot("451 4.3.0 queue file write error"), &["dot", "dot", "sent"]),
    ] {
        let asked = Pause::passed("MAIL");
        let (first, second) = (slow_relay_host(says, asked.clone()).await, relay_host(YES).await);
        let world = using(&[first, second], fresh());
        for number in 1..=4 {
            world.put(&world.mail("tapo", HOUR));
            let steps = world.handled().await;
            let marks = if number < 4 { marks } else { &["dot", "sent"] };
            assert_eq!(steps[..marks.len()], *marks, "mail {number}, {says:?}");
            let report = world.last_report();
            assert_eq!((report.relay_host, report.attempt), (at(second), 1), "mail {number}, {says:?}");
        }
        assert_eq!(asked.reached.load(Ordering::SeqCst), 3, "three in a row are enough: {says:?}");
    }
}

#[tokio::test]
async fn a_first_that_answers_no_dot_is_not_given_more_than_three() {
    let asked = Pause::passed("MAIL");
    let first = slow_relay_host(Says::dot(""), asked.clone()).await;
    let world = using(&[first, relay_host(YES).await], fresh());
    let mut outcomes = Vec::new();
    for _ in 0..4 {
        world.put(&world.mail("tapo", HOUR));
        world.handled().await;
        outcomes.push(world.last_report().outcome);
    }
    use DeliveryOutcome::{Accepted, Ambiguous};
    assert_eq!(outcomes, [Ambiguous, Ambiguous, Ambiguous, Accepted]);
    assert_eq!(asked.reached.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_is_said_of_a_sender_or_a_recipient_pauses_nothing() {
    for says in [Says { mail: "450 4.1.8 no such sender", ..YES }, Says::rcpt("451 4.3.0 lookup failed")] {
        let world = using(&[relay_host(says).await], fresh());
        for _ in 0..5 {
            assert_eq!(taken(&world).await, 1, "{says:?}");
            assert_eq!(world.last_report().outcome, DeliveryOutcome::Transient);
        }
    }
}

#[tokio::test]
async fn a_falter_that_is_the_relay_hosts_failure_uses_no_attempt() {
    let full = Says { mail: "452 4.3.1 insufficient system storage", ..YES };
    let world = using(&[relay_host(full).await], fresh());
    for _ in 0..3 {
        assert_eq!(taken(&world).await, 1);
    }
    assert_eq!(taken(&world).await, 0, "it pauses");
    let retried = world.queue.retried.lock().unwrap().clone();
    let attempts: Vec<_> =
        retried.into_iter().map(|envelope| Envelope::decode(envelope).unwrap().attempt).collect();
    assert_eq!(attempts, [1, 1, 0]);
}

#[tokio::test]
async fn what_one_relay_host_says_is_told_though_the_next_is_away() {
    let first = relay_host(Says::dot("451 4.3.0 queue file write error")).await;
    let world = using(&[first, NOBODY], fresh());
    world.put(&world.mail("tapo", HOUR));
    world.handled().await;
    let report = world.last_report();
    assert_eq!((report.relay_host, report.reply_code), (at(first), 451));
}

#[tokio::test]
async fn a_mail_whose_time_ends_at_the_first_is_not_begun_at_the_second() {
    let (pause, asked) = (Pause::after("MAIL"), Pause::passed("MAIL"));
    let first = slow_relay_host(Says { mail: "", ..YES }, pause.clone()).await;
    let second = slow_relay_host(YES, asked.clone()).await;
    let world = using(&[first, second], fresh());
    let mail = world.mail("tapo", time::Duration::seconds(1));
    world.put(&mail);
    let over = async {
        until("its time is over", || SystemClock.now() > mail.deliver_by).await;
        pause.over.add_permits(1);
    };
    let (steps, ()) = tokio::join!(world.handled(), over);
    assert_eq!(steps.last().unwrap(), "dead-letter expired_before_delivery");
    assert_eq!(asked.reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_consumer_before_the_trial_gives_back_what_it_prefetched() {
    let world = using(&[NOBODY], fresh());
    assert_eq!(taken(&world).await, 1);
    world.put(&world.mail("tapo", HOUR));
    let trial = async { while world.worker.step().await.unwrap() == 0 {} };
    timeout(DEADLINE, trial).await.unwrap();
    assert_eq!(world.queue.stops.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_mail_that_no_relay_host_can_be_given_uses_no_attempt_and_nothing_is_taken_meanwhile() {
    let world = using(&[NOBODY, nobody_yet().await], fresh());
    world.put(&world.mail("tapo", HOUR));
    assert_eq!(world.handled().await, ["release", "report DELIVERY_OUTCOME_TRANSIENT", "retry after 10 s"]);
    let retried = world.queue.retried.lock().unwrap()[0].clone();
    assert_eq!(Envelope::decode(retried).unwrap().attempt, 0);
    world.put(&world.mail("tapo", HOUR));
    assert_eq!(world.worker.step().await.unwrap(), 0);
    assert_eq!(world.queue.waiting(), 1);
}

#[tokio::test]
async fn what_was_prefetched_goes_back_while_no_relay_host_can_be_used() {
    let world = using(&[NOBODY], fresh());
    world.put(&world.mail("tapo", HOUR));
    let running = world.runs();
    until("its consumer is stopped", || world.queue.stops.load(Ordering::SeqCst) == 1).await;
    running.stop().await;
}

/// How many mails a step takes while one waits.
async fn taken(world: &World) -> usize {
    world.put(&world.mail("tapo", HOUR));
    world.worker.step().await.unwrap()
}

#[tokio::test]
async fn what_was_sent_before_says_nothing_about_a_relay_host_that_is_away() {
    let world = using(&[NOBODY], fresh());
    assert_eq!(taken(&world).await, 1);
    // Its trial finds out that the mail was sent, and asks nobody.
    world.dedup.answers(sent());
    let trial = async {
        while world.worker.step().await.unwrap() == 0 {
            world.put(&world.mail("tapo", HOUR));
        }
    };
    timeout(DEADLINE, trial).await.unwrap();
    world.dedup.answers(fresh());
    assert_eq!(taken(&world).await, 1, "the trial is still to come");
    assert_eq!(world.last_report().outcome, DeliveryOutcome::Transient);
    assert_eq!(taken(&world).await, 0, "and failed");
}

#[tokio::test]
async fn neither_silence_nor_trouble_at_rcpt_is_a_sign_that_a_relay_host_is_back() {
    for says in [Says { mail: "", ..YES }, Says::rcpt("451 4.3.0 lookup failed")] {
        let first = nobody_yet().await;
        let world = using(&[first], fresh());
        assert_eq!(taken(&world).await, 1);
        let asked = Pause::passed("MAIL");
        serve(TcpListener::bind(("127.0.0.1", first)).await.unwrap(), says, asked.clone());
        world.put(&world.mail("tapo", HOUR));
        let trial = async {
            while asked.reached.load(Ordering::SeqCst) == 0 {
                world.worker.step().await.unwrap();
            }
        };
        timeout(DEADLINE, trial).await.unwrap();
        assert_eq!(taken(&world).await, 0, "it pauses again: {says:?}");
    }
}

#[tokio::test]
async fn a_relay_host_that_throttles_slows_taking_down_and_costs_no_attempt() {
    let asked = Pause::passed("MAIL");
    let too_fast = Says { mail: "454 4.7.0 Throttling failure: too fast", ..YES };
    let first = slow_relay_host(too_fast, asked.clone()).await;
    let second = relay_host(YES).await;
    let world = using(&[first, second], fresh());
    world.put(&world.mail("tapo", HOUR));
    assert_eq!(world.handled().await, ["release", "report DELIVERY_OUTCOME_TRANSIENT", "retry after 10 s"]);
    assert_eq!(world.last_report().relay_host, at(first), "nor is it a reason to ask the second");
    let retried = world.queue.retried.lock().unwrap()[0].clone();
    assert_eq!(Envelope::decode(retried).unwrap().attempt, 0);
    let begun = std::time::Instant::now();
    assert_eq!(taken(&world).await, 0);
    let next = async {
        while asked.reached.load(Ordering::SeqCst) < 2 {
            world.worker.step().await.unwrap();
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(DEADLINE, next).await.unwrap();
    let waited = begun.elapsed();
    assert!(waited > Duration::from_millis(500) && waited < Duration::from_secs(6), "{waited:?}");
}
