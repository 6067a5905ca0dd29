//! Setting a password.

use super::test_mint::Link;
use super::verbs::NOTICE_LIFETIME;
use super::world::{STALL, World, a_hash};
use common::event::DeliveryOutcome::Accepted;
use reset_api::schedule::Step;
use reset_api::store::{Completed, Purpose, TokenState};
use time::Duration;

contract! {
    a_completion_sets_the_password_and_raises_the_version,
    a_completion_is_dated_as_its_token_is,
    a_completion_ends_every_other_token_of_the_account_only,
    a_completion_writes_both_its_events,
    a_completion_makes_the_notice_s_revoke_token_live_for_its_time,
    one_of_a_hundred_parallel_completions_is_done,
    one_of_two_links_completed_at_once_is_done,
    a_completion_for_another_version_changes_nothing,
    a_used_token_completes_nothing_more,
    a_link_asked_for_after_a_completion_works,
}

async fn a_completion_sets_the_password_and_raises_the_version(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let before = world.credentials("ada@example.org").await.unwrap();
    let completion = world.complete(link.reset, "changed").await;
    let after = world.credentials("ada@example.org").await.unwrap();
    assert_eq!(after.account_id, before.account_id);
    assert_eq!(after.password_hash, a_hash("changed"));
    assert_eq!(after.credentials_version, before.credentials_version + 1);
    assert_eq!(after.credentials_version, completion.credentials_version);
}

async fn a_completion_is_dated_as_its_token_is(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let version = world.live_reset(&link).await.credentials_version;
    let completion = world.a_completion(link.reset, version + 1, "changed");
    let completed = world.store.complete(&completion).await.unwrap();
    let used = world.store.find_token(&link.reset, Purpose::Reset).await.unwrap();
    let (Completed::Done { at }, TokenState::Used { at: used_at, .. }) = (&completed, &used) else {
        panic!("{completed:?}, {used:?}")
    };
    assert_eq!(at, used_at, "a double submit is answered like the first");
}

async fn a_completion_ends_every_other_token_of_the_account_only(world: &World) {
    let other = world.a_link_of_a_new_account("bob@example.org").await;
    let first = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(1));
    let second = world.a_link("ada@example.org").await;
    world.live_reset(&first).await;
    world.complete(second.reset, "changed").await;

    assert!(matches!(world.reset_state(&second.reset).await, TokenState::Used { .. }));
    assert_eq!(world.reset_state(&first.reset).await, TokenState::Revoked);
    for revoke in [first.revoke, second.revoke] {
        let state = world.store.find_token(&revoke, Purpose::RevokeRequest).await.unwrap();
        assert_eq!(state, TokenState::Revoked);
    }
    world.live_reset(&other).await;
    assert_eq!(world.credentials("bob@example.org").await.unwrap().password_hash, a_hash("at first"));
}

async fn a_completion_writes_both_its_events(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, Accepted).await;
    let completion = world.complete(link.reset, "changed").await;
    let claimed = world.claim().await;
    assert_eq!(claimed.len(), 2);
    for event in [completion.notice, completion.account_event] {
        assert!(claimed.iter().any(|claimed| claimed.event == event && claimed.publishes == 0));
    }
}

async fn a_completion_makes_the_notice_s_revoke_token_live_for_its_time(world: &World) {
    let (link, completion) = world.a_change("ada@example.org").await;
    let live = world.live(&completion.notice_revoke, Purpose::RevokeChange).await;
    assert_eq!((live.account_id, live.app_id.as_str()), (link.account.id, "tapo"));
    assert_eq!(live.credentials_version, completion.credentials_version);
    world.advance(NOTICE_LIFETIME - STALL);
    world.live(&completion.notice_revoke, Purpose::RevokeChange).await;
    // Whether its time begins with the change or with the last moment of the notice's delivery.
    world.advance(STALL + Duration::hours(4) + STALL);
    let state = world.store.find_token(&completion.notice_revoke, Purpose::RevokeChange).await.unwrap();
    assert!(matches!(state, TokenState::Expired { .. }));
}

/// Completes with all these links at once, each with its own password; the one that was set.
async fn race(world: &World, links: &[Link]) -> String {
    let version = world.live_reset(&links[0]).await.credentials_version;
    let runs = links.iter().enumerate().map(|(n, link)| {
        let password = format!("password{n}");
        let completion = world.a_completion(link.reset, version + 1, &password);
        let store = world.store.clone();
        tokio::spawn(async move { (password, store.complete(&completion).await.unwrap()) })
    });
    let mut done = vec![];
    for run in futures::future::join_all(runs).await {
        match run.unwrap() {
            (password, Completed::Done { .. }) => done.push(password),
            (_, Completed::NotLive(TokenState::Used { .. } | TokenState::Revoked)) => {}
            (_, other) => panic!("{other:?}"),
        }
    }
    assert_eq!(done.len(), 1, "exactly one is done: {done:?}");
    let credentials = world.credentials(&links[0].account.address.to_mailbox()).await.unwrap();
    assert_eq!(credentials.credentials_version, version + 1);
    assert_eq!(credentials.password_hash, a_hash(&done[0]));
    done.remove(0)
}

async fn one_of_a_hundred_parallel_completions_is_done(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, Accepted).await;
    race(world, &vec![link; 100]).await;
    assert_eq!(world.claim().await.len(), 2, "the events of one completion");
}

async fn one_of_two_links_completed_at_once_is_done(world: &World) {
    world.create("ada@example.org").await;
    for _ in 0..10 {
        let first = world.a_link("ada@example.org").await;
        world.advance(Step::FIRST.wait());
        let second = world.a_link("ada@example.org").await;
        race(world, &[first, second]).await;
        world.advance(Duration::seconds(1));
    }
}

async fn a_completion_for_another_version_changes_nothing(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.publish().await;
    let before = world.credentials("ada@example.org").await;
    let live = world.live_reset(&link).await;
    for version in [live.credentials_version - 1, live.credentials_version, live.credentials_version + 2] {
        let completion = world.a_completion(link.reset, version, "made for another version");
        let outcome = world.store.complete(&completion).await;
        assert!(!matches!(outcome, Ok(Completed::Done { .. })), "version {version}");
        let notice = world.store.find_token(&completion.notice_revoke, Purpose::RevokeChange).await;
        assert_eq!(notice.unwrap(), TokenState::Unknown);
    }
    assert_eq!(world.credentials("ada@example.org").await, before);
    assert_eq!(world.live_reset(&link).await, live);
    assert_eq!(world.claim().await, []);
}

async fn a_used_token_completes_nothing_more(world: &World) {
    let (link, first) = world.a_change("ada@example.org").await;
    world.publish().await;
    let before = world.credentials("ada@example.org").await;
    let again = world.a_completion(link.reset, first.credentials_version + 1, "changed again");
    let outcome = world.store.complete(&again).await.unwrap();
    assert!(matches!(outcome, Completed::NotLive(TokenState::Used { .. })), "{outcome:?}");
    assert_eq!(world.credentials("ada@example.org").await, before);
    assert_eq!(world.claim().await, []);
    world.live(&first.notice_revoke, Purpose::RevokeChange).await;
}

async fn a_link_asked_for_after_a_completion_works(world: &World) {
    world.a_change("ada@example.org").await;
    world.advance(Duration::seconds(1));
    let link = world.a_link("ada@example.org").await;
    world.complete(link.reset, "changed again").await;
    assert_eq!(world.credentials("ada@example.org").await.unwrap().password_hash, a_hash("changed again"));
}
