//! Asking again: when it is refused, what it leads to, and that nobody learns from it who has an account.

#![cfg(test)]

use futures::future::join_all;
use proto::v1::RequestResetRequest;
use std::time::Duration;
use tests::world::{Refusal, World, asking};
use tonic::Code;

const ADA: &str = "ada@example.com";
const NOBODY: &str = "nobody@example.com";
const GONE: &str = "gone@example.com";
const PASSWORD: &str = "analytical engines hum softly";
const NEW: &str = "seventeen violet umbrellas";
const COOL_DOWN: Duration = Duration::from_secs(60);
const ID: &str = "8c5d7a52-7a0e-4c39-9d07-0f3ac2a0b6d1";

async fn with_ada() -> World {
    let world = World::start().await;
    world.create_account(ADA, PASSWORD).await.unwrap();
    world
}

/// A world with an account, a disabled account, and an address that is nobody's.
async fn with_all_three() -> World {
    let world = with_ada().await;
    let gone = world.create_account(GONE, PASSWORD).await.unwrap();
    world.set_disabled(&gone, true).await.unwrap();
    world
}

fn assert_is_cool_down(refusal: &Refusal) {
    assert!(refusal.is(Code::ResourceExhausted, "THROTTLED"), "{refusal:?}");
    let wait = refusal.retry_after.unwrap();
    // Asked moments after the first request: all of the cool-down is left, but for those moments.
    assert!(wait <= COOL_DOWN && wait > COOL_DOWN / 2, "{wait:?}");
}

#[tokio::test]
async fn in_each_state_of_the_throttle_known_unknown_and_disabled_addresses_are_alike() {
    let world = with_all_three().await;
    for step in 1..=4 {
        let mut answers = Vec::new();
        let mut refusals = Vec::new();
        for email in [ADA, NOBODY, GONE] {
            answers.push(world.request_reset(email).await.unwrap());
            refusals.push(world.request_reset(email).await.unwrap_err());
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "step {step}: {answers:?}");
        let waits: Vec<_> = refusals.iter().map(|refusal| refusal.retry_after.unwrap()).collect();
        let wait = Duration::try_from(answers[0].resend_after.unwrap()).unwrap();
        assert!(waits.iter().all(|left| *left <= wait && *left + COOL_DOWN / 2 > wait), "{waits:?}");
        let alike: Vec<_> = refusals.into_iter().map(Refusal::whenever).collect();
        assert!(alike.windows(2).all(|pair| pair[0] == pair[1]), "step {step}: {alike:?}");
        world.advance(wait);
    }
}

#[tokio::test]
async fn unknown_and_disabled_addresses_get_no_mail() {
    let world = with_all_three().await;
    for email in [NOBODY, GONE, ADA] {
        world.request_reset(email).await.unwrap();
    }
    world.mail_to(ADA).await;
    assert_eq!(world.mails_to_in_the_end(NOBODY).await, 0);
    assert_eq!(world.mails_to(GONE).await, 0);
}

#[tokio::test]
async fn an_account_enabled_again_may_ask_at_once() {
    let world = World::start().await;
    let gone = world.create_account(GONE, PASSWORD).await.unwrap();
    world.set_disabled(&gone, true).await.unwrap();
    world.request_reset(GONE).await.unwrap();
    world.settle().await;
    let refusal = world.verify(GONE, PASSWORD).await.unwrap_err();
    assert!(refusal.is(Code::Unauthenticated, "CREDENTIALS_REFUSED"), "{refusal:?}");

    world.set_disabled(&gone, false).await.unwrap();
    world.verify(GONE, PASSWORD).await.unwrap();
    world.request_reset(GONE).await.expect("no link is on its way, so nobody is refused one");
    let link = world.link_in(&world.mail_to(GONE).await);
    world.inspect(&link).await.unwrap();
}

#[tokio::test]
async fn after_the_cool_down_a_second_mail_comes_both_links_live_and_using_one_ends_both() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let first = world.link_in(&world.mail_to(ADA).await);
    assert_is_cool_down(&world.request_reset(ADA).await.unwrap_err());

    world.advance(COOL_DOWN);
    world.request_reset(ADA).await.expect("the cool-down is over");
    let second = world.link_in(&world.mail_to(ADA).await);
    assert_ne!(first, second);
    for link in [&first, &second] {
        world.inspect(link).await.expect("both links live");
    }

    world.complete(&first, NEW).await.unwrap();
    let used = world.inspect(&first).await.unwrap_err();
    let ended = world.inspect(&second).await.unwrap_err();
    assert!(used.is(Code::FailedPrecondition, "TOKEN_USED"), "{used:?}");
    assert!(ended.is(Code::FailedPrecondition, "TOKEN_REVOKED"), "{ended:?}");
    assert_eq!(world.mails_to_in_the_end(ADA).await, 3, "two links and the notice");
}

#[tokio::test]
async fn the_time_to_wait_is_exact() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    world.advance(COOL_DOWN / 2);
    let wait = world.request_reset(ADA).await.unwrap_err().retry_after.unwrap();
    assert!(wait <= COOL_DOWN / 2 && wait > COOL_DOWN / 4, "{wait:?}");
    world.advance(wait);
    world.request_reset(ADA).await.expect("that was the time to wait");
}

#[tokio::test]
async fn the_same_request_id_again_gets_the_same_answer_and_costs_nothing() {
    let world = with_ada().await;
    let asked = RequestResetRequest { request_id: ID.to_owned(), ..asking(ADA) };
    let answer = world.request(asked.clone()).await.unwrap();
    world.mail_to(ADA).await;
    // In the cool-down, after it, and after another request has moved the schedule on.
    assert_eq!(world.request(asked.clone()).await.unwrap(), answer);
    world.advance(COOL_DOWN);
    assert_eq!(world.request(asked.clone()).await.unwrap(), answer);
    world.request_reset(ADA).await.expect("the repetitions took nothing");
    world.mail_to(ADA).await;
    world.advance(COOL_DOWN);
    assert_eq!(world.request(asked).await.unwrap(), answer);
    assert_eq!(world.mails_to_in_the_end(ADA).await, 2, "no third mail");
}

#[tokio::test]
async fn a_request_id_with_other_content_is_refused() {
    let world = with_ada().await;
    let asked = RequestResetRequest { request_id: ID.to_owned(), ..asking(ADA) };
    world.request(asked.clone()).await.unwrap();
    for other in [
        RequestResetRequest { email: NOBODY.to_owned(), ..asked.clone() },
        RequestResetRequest { app_id: "kasa".to_owned(), ..asked.clone() },
        RequestResetRequest { locale: "de".to_owned(), ..asked.clone() },
    ] {
        let refusal = world.request(other).await.unwrap_err();
        assert!(refusal.is(Code::InvalidArgument, "REQUEST_ID_REUSED"), "{refusal:?}");
        assert_eq!(refusal.fields(), ["request_id"]);
    }
    world.request_reset(NOBODY).await.expect("the refused ones took nothing");
}

#[tokio::test]
async fn a_request_id_of_a_refused_request_is_not_remembered() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let asked = RequestResetRequest { request_id: ID.to_owned(), ..asking(ADA) };
    assert_is_cool_down(&world.request(asked.clone()).await.unwrap_err());
    world.advance(COOL_DOWN);
    world.request(asked).await.expect("granted as any other");
    assert_eq!(world.mails_to_in_the_end(ADA).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_parallel_requests_one_leads_to_a_mail() {
    let world = with_ada().await;
    let answers = join_all((0..200).map(|_| world.request_reset(ADA))).await;
    let refusals: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(refusals.len(), 199);
    assert!(refusals.iter().all(|refusal| refusal.is(Code::ResourceExhausted, "THROTTLED")), "{refusals:?}");
    assert_is_cool_down(&world.request_reset(ADA).await.unwrap_err());
    assert_eq!(world.mails_to_in_the_end(ADA).await, 1);
}

#[tokio::test]
async fn a_new_account_does_not_wait_for_what_was_asked_before_it_was() {
    let world = World::start().await;
    world.request_reset(ADA).await.unwrap();
    world.settle().await;
    world.create_account(ADA, PASSWORD).await.unwrap();
    world.request_reset(ADA).await.expect("no link is on its way, so nobody is refused one");
    let link = world.link_in(&world.mail_to(ADA).await);
    world.inspect(&link).await.unwrap();
}
