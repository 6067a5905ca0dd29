//! The audit trail.

use super::world::{ALL, STALL, World, key_of};
use reset_api::store::{Actor, AuditAction, AuditEntry};
use time::Duration;
use uuid::Uuid;

contract! {
    an_act_is_written_down_with_who_where_what_and_about_whom,
    an_act_that_is_told_again_is_written_down_once_and_not_before_it_was_done,
    an_act_on_a_mail_names_the_request_and_whose_it_is,
    entries_are_purged_after_their_retention_up_to_the_limit,
    purging_requests_leaves_the_trail_alone,
}

/// Every entry, a line each; SQLite and Postgres write the same.
const TRAIL: &str =
    "SELECT actor_role || ' ' || actor_name || ' ' || coalesce(network, '-') || ' ' || action || ' '
    || CASE WHEN address_key IS NULL THEN '-' ELSE CAST(length(address_key) AS text) END || ' '
    || CASE WHEN request_id IS NULL THEN '-' ELSE 'request' END || ' ' || detail FROM audit ORDER BY at, id";

fn an_entry(world: &World) -> AuditEntry {
    AuditEntry {
        id: world.id(),
        at: None,
        actor: Actor {
            role: "support".to_owned(),
            name: "anonymous".to_owned(),
            network: Some("192.0.2.7/32".to_owned()),
        },
        action: AuditAction::DeliveryExplained,
        address_key: Some(key_of("ada@example.org")),
        request_id: None,
        event_id: None,
        detail: String::new(),
    }
}

async fn an_act_is_written_down_with_who_where_what_and_about_whom(world: &World) {
    world.store.audit(&an_entry(world)).await.unwrap();
    let actor = Actor { role: "operator".to_owned(), name: "grace".to_owned(), network: None };
    let other = AuditEntry {
        id: world.id(),
        actor,
        address_key: None,
        request_id: Some(Uuid::from_u128(7)),
        detail: "one of two".to_owned(),
        ..an_entry(world)
    };
    world.advance(Duration::seconds(1));
    world.store.audit(&other).await.unwrap();
    assert_eq!(
        world.place.texts(TRAIL).await,
        [
            "support anonymous 192.0.2.7/32 delivery_explained 32 - ",
            "operator grace - delivery_explained - request one of two",
        ]
    );
}

async fn an_act_that_is_told_again_is_written_down_once_and_not_before_it_was_done(world: &World) {
    let now = world.store.now().await.unwrap();
    let done_at = |at| AuditEntry { at: Some(at), ..an_entry(world) };
    let before = done_at(now - Duration::days(3));
    for _ in 0..2 {
        world.store.audit(&before).await.unwrap();
    }
    world.store.audit(&done_at(now + Duration::days(3))).await.unwrap();
    world.advance(Duration::minutes(1));
    // The first is three days old, the second not older than its writing.
    assert_eq!(world.place.texts(TRAIL).await.len(), 2);
    assert_eq!(world.store.purge_audit(ALL, Duration::days(2)).await.unwrap(), 1);
    assert_eq!(world.store.purge_audit(ALL, Duration::ZERO).await.unwrap(), 1);
}

async fn an_act_on_a_mail_names_the_request_and_whose_it_is(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let entry = AuditEntry {
        action: AuditAction::DeadLetterRedriven,
        address_key: None,
        event_id: Some(link.event.event_id),
        ..an_entry(world)
    };
    world.store.audit(&entry).await.unwrap();
    let unknown = AuditEntry { id: world.id(), event_id: Some(Uuid::from_u128(9)), ..entry };
    world.store.audit(&unknown).await.unwrap();
    let by = "support anonymous 192.0.2.7/32 dead_letter_redriven";
    assert_eq!(world.place.texts(TRAIL).await, [format!("{by} 32 request "), format!("{by} - - ")]);
}

async fn entries_are_purged_after_their_retention_up_to_the_limit(world: &World) {
    let retention = Duration::days(365);
    for _ in 0..3 {
        world.store.audit(&an_entry(world)).await.unwrap();
    }
    world.advance(retention - STALL);
    assert_eq!(world.store.purge_audit(ALL, retention).await.unwrap(), 0);
    world.advance(STALL + Duration::seconds(1));
    for purged in [2, 1, 0] {
        assert_eq!(world.store.purge_audit(2, retention).await.unwrap(), purged);
    }
    assert_eq!(world.place.texts(TRAIL).await, [""; 0]);
}

async fn purging_requests_leaves_the_trail_alone(world: &World) {
    world.accept_one("ada@example.org").await;
    assert_eq!(world.issue().await.unknown, 1);
    world.store.audit(&an_entry(world)).await.unwrap();
    world.advance(Duration::days(31));
    assert_eq!(world.store.purge(ALL, Duration::days(30)).await.unwrap(), 1);
    assert_eq!(world.place.texts(TRAIL).await.len(), 1);
}
