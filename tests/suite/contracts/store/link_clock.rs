//! When a link ends: set once, by the first report that its mail was, or may have been, taken.

use super::test_mint::Link;
use super::world::{STALL, World};
use common::event::DeliveryOutcome::{self, Accepted, Ambiguous, Transient, Unknown};
use reset_api::store::{DELIVER_WITHIN, Purpose, TokenState};
use time::{Duration, OffsetDateTime};

contract! {
    a_link_is_live_from_its_issue_until_the_hard_end,
    the_first_accepting_report_sets_the_end,
    an_ambiguous_report_sets_the_end_and_later_ones_leave_it,
    a_report_of_the_past_counts_from_the_issue,
    a_report_of_the_future_counts_from_its_receipt,
    the_end_is_never_past_the_hard_end,
    a_transient_report_sets_no_end,
    an_answer_lost_twice_leaves_the_link_as_it_is,
}

const LIFETIME: Duration = Duration::minutes(30);

/// Reports an outcome with the worker's own idea of the time.
async fn report_at(world: &World, link: &Link, outcome: DeliveryOutcome, at: OffsetDateTime) {
    let mut report = world.a_report(link.event.event_id, outcome);
    report.at = at;
    world.record(&[report]).await;
}

async fn end_of(world: &World, link: &Link) -> OffsetDateTime {
    world.live_reset(link).await.expires_at
}

/// When the hard end comes.
fn hard_end(link: &Link) -> OffsetDateTime {
    link.request.deliver_by + LIFETIME
}

/// Asserts that the link is live just before its end and expired at it.
async fn ends_at(world: &World, link: &Link, end: OffsetDateTime) {
    assert_eq!(end_of(world, link).await, end);
    let left = end - world.now().await;
    world.advance(left - STALL);
    assert_eq!(end_of(world, link).await, end);
    world.advance(STALL);
    assert!(matches!(world.reset_state(&link.reset).await, TokenState::Expired { .. }));
    let revoke = world.store.find_token(&link.revoke, Purpose::RevokeRequest).await.unwrap();
    assert!(matches!(revoke, TokenState::Expired { .. }), "both links of a mail end together");
}

async fn a_link_is_live_from_its_issue_until_the_hard_end(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    assert_eq!(link.request.link_lifetime, LIFETIME);
    assert_eq!(link.request.deliver_by, link.request.accepted_at + DELIVER_WITHIN);
    ends_at(world, &link, hard_end(&link)).await;
}

async fn the_first_accepting_report_sets_the_end(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(5));
    let at = world.now().await;
    world.advance(Duration::minutes(5));
    report_at(world, &link, Accepted, at).await;
    assert_eq!(end_of(world, &link).await, at + LIFETIME, "the mail's time and not the report's");
    report_at(world, &link, Accepted, at + Duration::minutes(3)).await;
    ends_at(world, &link, at + LIFETIME).await;
}

async fn an_ambiguous_report_sets_the_end_and_later_ones_leave_it(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(1));
    let at = world.now().await;
    report_at(world, &link, Ambiguous, at).await;
    world.advance(Duration::minutes(2));
    report_at(world, &link, Accepted, world.now().await).await;
    ends_at(world, &link, at + LIFETIME).await;
}

async fn a_report_of_the_past_counts_from_the_issue(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(5));
    report_at(world, &link, Accepted, link.issued_at - Duration::days(1)).await;
    let end = end_of(world, &link).await;
    assert!((end - (link.issued_at + LIFETIME)).abs() < Duration::seconds(1), "{end}");
}

async fn a_report_of_the_future_counts_from_its_receipt(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(5));
    let before = world.now().await;
    report_at(world, &link, Accepted, before + Duration::days(1)).await;
    let end = end_of(world, &link).await;
    assert!(before + LIFETIME <= end && end <= world.now().await + LIFETIME, "{end}");
}

async fn the_end_is_never_past_the_hard_end(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(DELIVER_WITHIN + Duration::minutes(20));
    report_at(world, &link, Accepted, world.now().await - Duration::minutes(5)).await;
    ends_at(world, &link, hard_end(&link)).await;
}

async fn a_transient_report_sets_no_end(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, Transient).await;
    assert_eq!(end_of(world, &link).await, hard_end(&link));
    let at = world.now().await;
    report_at(world, &link, Accepted, at).await;
    assert_eq!(end_of(world, &link).await, at + LIFETIME);
}

async fn an_answer_lost_twice_leaves_the_link_as_it_is(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let at = world.now().await;
    report_at(world, &link, Ambiguous, at).await;
    world.advance(Duration::minutes(2));
    world.report(&link, Unknown).await;
    ends_at(world, &link, at + LIFETIME).await;
}
