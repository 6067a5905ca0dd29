//! What holds when processes and databases die, and when callers go away.

use super::world::{ALL, World};
use common::event::DeliveryOutcome::Accepted;
use reset_api::store::{Completed, Purpose, TokenState};
use std::collections::HashSet;
use std::time::Duration as StdDuration;
use time::Duration;

/// On a server of its own, which is crashed.
mod crashing {
    use super::super::verbs::SILENCE;
    use super::super::world::{World, a_hash};
    use common::event::DeliveryOutcome::Accepted;
    use reset_api::store::{Issued, Purpose, Revoked, TokenState};

    contract! {
        alone;
        whatever_was_answered_survives_a_crash_of_everything
    }

    async fn whatever_was_answered_survives_a_crash_of_everything(world: &World) {
        let used = world.a_link_of_a_new_account("used@example.org").await;
        let completion = world.complete(used.reset, "changed").await;
        let revoked = world.a_link_of_a_new_account("revoked@example.org").await;
        assert_eq!(world.store.revoke_request(&revoked.revoke).await.unwrap(), Revoked::Done);
        let delivered = world.a_link_of_a_new_account("delivered@example.org").await;
        let published = world.publish().await;
        world.report(&delivered, Accepted).await;
        let end = world.live_reset(&delivered).await.expires_at;
        let issued = world.a_link_of_a_new_account("issued@example.org").await;
        world.create("waiting@example.org").await;
        world.accept_one("waiting@example.org").await;

        let world = world.after_a_crash().await;
        assert!(matches!(world.reset_state(&used.reset).await, TokenState::Used { .. }));
        let credentials = world.credentials("used@example.org").await.unwrap();
        assert_eq!(credentials.password_hash, a_hash("changed"));
        world.live(&completion.notice_revoke, Purpose::RevokeChange).await;
        assert_eq!(world.reset_state(&revoked.reset).await, TokenState::Revoked);
        assert_eq!(world.live_reset(&delivered).await.expires_at, end);
        world.live_reset(&issued).await;
        assert_eq!(world.claim_one().await.event, issued.event, "what was published still is");
        assert_eq!(world.issue().await, Issued { issued: 1, ..Issued::default() });

        world.advance(SILENCE);
        let again = world.publish().await;
        assert!(published.contains(&completion.notice) && again.contains(&completion.notice));
        assert!(!again.contains(&completion.account_event) && !again.contains(&delivered.event));
    }
}

contract! {
    a_request_given_up_is_stored_and_issued_wholly_or_not_at_all,
    a_completion_given_up_is_done_wholly_or_not_at_all,
}

/// Ever longer times, from less than any call takes to more.
fn patiences() -> impl Iterator<Item = StdDuration> {
    (0_u64..30).map(|n| StdDuration::from_micros(n * n * 10))
}

async fn a_request_given_up_is_stored_and_issued_wholly_or_not_at_all(world: &World) {
    for (n, patience) in patiences().enumerate() {
        let address = format!("account{n}@example.org");
        world.create(&address).await;
        let request = world.a_request(&address);
        tokio::time::timeout(patience, world.store.accept(&[request])).await.ok();
        tokio::time::timeout(patience, world.store.issue(ALL, &*world.mint)).await.ok();
        world.place.assert_no_transaction_is_open().await;
    }
    world.issue().await;
    let kept = world.kept_links(&world.mint).await;
    let mut events: Vec<_> = world.claim().await.into_iter().map(|claimed| claimed.event.event_id).collect();
    let mut expected: Vec<_> = kept.iter().map(|link| link.event.event_id).collect();
    events.sort_unstable();
    expected.sort_unstable();
    assert_eq!(events, expected, "a link and its mail are there together");
    assert!(!kept.is_empty(), "the most patient was served");
    let accounts: HashSet<_> = kept.iter().map(|link| link.account.id).collect();
    assert_eq!(accounts.len(), kept.len(), "nobody has two");
}

async fn a_completion_given_up_is_done_wholly_or_not_at_all(world: &World) {
    for (n, patience) in patiences().enumerate() {
        let address = format!("account{n}@example.org");
        let link = world.a_link_of_a_new_account(&address).await;
        world.report(&link, Accepted).await;
        let version = world.live_reset(&link).await.credentials_version + 1;

        let given_up = world.a_completion(link.reset, version, "given up");
        tokio::time::timeout(patience, world.store.complete(&given_up)).await.ok();
        world.place.assert_no_transaction_is_open().await;
        let repeated = world.a_completion(link.reset, version, "repeated");
        let set = match world.store.complete(&repeated).await.unwrap() {
            Completed::Done { .. } => repeated,
            Completed::NotLive(TokenState::Used { .. }) => given_up,
            other => panic!("half done: {other:?}"),
        };

        let credentials = world.credentials(&address).await.unwrap();
        assert_eq!(
            (credentials.password_hash, credentials.credentials_version),
            (set.password_hash, version)
        );
        world.live(&set.notice_revoke, Purpose::RevokeChange).await;
        let published = world.publish().await;
        assert_eq!(published.len(), 2);
        assert!(published.contains(&set.notice) && published.contains(&set.account_event));
        // The notice's time is over before the next round.
        world.advance(Duration::hours(5));
    }
}
