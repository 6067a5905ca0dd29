//! Mails from the dead letters: which go out again, and what is told of the others.

use super::test_mint::Link;
use super::verbs::{LEASE, SILENCE};
use super::world::{ALL, STALL, World, key_of, parsed};
use common::event::DeliveryOutcome::{self, Accepted, Ambiguous, Refused, Transient, Undeliverable, Unknown};
use common::event::{DeliveryReport, EventKind};
use reset_api::store::{
    Actor, AuditAction, AuditEntry, DELIVER_WITHIN, OutboxEvent, Purpose, Redrive, Redriven, TokenState,
    WhyNotSent,
};
use time::Duration;

contract! {
    a_mail_whose_link_can_live_goes_out_again_and_its_link_is_live_meanwhile,
    a_mail_that_is_still_in_the_outbox_is_due_at_once_in_its_new_life,
    whoever_held_the_mail_in_an_earlier_life_marks_nothing_of_the_next,
    a_mail_whose_link_is_of_no_use_any_more_stays_and_the_trail_says_why,
    a_mail_whose_time_is_over_stays,
    a_mail_that_may_have_arrived_stays,
    a_mail_nobody_knows_stays,
    an_act_that_is_told_again_changes_nothing,
    a_mail_that_says_another_time_than_its_link_stays,
    a_life_begins_once_and_the_next_one_after_it,
    of_many_who_tell_at_once_one_begins_the_life,
    a_death_that_is_recorded_after_the_redrive_ends_nothing_of_the_next_life,
    a_death_that_is_recorded_beside_the_redrive_ends_nothing_of_the_next_life,
    what_arrived_in_an_earlier_life_ends_the_next,
    a_redriven_mail_that_is_not_delivered_in_time_ends_as_any_other,
    a_notice_goes_out_again_while_not_me_can_be_said,
    a_link_that_ends_while_its_mail_is_redriven_is_not_sent,
}

const ADA: &str = "ada@example.org";
const TRAIL: &str =
    "SELECT action || ': ' || detail || CASE WHEN address_key IS NULL THEN '' ELSE ', of somebody' END
    FROM audit ORDER BY at, id";
/// The states of the requests for a link, as they are told.
const STATES: &str =
    "SELECT state || coalesce(' ' || reason, '') FROM reset_requests ORDER BY accepted_at, id";

impl World {
    /// What an operator makes of an event's letter.
    fn a_redrive(&self, event: &OutboxEvent, redrives: u32) -> Redrive {
        let actor = Actor { role: "operator".to_owned(), name: "grace".to_owned(), network: None };
        let entry = AuditEntry {
            id: self.id(),
            at: None,
            actor,
            action: AuditAction::DeadLetterRedriven,
            address_key: None,
            request_id: None,
            event_id: Some(event.event_id),
            detail: "letter 7".to_owned(),
        };
        let body = format!("life {redrives}").into_bytes();
        Redrive { entry, event: OutboxEvent { body, ..event.clone() }, redrives }
    }

    async fn redrive(&self, event: &OutboxEvent, redrives: u32) -> Redriven {
        self.store.redrive(&self.a_redrive(event, redrives)).await.unwrap()
    }

    async fn report_of_life(&self, event: &OutboxEvent, outcome: DeliveryOutcome, redrives: u32) {
        self.record(&[DeliveryReport { redrives, ..self.a_report(event.event_id, outcome) }]).await;
    }

    /// A new account's link whose mail could not be made.
    async fn a_dead_mail(&self, address: &str) -> Link {
        let link = self.a_link_of_a_new_account(address).await;
        assert_eq!(self.publish().await, std::slice::from_ref(&link.event));
        self.report(&link, Undeliverable).await;
        assert_eq!(self.reset_state(&link.reset).await, TokenState::Revoked);
        link
    }

    /// It is not sent, for that reason, and nothing is due.
    async fn assert_stays(&self, event: &OutboxEvent, why: WhyNotSent) {
        let due = self.claim().await;
        assert_eq!(self.redrive(event, 1).await, Redriven::NotSent(why));
        let told = self.place.texts(TRAIL).await;
        let last = format!("dead_letter_redriven: letter 7; not sent: {}", why.words());
        assert!(told.last().unwrap().starts_with(&last), "{told:?}");
        assert_eq!(self.claim().await, [], "{why:?}");
        self.store.release_outbox(&due, Duration::ZERO).await.unwrap();
    }
}

async fn a_mail_whose_link_can_live_goes_out_again_and_its_link_is_live_meanwhile(world: &World) {
    let link = world.a_dead_mail(ADA).await;
    assert_eq!(world.place.texts(STATES).await, ["undeliverable undeliverable"]);
    assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
    assert_eq!(world.place.texts(TRAIL).await, ["dead_letter_redriven: letter 7; sent again, of somebody"]);
    assert_eq!(world.place.texts(STATES).await, ["issued"]);
    let live = world.live_reset(&link).await;
    assert_eq!(live.expires_at, link.request.deliver_by + link.request.link_lifetime, "no clock started");
    world.live(&link.revoke, Purpose::RevokeRequest).await;

    let due = world.claim_one().await;
    let body = b"life 1".to_vec();
    assert_eq!((&due.event, due.publishes), (&OutboxEvent { body, ..link.event.clone() }, 0));
    world.mark(&[due]).await;
    world.advance(SILENCE);
    assert_eq!(world.publish().await.len(), 1, "it is published again as any other");
    let report = DeliveryReport { redrives: 1, ..world.a_report(link.event.event_id, Accepted) };
    world.record(std::slice::from_ref(&report)).await;
    assert_eq!(world.live_reset(&link).await.expires_at, report.at + link.request.link_lifetime);
    world.advance(SILENCE * 2);
    assert_eq!(world.claim().await, []);
    world.complete(link.reset, "changed").await;
}

async fn a_mail_that_is_still_in_the_outbox_is_due_at_once_in_its_new_life(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.publish().await;
    let before = world.live_reset(&link).await;
    assert_eq!(world.claim().await, [], "it is to be silent for a while");
    assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
    assert_eq!(world.live_reset(&link).await, before);
    let due = world.claim_one().await;
    assert_eq!((&due.event.body[..], due.publishes), (&b"life 1"[..], 0));
}

async fn whoever_held_the_mail_in_an_earlier_life_marks_nothing_of_the_next(world: &World) {
    for (address, dies) in [(ADA, false), ("bob@example.org", true)] {
        let link = world.a_link_of_a_new_account(address).await;
        let held = world.claim_one().await;
        if dies {
            world.report(&link, Undeliverable).await;
        }
        assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
        world.mark(std::slice::from_ref(&held)).await;
        let due = world.claim_one().await;
        assert_eq!((&due.event.body[..], due.publishes), (&b"life 1"[..], 0), "{address}");
        world.store.release_outbox(&[held], Duration::ZERO).await.unwrap();
        assert_eq!(world.claim().await, [], "the lease of the other one holds");
        world.report_of_life(&link.event, Accepted, 1).await;
    }
}

async fn a_mail_whose_link_is_of_no_use_any_more_stays_and_the_trail_says_why(world: &World) {
    let other = world.a_dead_mail("other@example.org").await;
    world.advance(Duration::minutes(2));
    let second = world.a_link("other@example.org").await;
    world.complete(second.reset, "changed").await;
    world.assert_stays(&other.event, WhyNotSent::AnotherLinkUsed).await;
    world.assert_stays(&second.event, WhyNotSent::Used).await;

    let revoked = world.a_dead_mail_beside("revoked@example.org").await;
    let second = world.a_link("revoked@example.org").await;
    world.store.revoke_request(&second.revoke).await.unwrap();
    world.assert_stays(&revoked.event, WhyNotSent::NotMe).await;

    let disabled = world.a_dead_mail_beside("disabled@example.org").await;
    world.store.set_disabled(disabled.account.id, true).await.unwrap();
    world.assert_stays(&disabled.event, WhyNotSent::AccountChanged).await;
    world.store.set_disabled(disabled.account.id, false).await.unwrap();
    world.assert_stays(&disabled.event, WhyNotSent::AccountChanged).await;

    let moved = world.a_dead_mail_beside("moved@example.org").await;
    let to = "elsewhere@example.org";
    world.store.change_address(moved.account.id, &parsed(to), key_of(to), 1).await.unwrap();
    world.assert_stays(&moved.event, WhyNotSent::AccountChanged).await;
    for dead in [other, revoked, disabled, moved] {
        assert_eq!(world.reset_state(&dead.reset).await, TokenState::Revoked);
    }
}

async fn a_mail_whose_time_is_over_stays(world: &World) {
    let in_time = world.a_dead_mail(ADA).await;
    let link = world.a_dead_mail("bob@example.org").await;
    world.advance(DELIVER_WITHIN - STALL);
    assert_eq!(world.redrive(&in_time.event, 1).await, Redriven::Due);
    world.advance(STALL);
    world.assert_stays(&link.event, WhyNotSent::TimeOver).await;
    // What the mail says of its own time does not lengthen that of its link.
    let deliver_by = link.event.deliver_by + Duration::days(1);
    world.advance(link.request.link_lifetime);
    world.assert_stays(&OutboxEvent { deliver_by, ..link.event }, WhyNotSent::TimeOver).await;
}

/// Whoever can write to the queue could have a row in the outbox that nothing ever ends.
async fn a_mail_that_says_another_time_than_its_link_stays(world: &World) {
    let link = world.a_dead_mail(ADA).await;
    for deliver_by in [link.event.deliver_by + Duration::days(9_000), link.event.deliver_by - Duration::HOUR]
    {
        let forged = OutboxEvent { deliver_by, ..link.event.clone() };
        world.assert_stays(&forged, WhyNotSent::AnotherMail).await;
    }
    assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
}

async fn a_mail_that_may_have_arrived_stays(world: &World) {
    for (n, outcome) in [Accepted, Ambiguous, Unknown].into_iter().enumerate() {
        let link = world.a_link_of_a_new_account(&format!("account{n}@example.org")).await;
        world.publish().await;
        world.report(&link, outcome).await;
        world.assert_stays(&link.event, WhyNotSent::MayBeOut).await;
        world.live_reset(&link).await;
    }
}

async fn a_mail_nobody_knows_stays(world: &World) {
    let unknown = world.an_event(EventKind::ResetLinkIssued);
    world.assert_stays(&unknown, WhyNotSent::Unknown).await;
    // Of another kind than it was made as, nobody could open it.
    let link = world.a_dead_mail_beside(ADA).await;
    let other = OutboxEvent { kind: EventKind::PasswordChangedNotice, ..link.event };
    world.assert_stays(&other, WhyNotSent::Unknown).await;
}

async fn an_act_that_is_told_again_changes_nothing(world: &World) {
    let link = world.a_dead_mail(ADA).await;
    let redrive = world.a_redrive(&link.event, 1);
    assert_eq!(world.store.redrive(&redrive).await.unwrap(), Redriven::Due);
    assert_eq!(world.publish().await.len(), 1);
    world.report_of_life(&link.event, Undeliverable, 1).await;
    assert_eq!(world.store.redrive(&redrive).await.unwrap(), Redriven::ToldBefore);
    assert_eq!(world.claim().await, []);
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
    assert_eq!(world.place.texts(TRAIL).await.len(), 1);
}

async fn a_life_begins_once_and_the_next_one_after_it(world: &World) {
    let link = world.a_dead_mail(ADA).await;
    assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
    let due = world.claim_one().await;
    world.mark(&[due]).await;
    world.assert_stays(&link.event, WhyNotSent::BegunBefore).await;
    world.report_of_life(&link.event, Undeliverable, 1).await;
    world.assert_stays(&link.event, WhyNotSent::BegunBefore).await;
    assert_eq!(world.redrive(&link.event, 2).await, Redriven::Due);
    assert_eq!(world.claim_one().await.event.body, b"life 2");
    world.live_reset(&link).await;
}

async fn of_many_who_tell_at_once_one_begins_the_life(world: &World) {
    let link = world.a_dead_mail(ADA).await;
    let same = world.a_redrive(&link.event, 1);
    let acts = (0..12).map(|n| if n % 2 == 0 { same.clone() } else { world.a_redrive(&link.event, 1) });
    let telling = acts.map(|act| {
        let store = world.store.clone();
        tokio::spawn(async move { store.redrive(&act).await })
    });
    let mut begun = 0;
    for told in futures::future::join_all(telling.collect::<Vec<_>>()).await {
        begun += usize::from(told.unwrap().unwrap() == Redriven::Due);
    }
    assert_eq!(begun, 1);
    assert_eq!(world.place.texts(TRAIL).await.len(), 7, "each act once");
    world.claim_one().await;
}

async fn a_death_that_is_recorded_after_the_redrive_ends_nothing_of_the_next_life(world: &World) {
    let link = world.a_link_of_a_new_account(ADA).await;
    world.publish().await;
    assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
    for outcome in [Undeliverable, Refused, Transient] {
        world.report_of_life(&link.event, outcome, 0).await;
        world.live_reset(&link).await;
    }
    assert_eq!(world.place.texts(STATES).await, ["issued"]);
    assert_eq!(world.claim_one().await.event.body, b"life 1");
    let attempts = world.place.texts("SELECT outcome FROM delivery_attempts ORDER BY outcome").await;
    assert_eq!(attempts, ["refused", "transient", "undeliverable"], "all the same they are told");
    world.report_of_life(&link.event, Undeliverable, 1).await;
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
    world.advance(LEASE);
    assert_eq!(world.claim().await, []);
}

async fn a_death_that_is_recorded_beside_the_redrive_ends_nothing_of_the_next_life(world: &World) {
    for n in 0..20 {
        let link = world.a_link_of_a_new_account(&format!("account{n}@example.org")).await;
        world.publish().await;
        let death = DeliveryReport { redrives: 0, ..world.a_report(link.event.event_id, Undeliverable) };
        let (store, act) = (world.store.clone(), world.a_redrive(&link.event, 1));
        let redriving = tokio::spawn(async move { store.redrive(&act).await });
        world.record(std::slice::from_ref(&death)).await;
        let redriven = redriving.await;
        assert_eq!(redriven.unwrap().unwrap(), Redriven::Due);
        world.live_reset(&link).await;
        assert_eq!(world.claim_one().await.event.body, b"life 1");
    }
}

async fn what_arrived_in_an_earlier_life_ends_the_next(world: &World) {
    for (address, outcome) in [(ADA, Accepted), ("bob@example.org", Unknown)] {
        let link = world.a_dead_mail(address).await;
        assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
        world.report_of_life(&link.event, outcome, 0).await;
        assert_eq!(world.claim().await, [], "{outcome:?}");
        world.live_reset(&link).await;
    }
}

async fn a_redriven_mail_that_is_not_delivered_in_time_ends_as_any_other(world: &World) {
    let link = world.a_dead_mail(ADA).await;
    assert_eq!(world.redrive(&link.event, 1).await, Redriven::Due);
    world.advance(DELIVER_WITHIN + STALL);
    assert_eq!(world.claim().await, []);
    assert_eq!(world.store.end_overdue(ALL, Duration::ZERO).await.unwrap(), 1);
    assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
    assert_eq!(world.place.texts(STATES).await, ["expired expired_before_delivery"]);
}

async fn a_notice_goes_out_again_while_not_me_can_be_said(world: &World) {
    let (_, completion) = world.a_change(ADA).await;
    world.publish().await;
    let notice = &completion.notice;
    world.report_of_life(notice, Undeliverable, 0).await;
    assert_eq!(world.redrive(notice, 1).await, Redriven::Due);
    world.live(&completion.notice_revoke, Purpose::RevokeChange).await;
    assert_eq!(world.place.texts(STATES).await, ["completed"]);
    assert_eq!(world.claim_one().await.event.body, b"life 1");
    world.report_of_life(notice, Undeliverable, 1).await;

    world.advance(Duration::minutes(2));
    let second = world.a_link(ADA).await;
    world.complete(second.reset, "changed again").await;
    assert_eq!(world.redrive(notice, 2).await, Redriven::NotSent(WhyNotSent::AnotherLinkUsed));
    assert!(world.claim().await.iter().all(|due| due.event.event_id != notice.event_id));
}

async fn a_link_that_ends_while_its_mail_is_redriven_is_not_sent(world: &World) {
    for n in 0..8 {
        let address = format!("account{n}@example.org");
        let dead = world.a_dead_mail_beside(&address).await;
        let other = world.a_link(&address).await;
        let version = world.live_reset(&other).await.credentials_version;
        let completion = world.a_completion(other.reset, version + 1, "changed");
        let redrive = world.a_redrive(&dead.event, 1);
        let (completed, redriven) =
            tokio::join!(world.store.complete(&completion), world.store.redrive(&redrive));
        completed.unwrap();
        redriven.unwrap();
        let due = world.claim().await;
        assert!(due.iter().all(|due| due.event.event_id != dead.event.event_id), "{due:?}");
        assert_eq!(world.reset_state(&dead.reset).await, TokenState::Revoked);
    }
}

impl World {
    /// A dead mail beside others that wait; its account may ask again.
    async fn a_dead_mail_beside(&self, address: &str) -> Link {
        let link = self.a_link_of_a_new_account(address).await;
        self.publish().await;
        self.report(&link, Undeliverable).await;
        self.advance(Duration::minutes(2));
        link
    }
}
