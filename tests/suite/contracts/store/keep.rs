//! Ending what is over, and forgetting what is long over.

use super::test_mint::Link;
use super::world::{ALL, STALL, World};
use common::event::DeliveryOutcome::Accepted;
use reset_api::store::{DELIVER_WITHIN, Issued, Purpose, TokenState};
use time::Duration;

contract! {
    links_whose_time_is_over_are_expired_up_to_the_limit,
    live_used_and_revoked_links_are_not_expired,
    ended_requests_are_purged_after_the_retention_up_to_the_limit,
    a_purged_request_s_tokens_are_unknown,
    waiting_requests_and_live_links_are_never_purged,
    coalesced_requests_are_purged_as_well_whatever_the_limit,
    a_report_of_a_purged_mail_is_no_error,
}

const RETENTION: Duration = Duration::days(30);

async fn three_links(world: &World) -> Vec<Link> {
    let mut links = vec![];
    for address in ["ada@example.org", "bob@example.org", "eve@example.org"] {
        links.push(world.a_link_of_a_new_account(address).await);
    }
    links
}

async fn links_whose_time_is_over_are_expired_up_to_the_limit(world: &World) {
    let links = three_links(world).await;
    world.report(&links[0], Accepted).await;
    world.advance(Duration::minutes(30) - STALL);
    assert_eq!(world.store.expire_links(ALL).await.unwrap(), 0);
    world.advance(STALL);
    assert_eq!(world.store.expire_links(ALL).await.unwrap(), 1, "its mail was delivered");
    world.live_reset(&links[1]).await;
    world.advance(DELIVER_WITHIN);
    for expired in [1, 1, 0] {
        assert_eq!(world.store.expire_links(1).await.unwrap(), expired);
    }
    for link in links {
        assert!(matches!(world.reset_state(&link.reset).await, TokenState::Expired { .. }));
    }
}

async fn live_used_and_revoked_links_are_not_expired(world: &World) {
    let links = three_links(world).await;
    world.complete(links[0].reset, "changed").await;
    world.store.revoke_request(&links[1].revoke).await.unwrap();
    assert_eq!(world.store.expire_links(ALL).await.unwrap(), 0);
    world.live_reset(&links[2]).await;
    world.advance(DELIVER_WITHIN + Duration::hours(1));
    assert_eq!(world.store.expire_links(ALL).await.unwrap(), 1, "the one that was neither");
    assert!(matches!(world.reset_state(&links[0].reset).await, TokenState::Used { .. }));
    assert_eq!(world.reset_state(&links[1].reset).await, TokenState::Revoked);
}

async fn ended_requests_are_purged_after_the_retention_up_to_the_limit(world: &World) {
    for address in ["a@example.org", "b@example.org", "c@example.org"] {
        world.accept_one(address).await;
    }
    assert_eq!(world.issue().await.unknown, 3);
    world.advance(RETENTION - STALL);
    assert_eq!(world.store.purge(ALL, RETENTION).await.unwrap(), 0);
    world.advance(STALL + Duration::seconds(1));
    for purged in [2, 1, 0] {
        assert_eq!(world.store.purge(2, RETENTION).await.unwrap(), purged);
    }
}

async fn a_purged_request_s_tokens_are_unknown(world: &World) {
    let links = three_links(world).await;
    for link in &links {
        world.report(link, Accepted).await;
    }
    world.complete(links[0].reset, "changed").await;
    world.store.revoke_request(&links[1].revoke).await.unwrap();
    world.advance(DELIVER_WITHIN + Duration::hours(1));
    assert_eq!(world.store.expire_links(ALL).await.unwrap(), 1);
    world.advance(RETENTION);
    assert_eq!(world.store.purge(ALL, RETENTION).await.unwrap(), 3);
    for link in links {
        assert_eq!(world.reset_state(&link.reset).await, TokenState::Unknown);
        let revoke = world.store.find_token(&link.revoke, Purpose::RevokeRequest).await.unwrap();
        assert_eq!(revoke, TokenState::Unknown);
    }
    assert!(world.credentials("ada@example.org").await.is_some(), "the account stays");
    world.a_link("ada@example.org").await;
}

async fn waiting_requests_and_live_links_are_never_purged(world: &World) {
    let live = world.a_link_of_a_new_account("ada@example.org").await;
    world.create("bob@example.org").await;
    world.accept_one("bob@example.org").await;
    world.advance(Duration::hours(1));
    assert_eq!(world.store.purge(ALL, Duration::ZERO).await.unwrap(), 0);
    world.live_reset(&live).await;
    world.advance(RETENTION * 2);
    assert_eq!(world.store.purge(ALL, RETENTION).await.unwrap(), 0, "nothing has ended yet");
    assert_eq!(world.issue().await, Issued { issued: 1, ..Issued::default() }, "it still waits");
}

async fn coalesced_requests_are_purged_as_well_whatever_the_limit(world: &World) {
    world.create("ada@example.org").await;
    for _ in 0..4 {
        world.accept_one("ada@example.org").await;
    }
    assert_eq!(world.issue().await, Issued { issued: 1, coalesced: 3, ..Issued::default() });
    world.advance(DELIVER_WITHIN + Duration::hours(1));
    world.store.end_overdue(ALL, Duration::ZERO).await.unwrap();
    world.store.expire_links(ALL).await.unwrap();
    world.advance(RETENTION + STALL);
    let mut purged = 0;
    while world.store.purge(1, RETENTION).await.unwrap() == 1 {
        purged += 1;
        assert!(purged <= 4);
    }
    assert_eq!(purged, 4);
}

async fn a_report_of_a_purged_mail_is_no_error(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, Accepted).await;
    world.complete(link.reset, "changed").await;
    world.advance(RETENTION + STALL);
    assert_eq!(world.store.purge(ALL, RETENTION).await.unwrap(), 1);
    world.report(&link, Accepted).await;
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Unknown);
    let kept = world.place.texts("SELECT reply_text FROM delivery_attempts").await;
    assert_eq!(kept, Vec::<String>::new(), "nothing would ever purge it");
}
