//! The broker closes the channel of what it does not allow, or cannot find.

use super::world::*;
use common::queue::rabbitmq::{RabbitQueue, Settings};
use common::queue::{Message, Queue as _, QueueError, Route, Source};
use common::server_url::{AMQP, ServerUrl};
use futures::StreamExt as _;
use lapin::options::{BasicConsumeOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::eventually::eventually;
use tests::rabbitmq::RabbitMq;
use tests::rabbitmq::looking::{channel, name};
use tokio::time::timeout;
use uuid::Uuid;

/// Everything but the exchange of account events, whatever the deployment's prefix.
const ALL_BUT_ACCOUNT_EVENTS: &str = "^(?!.*account\\.events$).*$";
/// How many claims of the relay are published while a part of each is denied.
const CLAIMS: usize = 30;
/// A claim's mails: some, so that they are still unconfirmed when the channel next to theirs is closed.
const MAILS: usize = 20;

async fn allow_to_write(broker: &RabbitMq, user: &str, what: &str) {
    broker.ctl(&["set_permissions", user, ".*", what, ".*"]).await.unwrap();
}

/// The same names, seen by a user who may not publish account events.
async fn denied(broker: &RabbitMq, user: &str, options: &str, settings: &Settings) -> Settings {
    broker.ctl(&["add_user", user, user]).await.unwrap();
    allow_to_write(broker, user, ALL_BUT_ACCOUNT_EVENTS).await;
    let url = broker.amqp_url().replace("guest:guest", &format!("{user}:{user}")) + options;
    Settings { urls: ServerUrl::parse(&url, AMQP).unwrap().into(), ..settings.clone() }
}

/// The broker's names for the connections of that user.
async fn connections_of(broker: &RabbitMq, user: &str) -> BTreeSet<String> {
    let all = broker.ctl(&["list_connections", "user", "pid", "--no-table-headers"]).await.unwrap();
    all.lines().filter_map(|line| line.strip_prefix(user)).map(str::to_owned).collect()
}

/// What the relay does with a claim: both routes at the same time.
async fn publish(queue: &RabbitQueue, mails: Vec<Message>, event: Message) -> Verdicts {
    let mails = queue.publish(Route::Mail, mails);
    let (mails, mut event) = tokio::join!(mails, queue.publish(Route::AccountEvents, vec![event]));
    (mails, event.remove(0))
}

type Verdicts = (Vec<Result<(), QueueError>>, Result<(), QueueError>);

/// A subscriber to account events, as a gateway is one.
async fn subscriber(settings: &Settings) -> (lapin::Connection, lapin::Consumer) {
    let (connection, channel) = channel(settings).await.unwrap();
    let none = FieldTable::default();
    let options = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
    let queue = channel.queue_declare("".into(), options, none.clone()).await.unwrap().name().clone();
    let exchange = name(settings, "account.events");
    channel
        .queue_bind(queue.clone(), exchange, "#".into(), QueueBindOptions::default(), none.clone())
        .await
        .unwrap();
    let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    let consumer = channel.basic_consume(queue, "".into(), options, none).await.unwrap();
    (connection, consumer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_events_that_are_denied_hold_up_no_mail_and_go_out_once_they_are_allowed() {
    let broker = RabbitMq::shared().await.unwrap();
    let settings = settings(&broker.amqp_url());
    let user = "without_account_events";
    let queue = connected(&denied(&broker, user, "", &settings).await).await;
    let (_connection, mut told) = subscriber(&settings).await;
    let event = message("a password was changed");
    let refused = QueueError::Unconfirmed("access refused".to_owned());

    let mut published = BTreeSet::new();
    let before = connections_of(&broker, user).await;
    assert_eq!(before.len(), 2, "one publishes, one consumes");
    for _ in 0..CLAIMS {
        let mails: Vec<_> = (0..MAILS).map(|_| message("a mail")).collect();
        published.extend(mails.iter().map(|mail| mail.id));
        let verdicts = publish(&queue, mails, event.clone()).await;
        assert_eq!(verdicts, (vec![Ok(()); MAILS], Err(refused.clone())));
    }
    assert_eq!(connections_of(&broker, user).await, before, "no connection was thrown away");
    assert_eq!(each_once(&queue, published.len()).await, published);

    allow_to_write(&broker, user, ".*").await;
    let (mails, event_verdict) = publish(&queue, vec![message("a mail")], event.clone()).await;
    assert_eq!((mails, event_verdict), (vec![Ok(())], Ok(())));
    let first = timeout(DEADLINE, told.next()).await.unwrap().unwrap().unwrap();
    let id = first.properties.message_id().as_ref().unwrap().to_string();
    assert_eq!(id, event.id.to_string(), "what was denied was not published");
    broker.ctl(&["delete_user", user]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_without_end_use_up_no_connection_for_good() {
    let broker = RabbitMq::shared().await.unwrap();
    let settings = settings(&broker.amqp_url());
    let user = "refused_again_and_again";
    let queue = connected(&denied(&broker, user, "?channel_max=8", &settings).await).await;
    for _ in 0..20 {
        publish_to(&queue, Route::AccountEvents).await.expect_err("it is denied");
    }
    allow_to_write(&broker, user, ".*").await;
    for route in [Route::AccountEvents, Route::Mail] {
        let goes_out = async || Ok(publish_to(&queue, route).await.ok());
        eventually("it goes out", goes_out).await.unwrap();
    }
    broker.ctl(&["delete_user", user]).await.unwrap();
}

/// Takes so many mails, and panics if one comes twice.
async fn each_once(queue: &RabbitQueue, count: usize) -> BTreeSet<Uuid> {
    let consumer = queue.consume(Source::Mail, 1_000).await.unwrap();
    let mut taken = BTreeSet::new();
    while taken.len() < count {
        for delivery in consumer.receive(1_000, DEADLINE).await.unwrap() {
            assert!(taken.insert(delivery.id), "a mail came twice");
            consumer.ack(&delivery).await.unwrap();
        }
    }
    assert!(consumer.receive(1, Duration::from_millis(200)).await.unwrap().is_empty(), "one too many");
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_that_was_deleted_is_declared_again_with_what_hung_on_it() {
    let broker = RabbitMq::shared().await.unwrap();
    let settings = settings(&broker.amqp_url());
    let queue = connected(&settings).await;
    for (route, exchange) in [(Route::Mail, "mail"), (Route::AccountEvents, "account.events")] {
        publish_to(&queue, route).await.unwrap();
        let (_connection, channel) = channel(&settings).await.unwrap();
        channel.exchange_delete(name(&settings, exchange), ExchangeDeleteOptions::default()).await.unwrap();
        let QueueError::Unconfirmed(why) = publish_to(&queue, route).await.unwrap_err() else {
            panic!("it is not full")
        };
        assert!(why.contains("no exchange"), "{why}");
        let again = async || Ok(publish_to(&queue, route).await.ok());
        eventually("the exchange is there again", again).await.unwrap();
    }
    let id = publish_one(&queue).await.unwrap();
    expect_all(&queue, [id].into()).await;
}

async fn publish_to(queue: &RabbitQueue, route: Route) -> Result<(), QueueError> {
    queue.publish(route, vec![message("body")]).await.remove(0)
}
