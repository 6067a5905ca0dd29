//! Leasing events to the relay.

use super::verbs::{LEASE, SILENCE};
use super::world::{ALL, STALL, World};
use common::event::EventKind;
use reset_api::store::{ClaimedEvent, DELIVER_WITHIN};
use std::collections::HashSet;
use time::Duration;
use uuid::Uuid;

contract! {
    a_claimed_event_is_nobody_else_s_until_the_lease_is_over,
    events_are_claimed_oldest_first_and_up_to_the_limit,
    parallel_claimers_never_get_the_same_event,
    an_event_past_its_deliver_by_is_never_claimed,
    a_published_mail_is_due_again_after_a_silence_that_doubles,
    a_published_account_event_goes_and_the_notice_stays,
    a_released_event_is_due_after_the_delay,
    whoever_lost_the_lease_marks_nothing,
    whoever_lost_the_lease_releases_nothing,
    marking_and_releasing_nothing_is_no_error,
}

async fn a_claimed_event_is_nobody_else_s_until_the_lease_is_over(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    let mut last = world.claim_one().await;
    for _ in 0..3 {
        world.advance(LEASE - STALL);
        assert_eq!(world.claim().await, []);
        world.advance(STALL);
        let again = world.claim_one().await;
        assert_eq!((&again.event, again.publishes), (&last.event, 0));
        assert!(again.fence > last.fence);
        last = again;
    }
}

/// Issues links one second apart; their event ids, oldest first.
async fn events_in_order(world: &World, count: usize) -> Vec<Uuid> {
    let mut events = vec![];
    for n in 0..count {
        events.push(world.a_link_of_a_new_account(&format!("account{n}@example.org")).await.event.event_id);
        world.advance(Duration::seconds(1));
    }
    events
}

fn ids(claimed: &[ClaimedEvent]) -> Vec<Uuid> {
    claimed.iter().map(|claimed| claimed.event.event_id).collect()
}

async fn events_are_claimed_oldest_first_and_up_to_the_limit(world: &World) {
    let order = events_in_order(world, 12).await;
    let mut claimed = vec![];
    for limit in [1, 4, 2, 100] {
        claimed.push(ids(&world.store.claim_outbox(limit, LEASE).await.unwrap()));
    }
    assert_eq!(claimed.iter().map(Vec::len).collect::<Vec<_>>(), [1, 4, 2, 5]);
    assert_eq!(claimed.concat(), order);
}

async fn parallel_claimers_never_get_the_same_event(world: &World) {
    let all: HashSet<_> = events_in_order(world, 40).await.into_iter().collect();
    let claimers = (0..8).map(|_| {
        let store = world.store.clone();
        tokio::spawn(async move {
            let mut mine = vec![];
            loop {
                let claimed = store.claim_outbox(3, LEASE).await.unwrap();
                if claimed.is_empty() {
                    return ids(&mine);
                }
                mine.extend(claimed);
            }
        })
    });
    let mut claimed = vec![];
    for mine in futures::future::join_all(claimers).await {
        claimed.extend(mine.unwrap());
    }
    // A claimer may pass over rows that another one held and gave up.
    claimed.extend(ids(&world.claim().await));
    assert_eq!(claimed.len(), 40, "none twice");
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>(), all);
}

async fn an_event_past_its_deliver_by_is_never_claimed(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(DELIVER_WITHIN - STALL);
    let claimed = world.claim_one().await;
    world.store.release_outbox(&[claimed], Duration::ZERO).await.unwrap();
    world.advance(STALL);
    assert_eq!(world.claim().await, []);
    world.advance(Duration::days(1));
    assert_eq!(world.claim().await, []);
}

async fn a_published_mail_is_due_again_after_a_silence_that_doubles(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    for publishes in 0..4 {
        let claimed = world.claim_one().await;
        assert_eq!((&claimed.event, claimed.publishes), (&link.event, publishes));
        world.mark(&[claimed]).await;
        world.advance(SILENCE * 2_i32.pow(publishes) - STALL);
        assert_eq!(world.claim().await, [], "after {publishes} earlier publishes");
        world.advance(STALL);
    }
    assert_eq!(world.claim_one().await.publishes, 4);
}

async fn a_published_account_event_goes_and_the_notice_stays(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, common::event::DeliveryOutcome::Accepted).await;
    let completion = world.complete(link.reset, "changed").await;
    let published = world.publish().await;
    assert_eq!(published.len(), 2);
    assert!(published.contains(&completion.notice) && published.contains(&completion.account_event));
    assert_eq!(completion.account_event.kind, EventKind::PasswordChanged);
    world.advance(SILENCE);
    assert_eq!(world.claim_one().await.event, completion.notice);
}

async fn a_released_event_is_due_after_the_delay(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    let claimed = world.claim_one().await;
    world.store.release_outbox(std::slice::from_ref(&claimed), Duration::minutes(30)).await.unwrap();
    world.advance(Duration::minutes(29));
    assert_eq!(world.claim().await, [], "even after the lease");
    world.advance(Duration::minutes(1));
    let again = world.claim_one().await;
    assert_eq!(again.publishes, 0, "it was not published");
    assert!(again.fence > claimed.fence);
    world.store.release_outbox(&[again], Duration::ZERO).await.unwrap();
    world.claim_one().await;
}

/// Two claims of one mail and one account event: the first lost its lease to the second.
async fn a_lost_and_a_held_claim(world: &World) -> (Vec<ClaimedEvent>, Vec<ClaimedEvent>) {
    world.a_change("ada@example.org").await;
    let lost = world.claim().await;
    world.advance(LEASE);
    let held = world.store.claim_outbox(ALL, Duration::hours(1)).await.unwrap();
    assert_eq!(ids(&lost), ids(&held));
    assert!(lost.iter().any(|claimed| claimed.event.kind == EventKind::PasswordChanged));
    (lost, held)
}

async fn whoever_lost_the_lease_marks_nothing(world: &World) {
    let (lost, held) = a_lost_and_a_held_claim(world).await;
    world.mark(&lost).await;
    world.advance(SILENCE);
    assert_eq!(world.claim().await, [], "the lease of the other one holds");
    world.store.release_outbox(&held, Duration::ZERO).await.unwrap();
    let again = world.claim().await;
    assert_eq!(ids(&again), ids(&held), "nothing has gone");
    assert!(again.iter().all(|claimed| claimed.publishes == 0));
}

async fn whoever_lost_the_lease_releases_nothing(world: &World) {
    let (lost, held) = a_lost_and_a_held_claim(world).await;
    world.store.release_outbox(&lost, Duration::ZERO).await.unwrap();
    assert_eq!(world.claim().await, [], "the lease of the other one holds");
    world.mark(&held).await;
    world.store.release_outbox(&lost, Duration::ZERO).await.unwrap();
    assert_eq!(world.claim().await, [], "the other one has published it");
}

async fn marking_and_releasing_nothing_is_no_error(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    world.mark(&[]).await;
    world.store.release_outbox(&[], Duration::ZERO).await.unwrap();
    assert_eq!(world.store.claim_outbox(0, LEASE).await.unwrap(), []);
    world.claim_one().await;
}
