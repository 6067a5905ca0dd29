//! Messages that no worker can ever send, in RabbitMQ.

use super::World;
use common::event::{Envelope, EventKind, type_name};
use common::queue::rabbitmq::Settings;
use common::server_url::{AMQP, ServerUrl};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Confirmation};
use std::time::Duration;
use tests::rabbitmq::looking::{channel, name};
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::time::Instant;
use uuid::Uuid;

const ADA: &str = "ada@example.org";
const BEN: &str = "ben@example.org";
/// More than the worker has permits: they could block it.
const EACH: usize = 6;
/// A mail that waited for a retry would take longer.
pub(super) const SHORTEST_RETRY: Duration = Duration::from_secs(10);
const FAR: OffsetDateTime = datetime!(2100-01-01 0:00 UTC);

fn report_among_mails() -> Vec<u8> {
    Envelope {
        event_id: Uuid::from_u128(7),
        kind: EventKind::DeliveryReport,
        occurred_at: FAR,
        deliver_by: FAR,
        attempt: 0,
        traceparent: String::new(),
        former_attempt: String::new(),
        tally: common::event::Tally::default(),
        body: bytes::Bytes::new(),
    }
    .encode()
}

/// Nothing; more than anybody reads; no protobuf; another type.
fn poisons() -> [(Vec<u8>, &'static str); 4] {
    [
        (Vec::new(), ""),
        (vec![b'x'; 100 * 1_024], "\u{1b}[2Jhostile"),
        (vec![0xFF; 100], "ResetLinkIssued"),
        (report_among_mails(), type_name(EventKind::DeliveryReport)),
    ]
}

async fn poison(world: &World) {
    let settings = Settings::new(ServerUrl::parse(&world.servers.urls().rabbitmq, AMQP).unwrap(), "poison");
    let (_connection, channel) = channel(&settings).await.unwrap();
    // Without confirms, closing the channel would overtake what is not written yet.
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    for (body, kind) in (0..EACH).flat_map(|_| poisons()) {
        let (exchange, key) = (name(&settings, "mail"), name(&settings, "mail.send"));
        let properties = BasicProperties::default().with_type(kind.into());
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let published = channel.basic_publish(exchange, key, options, &body, properties).await.unwrap();
        assert_eq!(published.await.unwrap(), Confirmation::Ack(None));
    }
    channel.close(200, "done".into()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison_ends_among_the_dead_letters_at_once_and_the_next_mail_does_not_wait() {
    let mut world = World::start().await;
    // The wrong key is poison, too.
    let right_key = world.change_key(None).await;
    world.asks(ADA).await;
    world.has_letters(1).await;
    world.change_key(Some(right_key)).await;
    world.gateway.create_account(BEN, super::PASSWORD).await.unwrap();
    poison(&world).await;
    let asked = Instant::now();
    world.gateway.request_reset(BEN).await.unwrap();
    world.mailbox().has_mails_to(BEN, 1).await.unwrap();
    assert!(asked.elapsed() < SHORTEST_RETRY, "it took {:?}", asked.elapsed());

    let letters = world.has_letters(4 * EACH + 1).await;
    let of = |reason: &str| letters.iter().filter(|letter| letter["reason"] == reason).count();
    assert_eq!((of("unsealable"), of("undecodable")), (1, 4 * EACH));
    assert!(letters.iter().all(|letter| letter["died_at"].is_string()), "{letters:?}");
    let (_, table) = world.operator(&["list"]).await;
    assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table:?}");

    // Each can be named, and none is dropped that was not meant.
    let (code, out) = world.operator(&["drop"]).await;
    assert_eq!((code, out.as_str()), (1, ""));
    let name = letters.last().unwrap()["letter"].as_str().unwrap();
    assert_eq!(world.operator(&["show", name]).await.0, 0);
    let (code, out) = world.operator(&["redrive", "--reason", "undecodable"]).await;
    assert!(code == 3 && out.ends_with("0 redriven, 24 cannot be, 0 failed\n"), "{out}");
    let (code, out) = world.operator(&["drop", "--reason", "undecodable", "--younger-than", "1h"]).await;
    assert!(code == 0 && out.ends_with("24 dropped, 0 cannot be, 0 failed\n"), "{out}");
    assert_eq!(world.operator(&["drop", "--app", "kasa"]).await.0, 3);
    assert_eq!(world.operator(&["drop", "--older-than", "1h"]).await.0, 3);
    let left = world.letters().await;
    assert_eq!((left.len(), left[0]["reason"].as_str()), (1, Some("unsealable")));
}
