//! What waits, for whoever watches it.

use super::verbs::LEASE;
use super::world::{STALL, World};
use common::event::DeliveryOutcome::{Accepted, Ambiguous, Refused};
use common::event::{DeliveryOutcome, DeliveryReport};
use reset_api::store::{Backlog, Learned};
use time::Duration;

contract! {
    where_nothing_waits_there_is_no_backlog,
    a_request_waits_until_it_is_taken_up,
    an_event_waits_until_it_is_published_first,
    an_event_that_is_claimed_still_waits,
    an_event_nobody_can_publish_any_more_waits_until_it_ends,
    the_first_acceptance_of_a_mail_tells_how_long_it_took,
    an_acceptance_of_no_request_tells_nothing,
}

const SECOND: Duration = Duration::SECOND;

async fn backlog(world: &World) -> Backlog {
    world.store.backlog(LEASE).await.unwrap()
}

/// The ages, as far as a test that may stall can tell.
fn is_about(age: Duration, expected: Duration) -> bool {
    (expected..expected + STALL).contains(&age)
}

async fn where_nothing_waits_there_is_no_backlog(world: &World) {
    assert_eq!(backlog(world).await, Backlog::default());
}

async fn a_request_waits_until_it_is_taken_up(world: &World) {
    world.accept_one("ada@example.org").await;
    world.advance(Duration::hours(1));
    world.accept_one("bob@example.org").await;
    world.advance(Duration::hours(1));
    let waiting = backlog(world).await;
    assert_eq!((waiting.requests, waiting.events), (2, 0));
    assert!(is_about(waiting.oldest_request, Duration::hours(2)), "{waiting:?}");
    world.issue().await;
    assert_eq!(backlog(world).await, Backlog::default(), "both are nobody's");
}

async fn an_event_waits_until_it_is_published_first(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::hours(1));
    world.a_change("bob@example.org").await;
    let waiting = backlog(world).await;
    assert_eq!(
        (waiting.requests, waiting.events),
        (0, 3),
        "a link, a notice and an account event: the used link's mail went"
    );
    assert!(is_about(waiting.oldest_event, Duration::hours(1)), "{waiting:?}");
    world.publish().await;
    assert_eq!(backlog(world).await, Backlog::default());
    world.advance(Duration::minutes(15));
    assert_eq!(backlog(world).await, Backlog::default(), "to be published again is not to wait");
}

async fn an_event_that_is_claimed_still_waits(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    let claimed = world.claim().await;
    assert_eq!(backlog(world).await.events, 1);
    world.store.release_outbox(&claimed, SECOND).await.unwrap();
    assert_eq!(backlog(world).await.events, 1);
}

async fn an_event_nobody_can_publish_any_more_waits_until_it_ends(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::hours(5));
    assert_eq!(backlog(world).await.events, 1);
    world.store.end_overdue(10, SECOND).await.unwrap();
    assert_eq!(backlog(world).await.events, 0);
}

async fn record(world: &World, reports: &[DeliveryReport]) -> Vec<Duration> {
    let Learned { accepted_after } = world.store.record_reports(reports, SECOND).await.unwrap();
    accepted_after
}

async fn the_first_acceptance_of_a_mail_tells_how_long_it_took(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let other = world.a_link_of_a_new_account("bob@example.org").await;
    world.advance(Duration::hours(1));
    let report = |outcome: DeliveryOutcome| world.a_report(link.event.event_id, outcome);
    assert!(record(world, &[report(Ambiguous)]).await.is_empty(), "it may not be there");
    let (first, copy) = (report(Accepted), world.a_report(other.event.event_id, Accepted));
    world.advance(Duration::hours(1));
    let second = report(Accepted);
    let learned = record(world, &[second, first.clone(), copy]).await;
    assert_eq!(learned.len(), 2, "{learned:?}");
    assert!(learned.iter().all(|after| is_about(*after, Duration::hours(1))), "{learned:?}");
    assert!(record(world, &[first, report(Accepted)]).await.is_empty(), "it was known");
}

async fn an_acceptance_of_no_request_tells_nothing(world: &World) {
    let (_, completion) = world.a_change("ada@example.org").await;
    let notice = world.a_report(completion.notice.event_id, Accepted);
    let nobodys = world.a_report(world.id(), Accepted);
    assert!(record(world, &[notice, nobodys]).await.is_empty());
    let link = world.a_link_of_a_new_account("bob@example.org").await;
    assert!(record(world, &[world.a_report(link.event.event_id, Refused)]).await.is_empty());
}
