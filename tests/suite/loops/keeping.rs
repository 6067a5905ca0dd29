//! What its time is over for, ends; what is old, goes.

use super::world::{RETENTION, World, step};
use common::event::DeliveryOutcome;
use reset_api::relay::SILENCE;
use reset_api::store::{DELIVER_WITHIN, Store as _, TokenState};
use time::Duration;

const MOMENT: Duration = Duration::microseconds(1);
/// How long after its end a mail's last report may still come.
const GRACE: Duration = Duration::minutes(20);

#[tokio::test]
async fn an_undelivered_mail_ends_with_its_link_after_the_grace() {
    let world = World::new().await;
    let mail = world.a_mail().await;
    world.advance(DELIVER_WITHIN + GRACE);
    assert_eq!(step(&world.keeper()).await.unwrap(), 0);
    assert!(matches!(world.reset_state(&mail).await, TokenState::Live(_)));
    world.advance(MOMENT);
    assert_eq!(step(&world.keeper()).await.unwrap(), 1);
    assert_eq!(world.reset_state(&mail).await, TokenState::Revoked);
    assert_eq!(step(&world.keeper()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_delivered_link_that_nobody_used_ends_and_is_forgotten_after_the_retention() {
    let world = World::new().await;
    let mail = world.a_mail().await;
    let delivered = world.a_report(mail.envelope.event_id, DeliveryOutcome::Accepted);
    world.store.record_reports(&[delivered], SILENCE).await.unwrap();
    world.advance(mail.event.facts.link_lifetime - MOMENT);
    assert_eq!(step(&world.keeper()).await.unwrap(), 0);
    world.advance(MOMENT);
    assert_eq!(step(&world.keeper()).await.unwrap(), 1);
    assert!(matches!(world.reset_state(&mail).await, TokenState::Expired { .. }));

    world.advance(RETENTION);
    assert_eq!(step(&world.keeper()).await.unwrap(), 0);
    world.advance(MOMENT);
    assert_eq!(step(&world.keeper()).await.unwrap(), 1);
    assert_eq!(world.reset_state(&mail).await, TokenState::Unknown);
    assert_eq!(step(&world.keeper()).await.unwrap(), 0);
}
