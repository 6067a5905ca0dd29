//! Looking at a token: what it would do now.

use super::world::{STALL, World, a_digest, a_hash, key_of, locale, parsed};
use common::clock::Clock as _;
use common::event::DeliveryOutcome::Accepted;
use reset_api::store::{Completed, Purpose, Revoked, TokenState};
use time::Duration;

contract! {
    a_live_token_says_all_about_its_link,
    looking_consumes_nothing,
    a_token_nobody_made_is_unknown,
    a_token_is_unknown_for_any_other_purpose,
    a_used_token_says_when_and_for_whom,
    a_used_token_knows_whether_its_change_is_the_latest,
    a_used_token_has_no_credentials_while_log_in_is_refused,
    a_disabled_account_s_links_end_for_good,
    a_changed_address_ends_the_links_for_good,
    an_expired_link_knows_its_address_until_the_account_has_another,
    a_raised_version_ends_the_links,
    a_token_that_is_not_live_does_nothing,
}

const PURPOSES: [Purpose; 3] = [Purpose::Reset, Purpose::RevokeRequest, Purpose::RevokeChange];

async fn a_live_token_says_all_about_its_link(world: &World) {
    let account = world.create("Ada.L@example.org").await;
    let link = world.a_link("ADA.L@example.org").await;
    for (token, purpose) in [(link.reset, Purpose::Reset), (link.revoke, Purpose::RevokeRequest)] {
        let live = world.live(&token, purpose).await;
        assert_eq!(live.request_id, link.request.id);
        assert_eq!(live.account_id, account.id);
        assert_eq!(live.address.to_mailbox(), "Ada.L@example.org");
        assert_eq!(live.address_key, key_of("ada.l@example.org"));
        assert_eq!(live.locale, Some(locale("en")));
        assert_eq!(live.request_locale, Some(locale("de-AT")));
        assert_eq!(live.app_id, "tapo");
        let credentials = world.credentials("ada.l@example.org").await.unwrap();
        assert_eq!(live.credentials_version, credentials.credentials_version);
        assert_eq!(live.expires_at, link.request.deliver_by + link.request.link_lifetime);
    }
}

async fn looking_consumes_nothing(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let first = world.live_reset(&link).await;
    for purpose in PURPOSES.repeat(3) {
        world.store.find_token(&link.reset, purpose).await.unwrap();
        world.store.find_token(&link.revoke, purpose).await.unwrap();
    }
    assert_eq!(world.live_reset(&link).await, first);
}

async fn a_token_nobody_made_is_unknown(world: &World) {
    world.a_link_of_a_new_account("ada@example.org").await;
    for purpose in PURPOSES {
        assert_eq!(world.store.find_token(&a_digest(), purpose).await.unwrap(), TokenState::Unknown);
    }
}

async fn a_token_is_unknown_for_any_other_purpose(world: &World) {
    let (_, completion) = world.a_change("bob@example.org").await;
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let tokens = [link.reset, link.revoke, completion.notice_revoke];
    for (token, made_for) in tokens.into_iter().zip(PURPOSES) {
        world.live(&token, made_for).await;
        for purpose in PURPOSES.into_iter().filter(|purpose| *purpose != made_for) {
            let state = world.store.find_token(&token, purpose).await.unwrap();
            assert_eq!(state, TokenState::Unknown, "{made_for:?} as {purpose:?}");
        }
    }
}

async fn a_used_token_says_when_and_for_whom(world: &World) {
    let (link, completion) = world.a_change("ada@example.org").await;
    world.advance(Duration::minutes(10));
    let TokenState::Used { at, age, account_id, app_id, credentials, is_latest_change } =
        world.reset_state(&link.reset).await
    else {
        panic!("it was used");
    };
    assert!((at - completion.at).abs() < STALL, "{at}");
    assert!(age >= Duration::minutes(10) && age < Duration::minutes(10) + STALL, "{age}");
    assert_eq!(account_id, link.account.id);
    assert_eq!(app_id, "tapo");
    assert_eq!(credentials, world.credentials("ada@example.org").await);
    assert_eq!(credentials.unwrap().password_hash, completion.password_hash);
    assert!(is_latest_change);
}

async fn a_used_token_knows_whether_its_change_is_the_latest(world: &World) {
    let (first, _) = world.a_change("ada@example.org").await;
    world.advance(Duration::seconds(1));
    let second = world.a_link("ada@example.org").await;
    world.complete(second.reset, "changed again").await;
    for (link, latest) in [(first, false), (second, true)] {
        let TokenState::Used { credentials, is_latest_change, .. } = world.reset_state(&link.reset).await
        else {
            panic!("it was used");
        };
        assert_eq!(is_latest_change, latest);
        assert_eq!(credentials.unwrap().password_hash, a_hash("changed again"), "what is in force now");
    }
}

async fn a_used_token_has_no_credentials_while_log_in_is_refused(world: &World) {
    let (link, completion) = world.a_change("ada@example.org").await;
    world.revoke_change(completion.notice_revoke, "ada@example.org").await;
    let TokenState::Used { credentials, is_latest_change, .. } = world.reset_state(&link.reset).await else {
        panic!("it was used");
    };
    assert_eq!((credentials, is_latest_change), (None, false));
}

async fn a_disabled_account_s_links_end_for_good(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    for disabled in [true, false] {
        world.store.set_disabled(link.account.id, disabled).await.unwrap();
        assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked, "disabled: {disabled}");
        let revoke = world.store.find_token(&link.revoke, Purpose::RevokeRequest).await.unwrap();
        assert_eq!(revoke, TokenState::Revoked, "disabled: {disabled}");
    }
}

async fn a_changed_address_ends_the_links_for_good(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    for address in ["lovelace@example.org", "ada@example.org"] {
        let (account, key) = (link.account.id, key_of(address));
        world.store.change_address(account, &parsed(address), key, 1).await.unwrap();
        assert_eq!(world.reset_state(&link.reset).await, TokenState::Revoked);
    }
}

async fn an_expired_link_knows_its_address_until_the_account_has_another(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    world.report(&link, Accepted).await;
    world.advance(Duration::minutes(31));
    assert_eq!(world.store.expire_links(1).await.unwrap(), 1);
    let expired = |address| TokenState::Expired { address, app_id: "tapo".to_owned() };
    assert_eq!(world.reset_state(&link.reset).await, expired(Some(parsed("ada@example.org"))));
    let key = key_of("lovelace@example.org");
    world.store.change_address(link.account.id, &parsed("lovelace@example.org"), key, 1).await.unwrap();
    assert_eq!(world.reset_state(&link.reset).await, expired(None));
}

async fn a_raised_version_ends_the_links(world: &World) {
    let first = world.a_link_of_a_new_account("ada@example.org").await;
    world.advance(Duration::minutes(1));
    let second = world.a_link("ada@example.org").await;
    let other = world.a_link_of_a_new_account("bob@example.org").await;
    world.complete(second.reset, "changed").await;
    assert_eq!(world.reset_state(&first.reset).await, TokenState::Revoked);
    world.live_reset(&other).await;
}

async fn a_token_that_is_not_live_does_nothing(world: &World) {
    let expired = world.a_link_of_a_new_account("expired@example.org").await;
    world.report(&expired, Accepted).await;
    world.advance(Duration::minutes(31));
    let revoked = world.a_link_of_a_new_account("revoked@example.org").await;
    world.store.set_disabled(revoked.account.id, true).await.unwrap();
    world.store.set_disabled(revoked.account.id, false).await.unwrap();
    let live = world.a_link_of_a_new_account("live@example.org").await;
    world.publish().await;

    let over =
        TokenState::Expired { address: Some(parsed("expired@example.org")), app_id: "tapo".to_owned() };
    for (token, state) in [
        (expired.reset, over.clone()),
        (revoked.reset, TokenState::Revoked),
        (live.revoke, TokenState::Unknown),
        (a_digest(), TokenState::Unknown),
    ] {
        let completion = world.a_completion(token, 2, "stolen");
        assert_eq!(world.store.complete(&completion).await.unwrap(), Completed::NotLive(state));
    }
    for (token, state) in [
        (expired.revoke, over),
        (revoked.revoke, TokenState::Revoked),
        (live.reset, TokenState::Unknown),
        (a_digest(), TokenState::Unknown),
    ] {
        let outcome = world.store.revoke_request(&token).await.unwrap();
        assert_eq!(outcome, Revoked::NotLive(state));
        let revocation = world.a_revocation(live.reset, 2, "live@example.org");
        let outcome = world.store.revoke_change(&revocation).await.unwrap();
        assert_eq!(outcome, Revoked::NotLive(TokenState::Unknown));
        assert_eq!(world.reset_state(&revocation.link.reset).await, TokenState::Unknown);
    }
    for address in ["expired@example.org", "revoked@example.org", "live@example.org"] {
        assert_eq!(world.credentials(address).await.unwrap().password_hash, a_hash("at first"));
    }
    assert_eq!(world.claim().await, [], "no event was written");
    assert!(world.live_reset(&live).await.expires_at > world.clock.now());
}
