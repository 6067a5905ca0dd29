//! What the worker counts where things go wrong.

use super::relay::{Says, YES, relay_host};
use super::*;
use common::metrics::Metrics;
use common::metrics::database::DatabaseMetrics;
use mail_worker::dedup::metered::MeteredDedup;
use tests::scrape::{SERVICE, Scrape};
use tests::scripted_smtp::{Script, ScriptedSmtp};

/// A worker whose figures are read.
struct Counted {
    metrics: Metrics,
    world: World,
}

impl Counted {
    fn sending_to(port: u16, answer: Answer) -> Self {
        let metrics = Metrics::new(&SERVICE).unwrap();
        let measure = DatabaseMetrics::new(&metrics.meter(), "redis");
        let world = World::measured(
            metrics.meter(),
            answer,
            |dedup| Arc::new(MeteredDedup::new(dedup, measure)),
            |settings| settings.relay_hosts = vec![transport(port)],
        );
        Self { metrics, world }
    }

    fn scrape(&self) -> Scrape {
        Scrape::read(&self.metrics.text().unwrap()).unwrap()
    }

    /// These figures are so, and all others of their metric 0.
    fn has_counted(&self, figures: &[(&str, f64)]) {
        let scrape = self.scrape();
        for (selector, value) in figures {
            let name = selector.split('{').next().unwrap();
            let of_name = figures.iter().filter(|(other, _)| other.split('{').next() == Some(name));
            assert_eq!(scrape.sum(selector), *value, "{selector}\n{}", scrape.text);
            assert_eq!(
                scrape.sum(name),
                of_name.map(|(_, value)| value).sum::<f64>(),
                "{name}\n{}",
                scrape.text
            );
        }
    }
}

#[tokio::test]
async fn a_mail_that_was_put_off_and_then_taken_is_two_attempts() {
    let put_off = Script::greeting(&[]).answer("MAIL", "250 2.1.0 ok").answer("RCPT", "450 4.2.0 later");
    let taken = Script::greeting(&[]).takes_mail();
    let relay = ScriptedSmtp::start(vec![put_off, taken]).await.unwrap();
    let counted = Counted::sending_to(relay.port(), fresh());
    let mail = counted.world.mail("tapo", HOUR);
    counted.world.put(&mail);
    counted.world.handled().await;
    counted.has_counted(&[
        ("mail_attempts_total{result=transient}", 1.0),
        ("mail_reports_total{outcome=transient}", 1.0),
    ]);
    let again = counted.world.queue.retried.lock().unwrap()[0].clone();
    counted.world.queue.put(mail.event_id, again);
    counted.world.handled().await;
    counted.has_counted(&[
        ("mail_attempts_total{result=transient}", 1.0),
        ("mail_attempts_total{result=accepted}", 1.0),
        ("mail_attempt_duration_seconds_count", 2.0),
        ("mail_reports_total{outcome=transient}", 1.0),
        ("mail_reports_total{outcome=accepted}", 1.0),
        ("mail_dead_letters_total{reason=refused}", 0.0),
        ("messaging_process_duration_seconds_count{messaging_destination_name=mail.send}", 2.0),
        ("mail_circuit_state{state=closed}", 1.0),
        ("db_client_operation_duration_seconds_count{db_operation_name=claim,db_system_name=redis}", 2.0),
        ("db_client_operation_duration_seconds_count{db_operation_name=release,db_system_name=redis}", 1.0),
        ("db_client_operation_duration_seconds_count{db_operation_name=dot,db_system_name=redis}", 1.0),
        ("db_client_operation_duration_seconds_count{db_operation_name=sent,db_system_name=redis}", 1.0),
    ]);
}

#[tokio::test]
async fn a_refused_mail_is_an_attempt_and_a_dead_letter() {
    let port = relay_host(Says::rcpt("550 5.7.1 no")).await;
    let counted = Counted::sending_to(port, fresh());
    counted.world.put(&counted.world.mail("tapo", HOUR));
    counted.world.handled().await;
    counted.has_counted(&[
        ("mail_attempts_total{result=permanent}", 1.0),
        ("mail_refusals_total{reason=policy}", 1.0),
        ("mail_reports_total{outcome=refused}", 1.0),
        ("mail_dead_letters_total{reason=refused}", 1.0),
        ("mail_render_errors_total{reason=render_failed}", 0.0),
    ]);
}

#[tokio::test]
async fn a_refusal_is_counted_by_why_and_one_that_may_pass_is_none() {
    for (says, refusals) in [
        ("550 5.7.26 unauthenticated mail", [1.0, 0.0, 0.0]),
        ("550 5.1.1 nobody here", [0.0, 1.0, 0.0]),
        ("550 no", [0.0, 0.0, 1.0]),
        ("554 5.6.0 not in this form", [0.0, 0.0, 1.0]),
        ("451 4.7.1 greylisted", [0.0, 0.0, 0.0]),
        ("552 5.2.2 mailbox full", [0.0, 0.0, 0.0]),
        ("530 5.7.0 authentication required", [0.0, 0.0, 0.0]),
    ] {
        let counted = Counted::sending_to(relay_host(Says::rcpt(says)).await, fresh());
        counted.world.put(&counted.world.mail("tapo", HOUR));
        counted.world.handled().await;
        let [policy, address, other] = refusals;
        counted.has_counted(&[
            ("mail_refusals_total{reason=policy}", policy),
            ("mail_refusals_total{reason=address}", address),
            ("mail_refusals_total{reason=other}", other),
        ]);
    }
}

#[tokio::test]
async fn a_message_that_is_no_mail_is_a_dead_letter_and_one_of_an_app_not_known_here_is_not() {
    let counted = Counted::sending_to(relay_host(YES).await, fresh());
    counted.world.queue.put(EVENT, vec![0xFF; 100]);
    counted.world.put(&counted.world.mail("nobodys", HOUR));
    counted.world.handled().await;
    counted.has_counted(&[
        ("mail_dead_letters_total{reason=undecodable}", 1.0),
        ("mail_dead_letters_total{reason=unknown_app}", 0.0),
        ("mail_render_errors_total{reason=unknown_app}", 1.0),
        ("mail_reports_total{outcome=transient}", 1.0),
        ("mail_reports_total{outcome=undeliverable}", 1.0),
        ("mail_attempts_total{result=accepted}", 0.0),
    ]);
}

#[tokio::test]
async fn a_dead_letter_that_found_no_room_is_counted_as_dropped_and_not_as_kept() {
    let counted = Counted::sending_to(relay_host(YES).await, fresh());
    counted.world.queue.refuse_dead_letters.store(true, Ordering::SeqCst);
    counted.world.queue.put(EVENT, vec![0xFF; 100]);
    counted.world.handled().await;
    counted.has_counted(&[
        ("mail_dead_letters_total{reason=undecodable}", 0.0),
        ("mail_dead_letters_dropped_total", 1.0),
    ]);
}

#[tokio::test]
async fn a_relay_host_that_cannot_be_reached_opens_the_circuit() {
    let counted = Counted::sending_to(NOBODY, fresh());
    counted.world.put(&counted.world.mail("tapo", HOUR));
    counted.world.handled().await;
    counted.has_counted(&[
        ("mail_attempts_total{result=relay_host}", 1.0),
        ("mail_reports_total{outcome=transient}", 1.0),
        ("mail_circuit_state{state=open}", 1.0),
        ("mail_permits_active", 0.0),
    ]);
}

#[tokio::test]
async fn without_the_dedup_store_each_missed_mark_is_counted() {
    let counted = Counted::sending_to(relay_host(YES).await, Answer::Away);
    counted.world.put(&counted.world.mail("tapo", HOUR));
    counted.world.handled().await;
    let missed = counted.world.worker.missed_marks();
    assert!(missed > 0);
    counted.has_counted(&[
        ("mail_unprotected_marks_total", missed as f64),
        ("mail_attempts_total{result=accepted}", 1.0),
    ]);
    let failed = "db_client_operation_duration_seconds_count{error_type=unavailable}";
    assert_eq!(counted.scrape().sum(failed), 1.0);
}

#[tokio::test]
async fn a_copy_of_a_sent_mail_is_no_attempt_and_one_after_an_unanswered_dot_is_another() {
    let counted = Counted::sending_to(relay_host(YES).await, sent());
    counted.world.put(&counted.world.mail("tapo", HOUR));
    counted.world.handled().await;
    counted.has_counted(&[("mail_duplicates_total", 1.0), ("mail_attempts_total{result=accepted}", 0.0)]);

    let counted = Counted::sending_to(relay_host(YES).await, Answer::This(Claim::Resend(FENCE)));
    counted.world.put(&counted.world.mail("tapo", HOUR));
    counted.world.handled().await;
    counted.has_counted(&[("mail_resends_total", 1.0), ("mail_attempts_total{result=accepted}", 1.0)]);
}
