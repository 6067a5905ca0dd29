//! The trace context of an envelope stands in the headers, too, for whoever does not read envelopes.

use super::world::*;
use bytes::Bytes;
use common::event::{Envelope, EventKind, Tally};
use common::queue::{Message, Queue as _, Route, Source};
use std::time::Duration;
use tests::dead_letters::death;
use tests::rabbitmq::RabbitMq;
use tests::rabbitmq::looking::trace_header;
use time::OffsetDateTime;

const PUBLISHED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const RETRIED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01";

fn traced(message: &Message, traceparent: &str) -> Bytes {
    let envelope = Envelope {
        event_id: message.id,
        kind: EventKind::ResetLinkIssued,
        occurred_at: OffsetDateTime::UNIX_EPOCH,
        deliver_by: OffsetDateTime::UNIX_EPOCH,
        attempt: 0,
        traceparent: traceparent.to_owned(),
        former_attempt: String::new(),
        tally: Tally::default(),
        body: Bytes::new(),
    };
    envelope.encode().into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_header_has_the_context_of_each_copy_and_what_has_none_has_no_header() {
    let broker = RabbitMq::shared().await.unwrap();
    let mut settings = settings(&broker.amqp_url());
    settings.topology.delays = [Duration::from_millis(100); 4];
    let queue = connected(&settings).await;
    let plain = message("no envelope");
    let mail = Message { body: traced(&plain, PUBLISHED), ..plain.clone() };
    assert_eq!(queue.publish(Route::Mail, vec![mail]).await, [Ok(())]);
    assert_eq!(trace_header(&settings, "mail.send").await.unwrap(), PUBLISHED);

    let wait = Duration::from_secs(10);
    let consumer = queue.consume(Source::Mail, 1).await.unwrap();
    let held = consumer.receive(1, wait).await.unwrap().remove(0);
    consumer.retry(&held, traced(&plain, RETRIED), wait).await.unwrap();
    let held = consumer.receive(1, wait).await.unwrap().remove(0);
    consumer.dead_letter(&held, &death("why not")).await.unwrap();
    assert_eq!(trace_header(&settings, "mail.dead").await.unwrap(), RETRIED);

    assert_eq!(queue.publish(Route::Reports, vec![plain]).await, [Ok(())]);
    let without = trace_header(&settings, "mail.reports").await.unwrap_err().to_string();
    assert!(without.contains("None"), "{without}");
}
