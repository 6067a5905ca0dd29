//! What reports do to the link, and to the event in the outbox.

use super::verbs::{LEASE, SILENCE};
use super::world::{STALL, World};
use common::event::DeliveryOutcome::{
    Accepted, Ambiguous, Expired, Refused, Transient, Undeliverable, Unknown,
};
use reset_api::store::{DELIVER_WITHIN, Purpose, TokenState};
use time::Duration;

contract! {
    a_refusal_ends_both_links_of_the_mail,
    an_expiry_ends_both_links_of_the_mail,
    an_expiry_that_the_store_s_clock_denies_ends_nothing_and_the_event_is_published_again,
    a_link_that_ended_with_its_mail_is_live_again_when_a_copy_may_have_arrived,
    a_link_whose_mail_may_have_arrived_outlives_a_later_refusal,
    a_link_ended_by_its_owner_stays_ended_whatever_is_reported_later,
    a_link_that_had_failed_when_its_owner_ended_all_stays_ended,
    a_used_link_stays_used_whatever_is_reported_later,
    a_final_report_takes_the_event_from_the_outbox,
    a_final_report_may_overtake_the_mark_of_the_relay,
    a_report_that_more_will_be_tried_postpones_the_next_publish,
    a_next_attempt_far_ahead_does_not_keep_the_event_from_being_published,
    a_report_counts_once_however_often_it_comes,
    a_report_of_another_mail_changes_nothing_here,
    a_report_of_an_event_nobody_knows_spoils_no_batch_and_is_not_kept,
    a_refused_notice_leaves_the_used_link_used,
    a_batch_of_none_is_recorded,
}

async fn ended_by(world: &World, outcome: common::event::DeliveryOutcome) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let other = world.a_link_of_a_new_account("bob@example.org").await;
    if outcome == Expired {
        world.advance(DELIVER_WITHIN);
    }
    world.report(&link, outcome).await;
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
    let revoke = world.store.find_token(&link.revoke, Purpose::RevokeRequest).await.unwrap();
    assert_eq!(revoke, TokenState::Revoked);
    world.live_reset(&other).await;
}

async fn a_refusal_ends_both_links_of_the_mail(world: &World) {
    ended_by(world, Refused).await;
}

async fn an_expiry_ends_both_links_of_the_mail(world: &World) {
    ended_by(world, Expired).await;
}

async fn an_expiry_that_the_store_s_clock_denies_ends_nothing_and_the_event_is_published_again(
    world: &World,
) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.publish().await;
    let mut report = world.a_report(link.event.event_id, Expired);
    report.at += DELIVER_WITHIN + Duration::minutes(1);
    for again in 0..2 {
        world.record(std::slice::from_ref(&report)).await;
        let live = world.live_reset(&link).await;
        assert_eq!(live.expires_at, link.request.deliver_by + link.request.link_lifetime, "no clock started");
        assert_eq!(world.claim().await, [], "copy {again}: not before its next sign of life is due");
    }
    world.advance(SILENCE);
    assert_eq!(world.publish().await, std::slice::from_ref(&link.event));
    world.advance(DELIVER_WITHIN - SILENCE - Duration::minutes(2) - STALL);
    world.report(&link, Expired).await;
    world.live_reset(&link).await;
    world.advance(Duration::minutes(2) + STALL);
    world.report(&link, Expired).await;
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
}

async fn a_link_that_ended_with_its_mail_is_live_again_when_a_copy_may_have_arrived(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, Refused).await;
    world.report(&link, Transient).await;
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
    world.report(&link, Ambiguous).await;
    world.live_reset(&link).await;
}

async fn a_link_whose_mail_may_have_arrived_outlives_a_later_refusal(world: &World) {
    for (n, first) in [Accepted, Ambiguous, Unknown].into_iter().enumerate() {
        let link = world.a_link_of_a_new_account(&format!("account{n}@example.org")).await;
        world.report(&link, first).await;
        for later in [Refused, Expired, Undeliverable] {
            world.report(&link, later).await;
            world.live_reset(&link).await;
        }
    }
}

async fn a_link_ended_by_its_owner_stays_ended_whatever_is_reported_later(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.store.revoke_request(&link.revoke).await.unwrap();
    for outcome in [Refused, Ambiguous, Accepted, Transient, Unknown] {
        world.report(&link, outcome).await;
        assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked, "{outcome:?}");
    }
    assert_eq!(world.claim().await, []);
    world.advance(Duration::hours(3));
    assert_eq!(world.claim().await, [], "a late report brings no event back");
}

async fn a_link_that_had_failed_when_its_owner_ended_all_stays_ended(world: &World) {
    let failed = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&failed, Refused).await;
    world.advance(Duration::minutes(1));
    let link = world.a_link("ada@example.org").await;
    world.store.revoke_request(&link.revoke).await.unwrap();
    world.report(&failed, Accepted).await;
    assert_eq!(world.reset_state(&failed.reset).await, TokenState::Revoked, "not me ended every link");
}

async fn a_used_link_stays_used_whatever_is_reported_later(world: &World) {
    let (link, _) = world.a_change("ada@example.org").await;
    for outcome in [Ambiguous, Refused, Expired, Accepted, Unknown] {
        world.report(&link, outcome).await;
        let state = world.reset_state(&link.reset).await;
        assert!(matches!(state, TokenState::Used { .. }), "{outcome:?}: {state:?}");
    }
}

async fn a_final_report_takes_the_event_from_the_outbox(world: &World) {
    let outcomes = [Accepted, Refused, Unknown, Undeliverable];
    for (n, outcome) in outcomes.into_iter().enumerate() {
        let link = world.a_link_of_a_new_account(&format!("account{n}@example.org")).await;
        if n % 2 == 0 {
            assert_eq!(world.publish().await, std::slice::from_ref(&link.event));
        }
        world.report(&link, outcome).await;
        world.advance(SILENCE);
        assert_eq!(world.claim().await, [], "{outcome:?}");
    }
}

async fn a_final_report_may_overtake_the_mark_of_the_relay(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let claimed = world.claim_one().await;
    world.report(&link, Accepted).await;
    world.mark(std::slice::from_ref(&claimed)).await;
    world.store.release_outbox(&[claimed], Duration::ZERO).await.unwrap();
    world.advance(LEASE + SILENCE);
    assert_eq!(world.claim().await, []);
    world.live_reset(&link).await;
}

async fn a_report_that_more_will_be_tried_postpones_the_next_publish(world: &World) {
    for (address, outcome) in [("ada@example.org", Transient), ("bob@example.org", Ambiguous)] {
        let link = world.a_link_of_a_new_account(address).await;
        world.publish().await;
        let mut report = world.a_report(link.event.event_id, outcome);
        report.next_attempt_at = Some(report.at + Duration::minutes(14));
        world.record(&[report]).await;
        world.advance(Duration::minutes(14) + SILENCE - STALL);
        assert_eq!(world.claim().await, [], "{outcome:?}");
        world.advance(STALL);
        assert_eq!(world.claim_one().await.event, link.event, "{outcome:?}");
        world.report(&link, Accepted).await;
    }
}

async fn a_next_attempt_far_ahead_does_not_keep_the_event_from_being_published(world: &World) {
    let longest = Duration::minutes(15);
    for (address, ahead) in
        [("ada@example.org", Duration::hours(3)), ("bob@example.org", Duration::days(400))]
    {
        let link = world.a_link_of_a_new_account(address).await;
        world.publish().await;
        let mut report = world.a_report(link.event.event_id, Transient);
        report.next_attempt_at = Some(report.at + ahead);
        world.record(&[report]).await;
        world.advance(longest + SILENCE);
        assert_eq!(world.claim().await, [], "{ahead}");
        world.advance(STALL * 2);
        assert_eq!(world.claim_one().await.event, link.event, "{ahead}");
        world.report(&link, Accepted).await;
    }
}

async fn a_report_counts_once_however_often_it_comes(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let report = world.a_report(link.event.event_id, Accepted);
    world.record(&[report.clone(), report.clone()]).await;
    let end = world.live_reset(&link).await.expires_at;
    let copies = (0..8).map(|_| {
        let (store, report) = (world.store.clone(), report.clone());
        tokio::spawn(async move { store.record_reports(&[report], SILENCE).await })
    });
    for recorded in futures::future::join_all(copies).await {
        recorded.unwrap().unwrap();
    }
    assert_eq!(world.live_reset(&link).await.expires_at, end);
}

async fn a_report_of_another_mail_changes_nothing_here(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let first = world.live_reset(&link).await;
    world.advance(Duration::minutes(2));
    let second = world.a_link("ada@example.org").await;
    world.report(&second, Refused).await;
    assert_eq!(world.live_reset(&link).await, first);
    assert_eq!(world.claim_one().await.event, link.event);
}

async fn a_report_of_an_event_nobody_knows_spoils_no_batch_and_is_not_kept(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let mut stray = world.a_report(world.id(), Refused);
    "stray".clone_into(&mut stray.text);
    let good = world.a_report(link.event.event_id, Accepted);
    let end = good.at + link.request.link_lifetime;
    world.record(&[stray, good]).await;
    assert_eq!(world.live_reset(&link).await.expires_at, end);
    assert_eq!(
        world.place.texts("SELECT reply_text FROM delivery_attempts").await,
        ["as the relay host says"]
    );
    assert_eq!(world.claim().await, []);
}

async fn a_refused_notice_leaves_the_used_link_used(world: &World) {
    let (link, completion) = world.a_change("ada@example.org").await;
    world.publish().await;
    world.record(&[world.a_report(completion.notice.event_id, Refused)]).await;
    assert!(matches!(world.reset_state(&link.reset).await, TokenState::Used { .. }));
    world.advance(Duration::hours(2));
    let again = world.claim().await;
    assert!(again.iter().all(|claimed| claimed.event != completion.notice), "the notice is not sent again");
}

async fn a_batch_of_none_is_recorded(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let before = world.live_reset(&link).await;
    world.record(&[]).await;
    assert_eq!(world.live_reset(&link).await, before);
}
