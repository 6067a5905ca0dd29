//! Outbox rows become confirmed messages, at least once and never lost.

use super::fake_queue::Mood;
use super::world::{World, step};
use crate::ask::{DEADLINE, until};
use common::address::EmailAddress;
use common::clock::Clock as _;
use common::event::{DeliveryOutcome, Envelope, EventKind};
use common::locale::Locale;
use common::queue::Route;
use prost::Message as _;
use proto::v1::PasswordChanged;
use reset_api::mint::Change;
use reset_api::relay::SILENCE;
use reset_api::store::{
    Agent, Completed, Completion, DELIVER_WITHIN, PasswordHashString, Store as _, TokenState,
};
use reset_api::token_digest::TokenDigest;
use std::collections::HashSet;
use time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// The shortest step of time.
const MOMENT: Duration = Duration::microseconds(1);
/// How long an unconfirmed event waits.
const RETRY: Duration = Duration::seconds(1);
/// How long a claim that was never settled holds.
const LEASE: Duration = Duration::seconds(30);

#[tokio::test]
async fn issued_mails_are_published_once() {
    let world = World::new().await;
    world.links(3).await;
    assert_eq!(step(&world.relay()).await.unwrap(), 3);
    let published = world.queue.confirmed();
    assert!(published.iter().all(|(route, message)| {
        *route == Route::Mail && world.open(message).envelope.kind == EventKind::ResetLinkIssued
    }));
    let ids: HashSet<_> = published.iter().map(|(_, message)| message.id).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(step(&world.relay()).await.unwrap(), 0);
    assert_eq!(world.queue.confirmed(), []);
}

#[tokio::test]
async fn of_a_batch_half_confirmed_only_the_other_half_comes_again() {
    let world = World::new().await;
    world.links(5).await;
    world.queue.is(Mood::Half);
    assert_eq!(step(&world.relay()).await.unwrap(), 2);
    let (confirmed, refused) = (world.queue.confirmed(), world.queue.refused());
    assert_eq!((confirmed.len(), refused.len()), (2, 3));

    world.queue.is(Mood::Well);
    world.advance(RETRY - MOMENT);
    assert_eq!(step(&world.relay()).await.unwrap(), 0, "not before the delay is over");
    world.advance(MOMENT);
    assert_eq!(step(&world.relay()).await.unwrap(), 3);
    assert_eq!(world.queue.confirmed(), refused, "the same messages, ids included");
    world.advance(LEASE);
    assert_eq!(step(&world.relay()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_queue_that_confirms_nothing_fails_the_step_and_all_comes_again() {
    let world = World::new().await;
    world.links(3).await;
    world.queue.is(Mood::Dead);
    assert!(step(&world.relay()).await.is_err());
    let refused = world.queue.refused();
    assert_eq!(step(&world.relay()).await.unwrap(), 0, "not before the delay is over");
    world.queue.is(Mood::Well);
    world.advance(RETRY);
    assert_eq!(step(&world.relay()).await.unwrap(), 3);
    assert_eq!(world.queue.confirmed(), refused);
}

#[tokio::test]
async fn a_queue_that_is_dead_for_an_hour_loses_nothing() {
    let world = World::new().await;
    world.links(4).await;
    world.queue.is(Mood::Dead);
    let mut failures = 0;
    for _ in 0..120 {
        failures += i32::from(step(&world.relay()).await.is_err());
        world.advance(Duration::seconds(30));
    }
    assert_eq!(failures, 120);
    let tried: HashSet<_> = world.queue.refused().into_iter().map(|(_, message)| message.id).collect();
    world.queue.is(Mood::Well);
    assert_eq!(step(&world.relay()).await.unwrap(), 4);
    let published: HashSet<_> = world.queue.confirmed().into_iter().map(|(_, message)| message.id).collect();
    assert_eq!((published.len(), &published), (4, &tried));
}

#[tokio::test]
async fn a_mail_whose_time_is_over_is_not_published() {
    let world = World::new().await;
    world.links(1).await;
    world.queue.is(Mood::Dead);
    world.advance(DELIVER_WITHIN - RETRY);
    assert!(step(&world.relay()).await.is_err(), "until then it is tried");
    world.queue.refused();
    world.queue.is(Mood::Well);
    world.advance(RETRY);
    assert_eq!(step(&world.relay()).await.unwrap(), 0);
    assert_eq!((world.queue.confirmed(), world.queue.refused()), (vec![], vec![]));
}

#[tokio::test]
async fn a_silent_mail_is_published_again_unchanged_after_a_silence_that_doubles() {
    let world = World::new().await;
    world.links(1).await;
    assert_eq!(step(&world.relay()).await.unwrap(), 1);
    let first = world.queue.confirmed();
    for doublings in 0..4 {
        world.advance(SILENCE * 2_i32.pow(doublings) - MOMENT);
        assert_eq!(step(&world.relay()).await.unwrap(), 0, "after {doublings} doublings");
        world.advance(MOMENT);
        assert_eq!(step(&world.relay()).await.unwrap(), 1, "after {doublings} doublings");
        assert_eq!(world.queue.confirmed(), first);
    }
}

#[tokio::test]
async fn a_publish_that_could_not_be_marked_is_repeated_unchanged() {
    let mut world = World::new().await;
    world.links(1).await;
    world.queue.before_batch.shut();
    let relay = world.relay();
    let stepping = tokio::spawn(async move { step(&relay).await });
    until("the mail is being published", || world.queue.before_batch.arrived() == 1).await;
    world.store.close().await;
    world.queue.before_batch.open();
    assert!(timeout(DEADLINE, stepping).await.unwrap().unwrap().is_err());
    let first = world.queue.confirmed();
    assert_eq!(first.len(), 1);

    world.store = world.reopened().await;
    assert_eq!(step(&world.relay()).await.unwrap(), 1, "whoever had the lease is gone with its store");
    assert_eq!(world.queue.confirmed(), first);
}

/// A changed password: its notice and its account event wait in the outbox, and nothing else does. Their ids.
async fn a_change(world: &World) -> (Uuid, Uuid) {
    let mail = world.a_mail().await;
    let accepted = world.a_report(mail.envelope.event_id, DeliveryOutcome::Accepted);
    world.store.record_reports(&[accepted], SILENCE).await.unwrap();
    let TokenState::Live(live) = world.reset_state(&mail).await else { panic!("the link is live") };
    let change = Change {
        account_id: live.account_id,
        credentials_version: live.credentials_version + 1,
        app_id: "tapo",
        at: world.clock.now(),
    };
    let address = EmailAddress::parse("account0@example.org").unwrap();
    let notice = world.minter.notice(&address, &Locale::english(), &change, &Agent::default()).unwrap();
    let completion = Completion {
        token: TokenDigest::of(mail.secrets.reset_token.as_ref().unwrap()),
        credentials_version: change.credentials_version,
        password_hash: PasswordHashString("never compared".to_owned()),
        at: change.at,
        notice_revoke: notice.revoke,
        notice_revoke_lifetime: Duration::days(7),
        notice: notice.event,
        account_event: world.minter.account_event(&change),
    };
    let completed = world.store.complete(&completion).await.unwrap();
    assert!(matches!(completed, Completed::Done { .. }), "{completed:?}");
    (completion.notice.event_id, completion.account_event.event_id)
}

#[tokio::test]
async fn a_change_is_told_to_gateways_once_and_its_notice_stays_until_the_final_report() {
    let world = World::new().await;
    let (notice, account_event) = a_change(&world).await;
    assert_eq!(step(&world.relay()).await.unwrap(), 2);
    let published = world.queue.confirmed();
    let places: HashSet<_> = published.iter().map(|(route, message)| (*route, message.id)).collect();
    assert_eq!(places, HashSet::from([(Route::Mail, notice), (Route::AccountEvents, account_event)]));
    for (route, message) in published {
        if route == Route::Mail {
            assert_eq!(Envelope::decode(message.body).unwrap().kind, EventKind::PasswordChangedNotice);
        } else {
            let told =
                PasswordChanged::decode(message.body).expect("the public message, without an envelope");
            assert_eq!((told.event_id, message.type_name), (message.id.to_string(), "PasswordChanged"));
        }
    }

    world.advance(SILENCE);
    assert_eq!(step(&world.relay()).await.unwrap(), 1);
    let again: Vec<_> =
        world.queue.confirmed().into_iter().map(|(route, message)| (route, message.id)).collect();
    assert_eq!(again, [(Route::Mail, notice)], "the account event has left the outbox");

    let delivered = world.a_report(notice, DeliveryOutcome::Accepted);
    world.store.record_reports(&[delivered], SILENCE).await.unwrap();
    world.advance(SILENCE * 2);
    assert_eq!(step(&world.relay()).await.unwrap(), 0);
    assert_eq!(world.queue.confirmed(), []);
}

#[tokio::test]
async fn mails_and_account_events_are_published_at_the_same_time_under_one_lease() {
    let world = World::new().await;
    a_change(&world).await;
    world.queue.before_batch.shut();
    let before = world.queue.before_batch.arrived();
    let relay = world.relay();
    let stepping = tokio::spawn(async move { step(&relay).await });
    until("both wait for the queue", || world.queue.before_batch.arrived() == before + 2).await;
    world.queue.before_batch.open();
    assert_eq!(timeout(DEADLINE, stepping).await.unwrap().unwrap().unwrap(), 2);
}

#[tokio::test]
async fn an_account_event_that_was_not_confirmed_comes_again() {
    let world = World::new().await;
    let (notice, account_event) = a_change(&world).await;
    world.queue.is(Mood::Dead);
    assert!(step(&world.relay()).await.is_err());
    world.queue.is(Mood::Well);
    world.advance(RETRY);
    assert_eq!(step(&world.relay()).await.unwrap(), 2);
    let ids: HashSet<_> = world.queue.confirmed().into_iter().map(|(_, message)| message.id).collect();
    assert_eq!(ids, HashSet::from([notice, account_event]));
}

#[tokio::test]
async fn an_account_event_that_is_refused_again_and_again_holds_up_no_mail() {
    let world = World::new().await;
    let (notice, account_event) = a_change(&world).await;
    world.queue.is(Mood::NoAccountEvents);
    assert_eq!(step(&world.relay()).await.unwrap(), 1);
    assert_eq!(confirmed_ids(&world), [(Route::Mail, notice)]);
    for number in 0..20 {
        world.advance(RETRY);
        assert_eq!(step(&world.relay()).await.unwrap(), 0, "alone it is no reason to step less often");
        let address = format!("another{number}@example.org");
        world.account(&address, None).await;
        world.accept(&address).await;
        assert_eq!(step(&world.issuer()).await.unwrap(), 1);
        assert_eq!(step(&world.relay()).await.unwrap(), 1);
        assert_eq!(confirmed_ids(&world).len(), 1, "the mail, once");
    }

    world.queue.is(Mood::Well);
    world.advance(RETRY);
    assert_eq!(step(&world.relay()).await.unwrap(), 1);
    assert_eq!(confirmed_ids(&world), [(Route::AccountEvents, account_event)]);
}

/// Where what was confirmed since the last look went.
fn confirmed_ids(world: &World) -> Vec<(Route, Uuid)> {
    world.queue.confirmed().into_iter().map(|(route, message)| (route, message.id)).collect()
}
