//! The gate: at most one mail an account a cool-down, by the time of acceptance.

use super::world::World;
use reset_api::schedule::Step;
use reset_api::store::Issued;
use time::Duration;

contract! {
    a_request_within_the_cool_down_is_coalesced,
    the_gate_judges_by_acceptance_and_not_by_issue,
    a_late_issue_does_not_delay_the_next_request,
    the_gate_climbs_the_schedule_and_a_day_of_quiet_starts_it_over,
    a_link_lives_as_long_as_the_higher_step_says,
    the_gate_is_each_account_s_own,
    a_completion_starts_the_gate_over,
    a_revocation_starts_the_gate_over,
    a_clock_set_back_after_a_completion_keeps_nobody_waiting,
}

const ISSUED: Issued =
    Issued { issued: 1, unknown: 0, coalesced: 0, suppressed: 0, undeliverable: 0, revoked: 0 };
const COALESCED: Issued =
    Issued { issued: 0, unknown: 0, coalesced: 1, suppressed: 0, undeliverable: 0, revoked: 0 };

/// Accepts a request and issues it.
async fn ask(world: &World) -> Issued {
    world.accept_one("ada@example.org").await;
    world.issue().await
}

async fn a_request_within_the_cool_down_is_coalesced(world: &World) {
    let first = world.a_link_of_a_new_account("ada@example.org").await;
    assert_eq!(ask(world).await, COALESCED);
    world.advance(Duration::seconds(25));
    assert_eq!(ask(world).await, COALESCED);
    world.live_reset(&first).await;
    assert_eq!(world.claim().await.len(), 1, "only the first has a mail");
    world.advance(Duration::seconds(35));
    assert_eq!(ask(world).await, ISSUED, "a refused request does not make the wait longer");
    world.live_reset(&first).await;
}

async fn the_gate_judges_by_acceptance_and_not_by_issue(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::seconds(25));
    world.accept_one("ada@example.org").await;
    world.advance(Duration::hours(2));
    assert_eq!(
        world.issue().await,
        COALESCED,
        "it was asked within the cool-down, however late it is issued"
    );
}

async fn a_late_issue_does_not_delay_the_next_request(world: &World) {
    world.create("ada@example.org").await;
    world.accept_one("ada@example.org").await;
    world.advance(Duration::minutes(2));
    assert_eq!(world.issue().await, ISSUED);
    assert_eq!(ask(world).await, ISSUED, "it was asked two minutes after the first");
}

async fn the_gate_climbs_the_schedule_and_a_day_of_quiet_starts_it_over(world: &World) {
    world.create("ada@example.org").await;
    for number in 0..14 {
        let step = Step::from_number(number);
        let link = world.a_link("ada@example.org").await;
        assert_eq!(link.request.link_lifetime, step.link_lifetime(), "step {number}");
        world.advance(step.wait() / 2);
        assert_eq!(ask(world).await, COALESCED, "step {number}");
        world.advance(step.wait() / 2);
    }
    world.advance(Duration::hours(17));
    let link = world.a_link("ada@example.org").await;
    assert_eq!(link.request.link_lifetime, Duration::hours(6), "23 hours are no day");
    world.advance(Duration::hours(24));
    let link = world.a_link("ada@example.org").await;
    assert_eq!(link.request.link_lifetime, Duration::minutes(30));
    world.advance(Duration::seconds(60));
    assert_eq!(ask(world).await, ISSUED, "the wait is the first one again");
}

async fn a_link_lives_as_long_as_the_higher_step_says(world: &World) {
    world.create("ada@example.org").await;
    let mut request = world.a_request("ada@example.org");
    request.step = Step::from_number(9);
    world.store.accept(std::slice::from_ref(&request)).await.unwrap();
    assert_eq!(world.issue().await, ISSUED);
    let link = world.mint.link_of(request.id).unwrap();
    assert_eq!(link.request.link_lifetime, Duration::hours(2), "the throttle's step is the higher one");
    let hard_end = link.request.deliver_by + Duration::hours(2);
    assert_eq!(world.live_reset(&link).await.expires_at, hard_end);
}

async fn the_gate_is_each_account_s_own(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    world.a_link_of_a_new_account("bob@example.org").await;
    assert_eq!(ask(world).await, COALESCED);
}

async fn a_completion_starts_the_gate_over(world: &World) {
    let link = climbed(world).await;
    world.complete(link, "changed").await;
    starts_over(world).await;
}

async fn a_revocation_starts_the_gate_over(world: &World) {
    let link = climbed(world).await;
    let revoke = world.mint.asked().into_iter().find(|known| known.reset == link).unwrap().revoke;
    world.store.revoke_request(&revoke).await.unwrap();
    starts_over(world).await;
}

/// An account at the step whose wait is half an hour; the token of its last link.
async fn climbed(world: &World) -> reset_api::token_digest::TokenDigest {
    world.create("ada@example.org").await;
    for number in 0..7 {
        world.a_link("ada@example.org").await;
        world.advance(Step::from_number(number).wait());
    }
    let last = world.a_link("ada@example.org").await.reset;
    assert_eq!(ask(world).await, COALESCED);
    last
}

async fn starts_over(world: &World) {
    world.advance(Duration::seconds(1));
    assert_eq!(ask(world).await, ISSUED);
    world.advance(Duration::seconds(60));
    assert_eq!(ask(world).await, ISSUED, "the wait is the first one again");
}

async fn a_clock_set_back_after_a_completion_keeps_nobody_waiting(world: &World) {
    world.a_change("ada@example.org").await;
    world.advance(-Duration::hours(1));
    assert_eq!(ask(world).await, ISSUED, "the completion was not an hour from now");
}
