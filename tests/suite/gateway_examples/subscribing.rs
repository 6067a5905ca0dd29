//! The example's subscription at a real broker, and what reset-api publishes there.

use common::clock::{Clock as _, SystemClock};
use common::entropy::{OsEntropy, new_id};
use common::event::type_name;
use common::queue::rabbitmq::{RabbitQueue, Settings};
use common::queue::{Message, Queue as _, Route};
use common::sealing::SealingKey;
use common::server_url::{AMQP, ServerUrl};
use gateway_example::events::Subscription;
use lapin::{Connection, ConnectionProperties};
use reset_api::mint::{Change, Minter};
use std::sync::Arc;
use tests::rabbitmq::RabbitMq;
use uuid::Uuid;

fn a_change(account_id: Uuid) -> Message {
    let minter =
        Minter::new(Arc::new(OsEntropy), SealingKey::new(1, &[9; 32]).unwrap(), "https://reset.example");
    let change = Change { account_id, credentials_version: 7, app_id: "tapo", at: SystemClock.now() };
    let event = minter.account_event(&change);
    Message { id: event.event_id, type_name: type_name(event.kind), body: event.body.into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_hears_of_a_change_until_it_has_ended_the_sessions() {
    let broker = RabbitMq::shared().await.unwrap();
    let mut settings = Settings::new(ServerUrl::parse(&broker.amqp_url(), AMQP).unwrap(), "gateway");
    settings.topology.prefix = "gateway.".to_owned();
    let queue = RabbitQueue::start(settings, Arc::new(OsEntropy));
    queue.connected().await;
    let connection = Connection::connect(&broker.amqp_url(), ConnectionProperties::default()).await.unwrap();
    let mut told =
        Subscription::open(&connection, "gateway.account.events", "tapo.password-changes").await.unwrap();

    let account = new_id(&OsEntropy, SystemClock.now());
    let published = a_change(account);
    let event_id = published.id.to_string();
    queue.publish(Route::AccountEvents, vec![published]).await.remove(0).unwrap();
    for ended in [false, true] {
        let event = told.next(async |_| ended).await.unwrap().expect("an event");
        let heard = (event.event_id, event.account_id, event.credentials_version, event.app_id);
        assert_eq!(heard, (event_id.clone(), account.to_string(), 7, "tapo".to_owned()));
    }
    let next = a_change(account);
    let next_id = next.id.to_string();
    queue.publish(Route::AccountEvents, vec![next]).await.remove(0).unwrap();
    let event = told.next(async |_| true).await.unwrap().expect("an event");
    assert_eq!(event.event_id, next_id, "the first is acknowledged and comes no more");
    queue.close().await;
}
