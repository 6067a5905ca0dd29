//! Addresses that a mail server calls unknown.

use super::test_mint::Link;
use super::world::{ALL, World, key_of};
use common::event::{DeliveryOutcome, DeliveryReport, DeliveryStage};
use reset_api::store::{Actor, AuditAction, AuditEntry, Issued, OPERATOR};
use time::Duration;

contract! {
    an_address_that_a_mail_server_calls_unknown_is_left_alone_but_for_one_try_a_day,
    a_mail_that_is_taken_ends_it,
    a_try_that_is_refused_makes_it_longer,
    an_operator_lifts_it_which_is_written_down_whether_there_was_one_or_not,
    one_that_is_over_is_purged_and_no_other,
    the_notice_of_a_change_tells_of_an_address_too,
    what_is_not_about_the_address_leaves_it_alone,
}

const ADA: &str = "ada@example.org";
const ISSUED: Issued =
    Issued { issued: 1, unknown: 0, coalesced: 0, suppressed: 0, undeliverable: 0, revoked: 0 };
const SUPPRESSED: Issued =
    Issued { issued: 0, unknown: 0, coalesced: 0, suppressed: 1, undeliverable: 0, revoked: 0 };

impl World {
    fn a_refusal(&self, link: &Link, stage: DeliveryStage, code: &str) -> DeliveryReport {
        let report = self.a_report(link.event.event_id, DeliveryOutcome::Refused);
        DeliveryReport { stage, reply_code: 550, enhanced_code: code.to_owned(), ..report }
    }

    async fn is_called_unknown(&self, link: &Link) {
        self.record(&[self.a_refusal(link, DeliveryStage::Rcpt, "5.1.1")]).await;
    }

    /// What comes of asking so much later.
    async fn asks_after(&self, time: Duration) -> Issued {
        self.advance(time);
        self.accept_one(ADA).await;
        self.issue().await
    }

    async fn is_suppressed(&self) -> bool {
        self.store.history(&key_of(ADA), 1).await.unwrap().suppression.is_some()
    }
}

async fn an_address_that_a_mail_server_calls_unknown_is_left_alone_but_for_one_try_a_day(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.is_called_unknown(&link).await;
    let told = world.store.history(&key_of(ADA), 1).await.unwrap().suppression.unwrap();
    assert_eq!((&told.reason[..], told.until - told.since), ("no such mailbox", Duration::days(30)));
    for _ in 0..2 {
        assert_eq!(world.asks_after(Duration::hours(7)).await, SUPPRESSED);
        assert_eq!(world.asks_after(Duration::hours(18)).await, ISSUED);
    }
    assert_eq!(world.asks_after(Duration::hours(12)).await, SUPPRESSED);
    assert_eq!(world.asks_after(Duration::days(29)).await, ISSUED);
    assert!(!world.is_suppressed().await, "it is over");
    assert_eq!(world.asks_after(Duration::hours(7)).await, ISSUED);
}

async fn a_mail_that_is_taken_ends_it(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.is_called_unknown(&link).await;
    world.advance(Duration::days(2));
    let tried = world.a_link(ADA).await;
    assert!(world.is_suppressed().await);
    world.report(&tried, DeliveryOutcome::Accepted).await;
    assert!(!world.is_suppressed().await);
    assert_eq!(world.asks_after(Duration::hours(1)).await, ISSUED);
}

async fn a_try_that_is_refused_makes_it_longer(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.is_called_unknown(&link).await;
    world.advance(Duration::days(29));
    let tried = world.a_link(ADA).await;
    world.is_called_unknown(&tried).await;
    world.advance(Duration::days(29));
    assert!(world.is_suppressed().await);
    world.advance(Duration::days(2));
    assert!(!world.is_suppressed().await);
}

async fn an_operator_lifts_it_which_is_written_down_whether_there_was_one_or_not(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.is_called_unknown(&link).await;
    assert_eq!(world.asks_after(Duration::hours(1)).await, SUPPRESSED);
    let lift = async || {
        let actor = Actor { role: OPERATOR.to_owned(), name: "grace".to_owned(), network: None };
        let entry = AuditEntry {
            id: world.id(),
            at: None,
            actor,
            action: AuditAction::SuppressionLifted,
            address_key: Some(key_of(ADA)),
            request_id: None,
            event_id: None,
            detail: String::new(),
        };
        world.store.lift_suppression(&key_of(ADA), &entry).await.unwrap()
    };
    assert!(lift().await);
    assert!(!world.is_suppressed().await);
    assert_eq!(world.asks_after(Duration::hours(1)).await, ISSUED);
    assert!(!lift().await, "nothing keeps mails from it");
    let trail = "SELECT actor_name || ' ' || action || ' ' || CAST(length(address_key) AS text) FROM audit";
    assert_eq!(world.place.texts(trail).await, ["grace suppression_lifted 32"; 2]);
}

async fn one_that_is_over_is_purged_and_no_other(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.is_called_unknown(&link).await;
    world.advance(Duration::days(29));
    for (time, kept) in [(Duration::ZERO, 1), (Duration::days(2), 0)] {
        world.advance(time);
        world.store.purge(ALL, Duration::days(365)).await.unwrap();
        assert_eq!(world.place.texts("SELECT reason FROM suppressions").await.len(), kept);
    }
}

async fn the_notice_of_a_change_tells_of_an_address_too(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    let report = world.a_report(completion.notice.event_id, DeliveryOutcome::Refused);
    let (stage, enhanced_code) = (DeliveryStage::Dot, "5.1.10".to_owned());
    world.record(&[DeliveryReport { stage, enhanced_code, ..report }]).await;
    assert!(world.is_suppressed().await);
}

async fn what_is_not_about_the_address_leaves_it_alone(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    // At MAIL it is about the sender; 5.2.2 is a full mailbox, 5.7.1 a policy.
    for (stage, code) in [
        (DeliveryStage::Mail, "5.1.1"),
        (DeliveryStage::Rcpt, "5.2.2"),
        (DeliveryStage::Dot, "5.7.1"),
        (DeliveryStage::Rcpt, ""),
    ] {
        world.record(&[world.a_refusal(&link, stage, code)]).await;
        assert!(!world.is_suppressed().await, "{stage:?} {code}");
    }
    let transient = world.a_report(link.event.event_id, DeliveryOutcome::Transient);
    let (stage, enhanced_code) = (DeliveryStage::Rcpt, "5.1.1".to_owned());
    world.record(&[DeliveryReport { stage, enhanced_code, ..transient }]).await;
    assert!(!world.is_suppressed().await, "it is tried again");
}
