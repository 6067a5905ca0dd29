//! Account events beside the mails.

use super::{AccountEvent, Limits, World};
use common::clock::{Clock as _, SystemClock};
use common::entropy::{OsEntropy, new_id};
use common::event::{Envelope, EventKind, timestamp};
use prost::Message as _;
use proto::v1::PasswordChanged;
use serde_json::json;
use time::macros::datetime;
use uuid::Uuid;

fn published(event_id: Uuid, kind: EventKind) -> AccountEvent {
    let at = datetime!(2026-11-02 10:00:00.25 UTC);
    let event = PasswordChanged {
        event_id: event_id.to_string(),
        account_id: "018f0000-0000-7000-8000-000000000001".to_owned(),
        credentials_version: 7,
        app_id: "tapo".to_owned(),
        changed_at: Some(timestamp(at)),
    };
    let envelope = Envelope {
        event_id,
        kind,
        occurred_at: at,
        deliver_by: at,
        attempt: 0,
        traceparent: String::new(),
        former_attempt: String::new(),
        body: event.encode_to_vec().into(),
    };
    AccountEvent { event_id, published_at: at, body: envelope.encode().into() }
}

#[tokio::test]
async fn events_are_decoded_and_unreadable_ones_are_shown_as_such() {
    let [first, second, third] = std::array::from_fn(|_| new_id(&OsEntropy, SystemClock.now()));
    let events = vec![
        published(first, EventKind::PasswordChanged),
        published(second, EventKind::DeliveryReport),
        AccountEvent { body: b"\xff\xff".as_slice().into(), ..published(third, EventKind::PasswordChanged) },
    ];
    let world = World::start_with(Limits::default(), events).await;
    let at = "2026-11-02T10:00:00.25Z";
    let readable = json!({
        "ID": first, "PublishedAt": at, "Kind": "PasswordChanged",
        "AccountID": "018f0000-0000-7000-8000-000000000001",
        "CredentialsVersion": 7, "AppID": "tapo", "ChangedAt": at,
    });
    let expected = json!({ "events": [
        readable,
        { "ID": second, "PublishedAt": at, "Error": "the field kind is missing or out of range" },
        { "ID": third, "PublishedAt": at, "Error": "not a protobuf message of this kind" },
    ]});
    assert_eq!(world.json("/api/v1/account-events").await, expected);
    assert_eq!(world.json("/api/v1/account-events?limit=1").await, json!({ "events": [readable] }));
}
