//! What is stored about an address, and what a look at it leaves as it was.

use super::world::{ALL, STALL, World, key_of};
use common::event::{DeliveryOutcome, DeliveryStage};
use reset_api::store::{
    AccountStanding, AttemptHistory, DELIVER_WITHIN, EndReason, History, MailKind, RequestHistory,
    RequestState, Suppression,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

contract! {
    of_an_address_nobody_knows_there_is_nothing,
    an_account_tells_its_standing,
    every_state_of_a_request_is_told_with_its_reason,
    an_attempt_is_told_as_it_was_reported_and_in_order,
    a_mail_in_the_outbox_tells_how_often_it_was_published,
    the_first_look_at_a_link_is_noted_once_and_consumes_nothing,
    only_reset_links_are_noted_as_opened,
    the_newest_requests_come_first_up_to_the_limit_whatever_their_state,
    a_suppression_is_told_while_it_lasts,
    a_notice_is_told_with_the_request_whose_link_changed_the_password,
    a_look_changes_nothing,
}

const ADA: &str = "ada@example.org";

impl World {
    async fn history(&self, address: &str) -> History {
        self.store.history(&key_of(address), 20).await.unwrap()
    }

    /// The one request of an address.
    async fn request(&self, address: &str) -> RequestHistory {
        let mut history = self.history(address).await;
        assert_eq!(history.requests.len(), 1);
        history.requests.remove(0)
    }

    /// The state and reason of a request of an address.
    async fn told(&self, address: &str, id: Uuid) -> (RequestState, Option<EndReason>) {
        let history = self.history(address).await;
        let request = history.requests.iter().find(|request| request.id == id).unwrap();
        (request.state, request.reason)
    }
}

fn is_near(instant: OffsetDateTime, expected: OffsetDateTime) -> bool {
    (instant - expected).abs() < STALL
}

async fn of_an_address_nobody_knows_there_is_nothing(world: &World) {
    world.a_link_of_a_new_account(ADA).await;
    let history = world.history("bob@example.org").await;
    assert!(is_near(history.now, world.now().await));
    assert_eq!((history.account, history.suppression, history.requests), (None, None, vec![]));
}

async fn an_account_tells_its_standing(world: &World) {
    let account = world.create(ADA).await;
    assert_eq!(world.history(ADA).await.account, Some(AccountStanding::Active));
    world.store.set_disabled(account.id, true).await.unwrap();
    assert_eq!(world.history(ADA).await.account, Some(AccountStanding::Disabled));
    let (_, completion) = world.a_change("bob@example.org").await;
    world.revoke_change(completion.notice_revoke, "bob@example.org").await;
    assert_eq!(world.history("bob@example.org").await.account, Some(AccountStanding::LogInRefused));
}

async fn every_state_of_a_request_is_told_with_its_reason(world: &World) {
    let waiting = world.accept_one(ADA).await;
    assert_eq!(world.told(ADA, waiting).await, (RequestState::Accepted, None));
    world.issue().await;
    assert_eq!(world.told(ADA, waiting).await, (RequestState::Unknown, None));

    let link = world.a_link_of_a_new_account("issued@example.org").await;
    assert_eq!(world.told("issued@example.org", link.request.id).await, (RequestState::Issued, None));
    let again = world.accept_one("issued@example.org").await;
    world.issue().await;
    assert_eq!(world.told("issued@example.org", again).await, (RequestState::Coalesced, None));
    let newest = &world.history("issued@example.org").await.requests[0];
    assert_eq!((newest.id, newest.coalesced_into), (again, Some(link.request.id)));

    let states = [
        (DeliveryOutcome::Refused, RequestState::Undeliverable, EndReason::Refused),
        (DeliveryOutcome::Undeliverable, RequestState::Undeliverable, EndReason::Undeliverable),
        (DeliveryOutcome::Expired, RequestState::Expired, EndReason::ExpiredBeforeDelivery),
    ];
    for (n, (outcome, state, reason)) in states.into_iter().enumerate() {
        let address = format!("ended{n}@example.org");
        let link = world.a_link_of_a_new_account(&address).await;
        if outcome == DeliveryOutcome::Expired {
            world.advance(DELIVER_WITHIN);
        }
        world.report(&link, outcome).await;
        assert_eq!(world.told(&address, link.request.id).await, (state, Some(reason)));
        let ends_at = world.request(&address).await.link.unwrap().ends_at;
        assert!(is_near(ends_at, world.now().await), "it ended with its mail: {ends_at}");
    }

    let used = world.a_link_of_a_new_account("used@example.org").await;
    world.advance(Duration::minutes(2));
    let other = world.a_link("used@example.org").await;
    world.complete(other.reset, "changed").await;
    let ended = (RequestState::Revoked, Some(EndReason::AnotherLinkUsed));
    assert_eq!(world.told("used@example.org", used.request.id).await, ended);
    assert_eq!(world.told("used@example.org", other.request.id).await, (RequestState::Completed, None));

    let revoked = world.a_link_of_a_new_account("revoked@example.org").await;
    world.store.revoke_request(&revoked.revoke).await.unwrap();
    let ended = (RequestState::Revoked, Some(EndReason::NotMe));
    assert_eq!(world.told("revoked@example.org", revoked.request.id).await, ended);

    let account = world.create("changed@example.org").await;
    let changed = world.a_link("changed@example.org").await;
    world.store.set_disabled(account.id, true).await.unwrap();
    let ended = (RequestState::Revoked, Some(EndReason::AccountChanged));
    assert_eq!(world.told("changed@example.org", changed.request.id).await, ended);

    world.report(&link, DeliveryOutcome::Accepted).await;
    world.advance(Duration::hours(1));
    world.store.expire_links(ALL).await.unwrap();
    let ended = (RequestState::Expired, Some(EndReason::TimeOver));
    assert_eq!(world.told("issued@example.org", link.request.id).await, ended);
}

async fn an_attempt_is_told_as_it_was_reported_and_in_order(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    let first = common::event::DeliveryReport {
        stage: DeliveryStage::Rcpt,
        reply_code: 451,
        enhanced_code: "4.7.1".to_owned(),
        text: "greylisted".to_owned(),
        ..world.a_report(link.event.event_id, DeliveryOutcome::Transient)
    };
    let second = common::event::DeliveryReport {
        attempt: 2,
        at: first.at + Duration::minutes(1),
        queue_id: "4F1CB2A3D9".to_owned(),
        ..world.a_report(link.event.event_id, DeliveryOutcome::Accepted)
    };
    world.record(&[second.clone(), first.clone()]).await;
    let told = |report: &common::event::DeliveryReport| AttemptHistory {
        mail: MailKind::ResetLink,
        at: report.at,
        number: report.attempt,
        outcome: report.outcome,
        relay_host: report.relay_host.clone(),
        stage: report.stage,
        reply_code: report.reply_code,
        enhanced_code: report.enhanced_code.clone(),
        text: report.text.clone(),
        queue_id: report.queue_id.clone(),
        next_attempt_at: report.next_attempt_at,
    };
    let request = world.request(ADA).await;
    assert_eq!(request.attempts, [told(&first), told(&second)]);
    let ends_at = request.link.unwrap().ends_at;
    assert!(is_near(ends_at, second.at + link.request.link_lifetime), "the clock has started: {ends_at}");
}

async fn a_mail_in_the_outbox_tells_how_often_it_was_published(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    let published = async || world.request(ADA).await.link.unwrap().published;
    assert_eq!(published().await, Some(0));
    world.publish().await;
    assert_eq!(published().await, Some(1));
    world.report(&link, DeliveryOutcome::Accepted).await;
    assert_eq!(published().await, None);
}

async fn the_first_look_at_a_link_is_noted_once_and_consumes_nothing(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    let before = world.live_reset(&link).await;
    assert!(!before.is_opened);
    assert_eq!(world.request(ADA).await.link.unwrap().opened_at, None);
    let looks = (0..20).map(|_| {
        let (store, token) = (world.store.clone(), link.reset);
        tokio::spawn(async move { store.note_opened(&token).await })
    });
    for noted in futures::future::join_all(looks).await {
        noted.unwrap().unwrap();
    }
    let opened_at = world.request(ADA).await.link.unwrap().opened_at.unwrap();
    assert!(is_near(opened_at, world.now().await));
    world.advance(Duration::minutes(5));
    world.store.note_opened(&link.reset).await.unwrap();
    assert_eq!(world.request(ADA).await.link.unwrap().opened_at, Some(opened_at), "the first look stays");
    let after = world.live_reset(&link).await;
    assert_eq!(reset_api::store::LiveToken { is_opened: false, ..after.clone() }, before);
    assert!(after.is_opened);
    world.complete(link.reset, "changed").await;
}

async fn only_reset_links_are_noted_as_opened(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.store.note_opened(&link.revoke).await.unwrap();
    assert_eq!(world.request(ADA).await.link.unwrap().opened_at, None);
    world.store.note_opened(&super::world::a_digest()).await.unwrap();
}

async fn the_newest_requests_come_first_up_to_the_limit_whatever_their_state(world: &World) {
    world.create(ADA).await;
    let mut ids = vec![];
    for _ in 0..4 {
        ids.push(world.accept_one(ADA).await);
        world.issue().await;
        world.advance(Duration::seconds(1));
    }
    ids.push(world.accept_one(ADA).await);
    ids.reverse();
    let all: Vec<_> = world.history(ADA).await.requests.iter().map(|request| request.id).collect();
    assert_eq!(all, ids);
    let three = world.store.history(&key_of(ADA), 3).await.unwrap().requests;
    assert_eq!(three.iter().map(|request| request.id).collect::<Vec<_>>(), ids[..3]);
    assert_eq!(three[0].state, RequestState::Accepted);
}

async fn a_suppression_is_told_while_it_lasts(world: &World) {
    world.create(ADA).await;
    let now = world.now().await;
    let until = now + Duration::days(30);
    world.place.suppress(key_of(ADA), now, until).await;
    let told = Suppression { reason: "bad address".to_owned(), since: now, until };
    assert_eq!(world.history(ADA).await.suppression, Some(told));
    let suppressed = world.accept_one(ADA).await;
    assert_eq!(world.issue().await.suppressed, 1);
    assert_eq!(world.told(ADA, suppressed).await, (RequestState::Suppressed, None));
    world.advance(Duration::days(30));
    assert_eq!(world.history(ADA).await.suppression, None);
}

async fn a_notice_is_told_with_the_request_whose_link_changed_the_password(world: &World) {
    let (link, completion) = world.a_change(ADA).await;
    world.report(&link, DeliveryOutcome::Accepted).await;
    world.advance(Duration::seconds(1));
    let notice = world.a_report(completion.notice.event_id, DeliveryOutcome::Accepted);
    world.record(std::slice::from_ref(&notice)).await;
    let request = world.request(ADA).await;
    let mails: Vec<_> = request.attempts.iter().map(|attempt| attempt.mail).collect();
    assert_eq!(mails, [MailKind::ResetLink, MailKind::ChangeNotice]);
    assert!(request.link.unwrap().used_at.is_some());
}

async fn a_look_changes_nothing(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.report(&link, DeliveryOutcome::Accepted).await;
    let (live, history) = (world.live_reset(&link).await, world.history(ADA).await);
    world.advance(DELIVER_WITHIN - Duration::hours(4));
    for _ in 0..3 {
        assert_eq!(world.history(ADA).await.requests, history.requests);
    }
    assert_eq!(world.live_reset(&link).await, live);
}
