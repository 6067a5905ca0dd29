//! "Not me" from the reset mail, before a change.

use super::world::World;
use reset_api::store::{Issued, Purpose, Revoked, TokenState};
use time::Duration;

contract! {
    not_me_ends_every_link_of_the_account_only,
    not_me_leaves_the_password_as_it_is,
    not_me_said_again_changes_nothing,
    one_of_many_parallel_not_me_is_done,
    a_link_asked_for_after_not_me_works,
    not_me_before_a_change_leaves_not_me_after_an_earlier_change,
}

async fn not_me_ends_every_link_of_the_account_only(world: &World) {
    let other = world.a_link_of_a_new_account("bob@example.org").await;
    let first = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(1));
    let second = world.a_link("ada@example.org").await;
    assert_eq!(world.store.revoke_request(&first.revoke).await.unwrap(), Revoked::Done);

    for link in [&first, &second] {
        assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
    }
    let state = world.store.find_token(&second.revoke, Purpose::RevokeRequest).await.unwrap();
    assert_eq!(state, TokenState::Revoked);
    world.live_reset(&other).await;
    world.live(&other.revoke, Purpose::RevokeRequest).await;
}

async fn not_me_leaves_the_password_as_it_is(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let before = world.credentials("ada@example.org").await;
    world.store.revoke_request(&link.revoke).await.unwrap();
    assert!(before.is_some());
    assert_eq!(world.credentials("ada@example.org").await, before);
}

async fn not_me_said_again_changes_nothing(world: &World) {
    let first = world.a_link_of_a_new_account("ada@example.org").await;
    world.store.revoke_request(&first.revoke).await.unwrap();
    world.advance(Duration::seconds(1));
    let second = world.a_link("ada@example.org").await;
    let again = world.store.revoke_request(&first.revoke).await.unwrap();
    assert!(
        matches!(again, Revoked::NotLive(TokenState::Used { .. } | TokenState::Revoked)),
        "{again:?} must tell that the token was a real one"
    );
    world.live_reset(&second).await;
    world.accept_one("ada@example.org").await;
    assert_eq!(world.issue().await, Issued { coalesced: 1, ..Issued::default() }, "the gate is as it was");
}

async fn one_of_many_parallel_not_me_is_done(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let runs = (0..20).map(|_| {
        let store = world.store.clone();
        tokio::spawn(async move { store.revoke_request(&link.revoke).await.unwrap() })
    });
    let outcomes = futures::future::join_all(runs).await;
    let done = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Revoked::Done))).count();
    assert_eq!(done, 1);
}

async fn a_link_asked_for_after_not_me_works(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.store.revoke_request(&link.revoke).await.unwrap();
    world.advance(Duration::seconds(1));
    let link = world.a_link("ada@example.org").await;
    world.complete(link.reset, "changed").await;
}

async fn not_me_before_a_change_leaves_not_me_after_an_earlier_change(world: &World) {
    let (_, completion) = world.a_change("ada@example.org").await;
    world.advance(Duration::seconds(1));
    let link = world.a_link("ada@example.org").await;
    world.store.revoke_request(&link.revoke).await.unwrap();
    world.live(&completion.notice_revoke, Purpose::RevokeChange).await;
}
