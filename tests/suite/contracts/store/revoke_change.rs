//! "Not me" from the notice, after a change.

use super::verbs::SILENCE;
use super::world::{World, a_hash};
use common::event::DeliveryOutcome::Accepted;
use reset_api::store::{Issued, Purpose, Revoked, TokenState};
use time::Duration;

contract! {
    not_me_refuses_log_in_until_the_next_reset,
    not_me_ends_every_token_and_writes_one_new_link,
    the_new_link_and_the_account_event_are_in_the_outbox,
    the_new_link_is_a_link_like_any_other,
    its_request_is_not_issued_again,
    not_me_said_again_changes_nothing,
    one_of_many_parallel_not_me_is_done,
    not_me_for_another_version_changes_nothing,
    another_account_is_left_alone,
    a_request_of_one_s_own_also_ends_the_refusal,
}

const ADA: &str = "ada@example.org";

async fn not_me_refuses_log_in_until_the_next_reset(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    let changed = world.credentials(ADA).await.unwrap();
    let revocation = world.revoke_change(completion.notice_revoke, ADA).await;
    assert_eq!(world.credentials(ADA).await, None);
    world.store.rehash(&changed, &a_hash("stronger")).await.unwrap();
    assert_eq!(world.credentials(ADA).await, None, "a log-in on its way does not lift it");

    world.complete(revocation.link.reset, "mine again").await;
    let credentials = world.credentials(ADA).await.unwrap();
    assert_eq!(credentials.password_hash, a_hash("mine again"));
    assert_eq!(credentials.credentials_version, changed.credentials_version + 2);
}

async fn not_me_ends_every_token_and_writes_one_new_link(world: &World) {
    let (used, completion) = world.a_change(ADA).await;
    world.advance(Duration::seconds(1));
    let later = world.a_link(ADA).await;
    let revocation = world.revoke_change(completion.notice_revoke, ADA).await;

    assert_eq!(world.reset_state(&later.reset).await, TokenState::Revoked);
    let state = world.store.find_token(&later.revoke, Purpose::RevokeRequest).await.unwrap();
    assert_eq!(state, TokenState::Revoked);
    assert!(!matches!(world.reset_state(&used.reset).await, TokenState::Live(_)));

    for (token, purpose) in
        [(revocation.link.reset, Purpose::Reset), (revocation.link.revoke, Purpose::RevokeRequest)]
    {
        let live = world.live(&token, purpose).await;
        assert_eq!(live.request_id, revocation.request.id);
        assert_eq!(live.account_id, used.account.id);
        assert_eq!(live.credentials_version, revocation.credentials_version);
        assert_eq!(
            (live.app_id, live.request_locale),
            ("tapo".to_owned(), revocation.request.locale.clone())
        );
    }
}

async fn the_new_link_and_the_account_event_are_in_the_outbox(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    world.publish().await;
    let revocation = world.revoke_change(completion.notice_revoke, ADA).await;
    let published = world.publish().await;
    assert_eq!(published.len(), 2);
    assert!(published.contains(&revocation.link.event) && published.contains(&revocation.account_event));
    world.advance(SILENCE);
    let again = world.publish().await;
    assert!(again.contains(&revocation.link.event) && !again.contains(&revocation.account_event));
}

async fn the_new_link_is_a_link_like_any_other(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    let revocation = world.revoke_change(completion.notice_revoke, ADA).await;
    let event = &revocation.link.event;
    let live = world.live(&revocation.link.reset, Purpose::Reset).await;
    assert_eq!(live.expires_at, event.deliver_by + revocation.link_lifetime);
    world.advance(Duration::minutes(3));
    let report = world.a_report(event.event_id, Accepted);
    let end = report.at + revocation.link_lifetime;
    world.record(&[report]).await;
    assert_eq!(world.live(&revocation.link.reset, Purpose::Reset).await.expires_at, end);
    world.advance(revocation.link_lifetime);
    assert!(matches!(world.reset_state(&revocation.link.reset).await, TokenState::Expired { .. }));
}

async fn its_request_is_not_issued_again(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    world.revoke_change(completion.notice_revoke, ADA).await;
    assert_eq!(world.issue().await, Issued::default());
}

async fn not_me_said_again_changes_nothing(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    let first = world.revoke_change(completion.notice_revoke, ADA).await;
    world.publish().await;
    let again = world.a_revocation(completion.notice_revoke, first.credentials_version + 1, ADA);
    let outcome = world.store.revoke_change(&again).await.unwrap();
    assert!(
        matches!(outcome, Revoked::NotLive(TokenState::Used { .. } | TokenState::Revoked)),
        "{outcome:?} must tell that the token was a real one"
    );
    assert_eq!(world.reset_state(&again.link.reset).await, TokenState::Unknown);
    world.live(&first.link.reset, Purpose::Reset).await;
    assert_eq!(world.claim().await, []);
}

async fn one_of_many_parallel_not_me_is_done(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    world.publish().await;
    let version = completion.credentials_version + 1;
    let runs = (0..20).map(|_| {
        let revocation = world.a_revocation(completion.notice_revoke, version, ADA);
        let store = world.store.clone();
        tokio::spawn(async move { (store.revoke_change(&revocation).await.unwrap(), revocation) })
    });
    let mut done = 0;
    for run in futures::future::join_all(runs).await {
        let (outcome, revocation) = run.unwrap();
        let state = world.reset_state(&revocation.link.reset).await;
        if outcome == Revoked::Done {
            done += 1;
            assert!(matches!(state, TokenState::Live(_)), "{state:?}");
        } else {
            assert_eq!(state, TokenState::Unknown);
        }
    }
    assert_eq!(done, 1);
    assert_eq!(world.claim().await.len(), 2);
}

async fn not_me_for_another_version_changes_nothing(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    world.publish().await;
    let before = world.credentials(ADA).await;
    let version = completion.credentials_version;
    for version in [version - 1, version, version + 2] {
        let revocation = world.a_revocation(completion.notice_revoke, version, ADA);
        let outcome = world.store.revoke_change(&revocation).await;
        assert!(!matches!(outcome, Ok(Revoked::Done)), "version {version}");
        assert_eq!(world.reset_state(&revocation.link.reset).await, TokenState::Unknown);
    }
    assert!(before.is_some());
    assert_eq!(world.credentials(ADA).await, before);
    world.live(&completion.notice_revoke, Purpose::RevokeChange).await;
    assert_eq!(world.claim().await, []);
}

async fn another_account_is_left_alone(world: &World) {
    let bob = world.a_link_of_a_new_account("bob@example.org").await;
    let before = world.credentials("bob@example.org").await;
    let (_, completion) = world.a_change(ADA).await;
    world.revoke_change(completion.notice_revoke, ADA).await;
    assert!(before.is_some());
    assert_eq!(world.credentials("bob@example.org").await, before);
    world.live_reset(&bob).await;
}

async fn a_request_of_one_s_own_also_ends_the_refusal(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    let revocation = world.revoke_change(completion.notice_revoke, ADA).await;
    world.advance(Duration::days(1));
    let link = world.a_link(ADA).await;
    assert_eq!(world.credentials(ADA).await, None, "asking alone lifts nothing");
    world.complete(link.reset, "mine again").await;
    assert!(world.credentials(ADA).await.is_some());
    assert!(!matches!(world.reset_state(&revocation.link.reset).await, TokenState::Live(_)));
}
