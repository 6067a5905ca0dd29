//! What a link does in each of its states.

#![cfg(test)]

use common::entropy::OsEntropy;
use common::event::timestamp;
use common::token::Token;
use futures::future::join_all;
use prost_types::Timestamp;
use std::time::Duration;
use tests::world::{Refusal, World, eventually};
use tonic::Code;

const ADA: &str = "ada@example.com";
const OLD: &str = "analytical engines hum softly";
const NEW: &str = "seventeen violet umbrellas";
const NEWEST: &str = "paper lanterns over kyoto";
const LIFETIME: Duration = Duration::from_secs(30 * 60);
const SECOND: Duration = Duration::from_secs(1);

/// A world with an account and a live link of it.
async fn with_link() -> (World, String) {
    let world = World::start().await;
    world.create_account(ADA, OLD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    let link = world.link_in(&world.mail_to(ADA).await);
    (world, link)
}

/// Looking at the link and completing with it are refused for this reason, and the password is as it was.
async fn assert_dead(world: &World, link: &str, reason: &str) {
    for refusal in both_refusals(world, link).await {
        assert!(refusal.is(Code::FailedPrecondition, reason), "{refusal:?}");
    }
}

async fn both_refusals(world: &World, link: &str) -> [Refusal; 2] {
    [world.inspect(link).await.unwrap_err(), world.complete(link, NEWEST).await.unwrap_err()]
}

/// When the link ends, once the arrival of its mail has been reported.
async fn end_of(world: &World, link: &str) -> Timestamp {
    eventually("the link's clock starts when its mail has arrived", async || {
        let end = world.inspect(link).await.unwrap().expires_at.unwrap();
        let latest = timestamp(world.now() + LIFETIME);
        (end.seconds <= latest.seconds).then_some(end)
    })
    .await
}

#[tokio::test]
async fn a_link_lives_for_thirty_minutes_after_its_mail_arrived_and_not_longer() {
    let (world, link) = with_link().await;
    let end = end_of(&world, &link).await;
    world.advance(LIFETIME - 30 * SECOND);
    assert_eq!(world.inspect(&link).await.unwrap().expires_at, Some(end), "it moves once");
    world.advance(30 * SECOND);
    assert_dead(&world, &link, "TOKEN_EXPIRED").await;
    world.verify(ADA, OLD).await.unwrap();
    world.request_reset(ADA).await.expect("the owner asks again");
    let next = world.link_in(&world.mail_to(ADA).await);
    world.complete(&next, NEW).await.unwrap();
}

#[tokio::test]
async fn a_used_link_sets_no_second_password() {
    let (world, link) = with_link().await;
    world.complete(&link, NEW).await.unwrap();
    assert_dead(&world, &link, "TOKEN_USED").await;
    world.verify(ADA, NEW).await.unwrap();
}

#[tokio::test]
async fn a_token_that_nobody_issued_is_unknown() {
    let world = World::start().await;
    let stranger = Token::generate(&OsEntropy).expose_for_link();
    for refusal in both_refusals(&world, &stranger).await {
        assert!(refusal.is(Code::NotFound, "TOKEN_UNKNOWN"), "{refusal:?}");
    }
    let refusal = world.revoke(&stranger).await.unwrap_err();
    assert!(refusal.is(Code::NotFound, "TOKEN_UNKNOWN"), "{refusal:?}");
}

#[tokio::test]
async fn each_token_opens_its_own_door_only() {
    let world = World::start().await;
    world.create_account(ADA, OLD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    let mail = world.mail_to(ADA).await;
    let (link, not_me) = (world.link_in(&mail), world.not_me_link_in(&mail));
    for refusal in both_refusals(&world, &not_me).await {
        assert!(refusal.is(Code::NotFound, "TOKEN_UNKNOWN"), "{refusal:?}");
    }
    let refusal = world.revoke(&link).await.unwrap_err();
    assert!(refusal.is(Code::NotFound, "TOKEN_UNKNOWN"), "{refusal:?}");
    world.complete(&link, NEW).await.unwrap();
}

#[tokio::test]
async fn the_links_of_an_account_end_when_it_is_disabled_or_its_address_changes() {
    let (world, link) = with_link().await;
    let id = world.verify(ADA, OLD).await.unwrap().account_id;
    world.set_disabled(&id, true).await.unwrap();
    assert_dead(&world, &link, "TOKEN_REVOKED").await;

    world.set_disabled(&id, false).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    let next = world.link_in(&world.mail_to(ADA).await);
    world.change_address(&id, "ada@example.net").await.unwrap();
    assert_dead(&world, &next, "TOKEN_REVOKED").await;
    world.request_reset("ada@example.net").await.unwrap();
    let last = world.link_in(&world.mail_to("ada@example.net").await);
    world.complete(&last, NEW).await.unwrap();
}

#[tokio::test]
async fn looking_a_hundred_times_uses_nothing_up() {
    let (world, link) = with_link().await;
    for _ in 0..100 {
        world.inspect(&link).await.unwrap();
    }
    world.complete(&link, NEW).await.unwrap();
}

#[tokio::test]
async fn a_double_tap_succeeds_and_sets_nothing() {
    let (world, link) = with_link().await;
    let first = world.complete(&link, NEW).await.unwrap();
    let again = world.complete(&link, NEW).await.expect("the same password within a minute");
    assert_eq!(first, again);
    let other = world.complete(&link, NEWEST).await.unwrap_err();
    assert!(other.is(Code::FailedPrecondition, "TOKEN_USED"), "{other:?}");
    assert_eq!(world.verify(ADA, NEW).await.unwrap().credentials_version, 2);
    assert_eq!(world.mails_to_in_the_end(ADA).await, 2, "one notice");

    world.advance(61 * SECOND);
    let late = world.complete(&link, NEW).await.unwrap_err();
    assert!(late.is(Code::FailedPrecondition, "TOKEN_USED"), "{late:?}");
}

#[tokio::test]
async fn a_refused_password_leaves_the_link_live() {
    let (world, link) = with_link().await;
    for weak in ["short", "password12", "aaaaaaaaaaaaaaaa", "my tapo camera and i", "dear ada@example.com"] {
        let refusal = world.complete(&link, weak).await.unwrap_err();
        assert!(refusal.is(Code::InvalidArgument, "PASSWORD_REJECTED"), "{weak}: {refusal:?}");
        assert!(refusal.fields().iter().all(|field| *field == "new_password"), "{refusal:?}");
        assert!(!format!("{refusal:?}").contains(weak), "a refusal never repeats the password");
    }
    world.inspect(&link).await.unwrap();
    world.complete(&link, NEW).await.unwrap();
}

#[tokio::test]
async fn one_link_is_tried_ten_times_in_ten_minutes_and_no_more() {
    let (world, link) = with_link().await;
    world.complete(&link, NEW).await.unwrap();
    // The first completion counted; nine more are looked at.
    for _ in 0..9 {
        assert_eq!(world.complete(&link, NEWEST).await.unwrap_err().reason, "TOKEN_USED");
    }
    let refusal = world.complete(&link, NEWEST).await.unwrap_err();
    assert!(refusal.is(Code::ResourceExhausted, "THROTTLED"), "{refusal:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_parallel_completions_one_succeeds() {
    let (world, link) = with_link().await;
    let passwords: Vec<_> = (0..30).map(|number| format!("{NEW} {number}")).collect();
    let outcomes = join_all(passwords.iter().map(|password| world.complete(&link, password))).await;
    let winners: Vec<_> = (0..30).filter(|&number| outcomes[number].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    for refusal in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        // Ten are looked at, the others are too many for one link.
        assert!(["TOKEN_USED", "THROTTLED"].contains(&refusal.reason.as_str()), "{refusal:?}");
    }
    assert_eq!(world.verify(ADA, &passwords[winners[0]]).await.unwrap().credentials_version, 2);
    assert_eq!(world.mails_to_in_the_end(ADA).await, 2, "one notice");
}
