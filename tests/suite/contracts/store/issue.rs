//! Issuing links.

use super::test_mint::TestMint;
use super::world::{ALL, World, locale};
use common::event::EventKind;
use reset_api::schedule::Step;
use reset_api::store::{DELIVER_WITHIN, Issued, NewRequest};
use std::collections::HashSet;
use std::sync::Arc;
use time::Duration;

contract! {
    a_request_of_no_account_ends_as_unknown,
    a_request_of_a_disabled_account_ends_as_unknown,
    a_link_is_minted_from_what_was_accepted_and_registered,
    at_most_the_limit_is_taken_and_the_oldest_first,
    whoever_shares_a_fate_is_told_of_with_the_trace_of_that_one,
    of_several_waiting_requests_the_newest_is_issued,
    every_spelling_of_an_address_is_the_same_account,
    requests_accepted_before_a_password_change_end_as_revoked,
    requests_accepted_before_a_revocation_end_as_revoked,
    requests_accepted_before_a_change_was_revoked_end_as_revoked,
    parallel_issuers_mail_each_account_once_and_lose_no_request,
    a_link_that_cannot_be_minted_rolls_everything_back,
}

async fn a_request_of_no_account_ends_as_unknown(world: &World) {
    world.accept_one("nobody@example.org").await;
    assert_eq!(world.issue().await, Issued { unknown: 1, ..Issued::default() });
    assert_eq!(world.claim().await, []);
    world.create("nobody@example.org").await;
    assert_eq!(world.issue().await, Issued::default(), "an account made later gets no mail");
}

async fn a_request_of_a_disabled_account_ends_as_unknown(world: &World) {
    let account = world.create("ada@example.org").await;
    world.store.set_disabled(account.id, true).await.unwrap();
    world.accept_one("ada@example.org").await;
    assert_eq!(world.issue().await, Issued { unknown: 1, ..Issued::default() });
    assert_eq!(world.claim().await, []);
    world.store.set_disabled(account.id, false).await.unwrap();
    assert_eq!(world.issue().await, Issued::default());
    world.a_link("ada@example.org").await;
}

async fn a_link_is_minted_from_what_was_accepted_and_registered(world: &World) {
    let account = world.create("Ada.L@Bücher.example").await;
    let mut request = world.a_request("ada.l@BÜCHER.example");
    request.step = Step::from_number(8);
    let before = world.now().await;
    world.store.accept(std::slice::from_ref(&request)).await.unwrap();
    let accepted = world.now().await;
    world.advance(Duration::minutes(3));
    let waiting = world.now().await;
    world.issue().await;

    let link = world.mint.link_of(request.id).unwrap();
    assert_eq!(link.account.id, account.id);
    assert_eq!(link.account.address.to_mailbox(), "Ada.L@xn--bcher-kva.example");
    assert_eq!(link.account.locale, Some(locale("en")));
    assert_eq!(link.request.app_id, request.app_id);
    assert_eq!(link.request.locale, request.locale);
    assert_eq!(link.request.agent, request.agent);
    assert_eq!(link.request.traceparent, request.traceparent);
    assert!(before <= link.request.accepted_at && link.request.accepted_at <= accepted);
    assert!(waiting <= link.issued_at && link.issued_at <= world.now().await);
    assert_eq!(link.request.deliver_by, link.request.accepted_at + DELIVER_WITHIN);
    assert_eq!(link.request.link_lifetime, Duration::hours(1), "as the throttle's step says");

    let claimed = world.claim_one().await;
    assert_eq!(claimed.event, link.event);
    assert_eq!(claimed.event.kind, EventKind::ResetLinkIssued);
    assert_eq!(claimed.publishes, 0);
}

async fn at_most_the_limit_is_taken_and_the_oldest_first(world: &World) {
    let mut accepted = vec![];
    for n in 0..6 {
        world.create(&format!("account{n}@example.org")).await;
        accepted.push(world.accept_one(&format!("account{n}@example.org")).await);
        world.advance(Duration::seconds(1));
    }
    for limit in [1, 2, 3] {
        assert_eq!(world.store.issue(limit, &*world.mint).await.unwrap().issued, u64::from(limit));
        let issued: HashSet<_> = world.mint.asked().iter().map(|link| link.request.id).collect();
        assert_eq!(issued, accepted[..issued.len()].iter().copied().collect());
    }
    assert_eq!(world.mint.asked().len(), 6);
}

async fn of_several_waiting_requests_the_newest_is_issued(world: &World) {
    world.create("ada@example.org").await;
    for _ in 0..3 {
        world.accept_one("ada@example.org").await;
        // Far beyond the cool-down, so that the gate alone would let each through.
        world.advance(Duration::minutes(10));
    }
    let newest = world.accept_one("ada@example.org").await;
    assert_eq!(world.issue().await, Issued { issued: 1, coalesced: 3, ..Issued::default() });
    assert_eq!(world.claim_one().await.event.body, newest.as_bytes());
    assert_eq!(world.issue().await, Issued::default());
}

async fn whoever_shares_a_fate_is_told_of_with_the_trace_of_that_one(world: &World) {
    let trace = |n: u8| format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033{n:02x}-01");
    let ask = async |address: &str, n: u8| {
        let request = NewRequest { traceparent: trace(n), ..world.a_request(address) };
        world.store.accept(std::slice::from_ref(&request)).await.unwrap();
        request.id
    };
    world.create("ada@example.org").await;
    ask("ada@example.org", 1).await;
    world.issue().await;
    assert_eq!(world.mint.ended(), []);
    let too_early = ask("ada@example.org", 2).await;
    world.issue().await;
    world.advance(Duration::minutes(10));
    let older = ask("ada@example.org", 3).await;
    ask("ada@example.org", 4).await;
    world.issue().await;
    let unknown = ask("nobody@example.org", 5).await;
    world.issue().await;
    let expected = [
        (too_early, "coalesced", trace(1)),
        (older, "coalesced", trace(4)),
        (unknown, "unknown", String::new()),
    ];
    assert_eq!(world.mint.ended(), expected);
}

async fn every_spelling_of_an_address_is_the_same_account(world: &World) {
    world.create("ada@example.org").await;
    for spelling in ["Ada@Example.org", "ａｄａ@example.org", "ada@example.org"] {
        world.accept_one(spelling).await;
    }
    assert_eq!(world.issue().await, Issued { issued: 1, coalesced: 2, ..Issued::default() });
}

async fn requests_accepted_before_a_password_change_end_as_revoked(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(2));
    world.accept_one("ada@example.org").await;
    world.advance(Duration::seconds(1));
    world.complete(link.reset, "changed").await;
    assert_eq!(world.issue().await, Issued { revoked: 1, ..Issued::default() });
    assert_eq!(world.mint.asked().len(), 1);
}

async fn requests_accepted_before_a_revocation_end_as_revoked(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(2));
    world.accept_one("ada@example.org").await;
    world.advance(Duration::seconds(1));
    world.store.revoke_request(&link.revoke).await.unwrap();
    assert_eq!(world.issue().await, Issued { revoked: 1, ..Issued::default() });
    assert_eq!(world.mint.asked().len(), 1);
}

async fn requests_accepted_before_a_change_was_revoked_end_as_revoked(world: &World) {
    let (_, completion) = world.a_change("ada@example.org").await;
    world.advance(Duration::minutes(2));
    world.accept_one("ada@example.org").await;
    world.advance(Duration::seconds(1));
    world.revoke_change(completion.notice_revoke, "ada@example.org").await;
    assert_eq!(world.issue().await, Issued { revoked: 1, ..Issued::default() });
    assert_eq!(world.mint.asked().len(), 1);
}

async fn parallel_issuers_mail_each_account_once_and_lose_no_request(world: &World) {
    let addresses: Vec<_> = (0..10).map(|n| format!("account{n}@example.org")).collect();
    for address in &addresses {
        world.create(address).await;
    }
    let requests: Vec<_> = (0..100).map(|n| world.a_request(&addresses[n % 10])).collect();
    for batch in requests.chunks(7) {
        world.store.accept(batch).await.unwrap();
    }
    let issuers = (0..8).map(|_| {
        let (store, mint) = (world.store.clone(), Arc::clone(&world.mint));
        tokio::spawn(async move {
            let mut sums = Issued::default();
            loop {
                let step = store.issue(9, &*mint).await.unwrap();
                sums.issued += step.issued;
                sums.coalesced += step.coalesced;
                if step.total() == 0 {
                    assert_eq!((sums.unknown, sums.suppressed, sums.revoked), (0, 0, 0));
                    return sums;
                }
            }
        })
    });
    let sums = futures::future::join_all(issuers).await;
    let rest = world.issue().await;
    let issued: u64 = sums.iter().map(|sum| sum.as_ref().unwrap().issued).sum();
    let coalesced: u64 = sums.iter().map(|sum| sum.as_ref().unwrap().coalesced).sum();
    assert_eq!((issued + rest.issued, coalesced + rest.coalesced), (10, 90));

    let kept = world.kept_links(&world.mint).await;
    let accounts: HashSet<_> = kept.iter().map(|link| link.account.id).collect();
    assert_eq!((kept.len(), accounts.len()), (10, 10));
    assert_eq!(world.claim().await.len(), 10);
}

async fn a_link_that_cannot_be_minted_rolls_everything_back(world: &World) {
    for address in ["ada@example.org", "bob@example.org", "eve@example.org"] {
        world.create(address).await;
        world.accept_one(address).await;
    }
    world.accept_one("nobody@example.org").await;
    let failing = TestMint::failing_after(2);
    world.store.issue(ALL, &failing).await.unwrap_err();
    assert_eq!(failing.asked().len(), 2, "it fails in the middle of the work");
    assert_eq!(world.kept_links(&failing).await.len(), 0);
    assert_eq!(world.claim().await, []);
    assert_eq!(world.issue().await, Issued { issued: 3, unknown: 1, ..Issued::default() });
}
