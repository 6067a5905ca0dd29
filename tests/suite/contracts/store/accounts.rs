//! Accounts and their credentials.

use super::world::{World, a_hash, key_of, parsed};
use reset_api::store::{AccountChange, Issued};

contract! {
    a_created_account_can_log_in_by_any_spelling,
    an_address_has_one_account,
    one_of_many_parallel_creations_succeeds,
    a_changed_address_takes_the_log_in_with_it,
    mail_goes_to_the_changed_address,
    an_address_that_is_taken_changes_nothing,
    an_address_may_change_its_spelling,
    an_address_given_up_may_be_taken,
    a_disabled_account_cannot_log_in_until_enabled,
    an_account_nobody_made_cannot_be_changed,
    a_stronger_hash_replaces_only_the_verified_one,
    a_stronger_hash_ends_no_link,
}

async fn a_created_account_can_log_in_by_any_spelling(world: &World) {
    let account = world.create("Ada@Example.org").await;
    for spelling in ["Ada@Example.org", "ada@example.ORG", "ＡＤＡ@example.org"] {
        let credentials = world.credentials(spelling).await.unwrap();
        assert_eq!(credentials.account_id, account.id);
        assert_eq!(credentials.password_hash, account.password_hash);
    }
    assert_eq!(world.credentials("nobody@example.org").await, None);
}

async fn an_address_has_one_account(world: &World) {
    world.create("ada@example.org").await;
    let before = world.credentials("ada@example.org").await;
    for spelling in ["ada@example.org", "ADA@example.org"] {
        let mut second = world.an_account(spelling);
        second.password_hash = a_hash("stolen");
        assert!(!world.store.create_account(&second).await.unwrap());
        let change = world.store.set_disabled(second.id, true).await.unwrap();
        assert_eq!(change, AccountChange::Unknown, "no second account was made");
    }
    assert_eq!(world.credentials("ada@example.org").await, before);
}

async fn one_of_many_parallel_creations_succeeds(world: &World) {
    let runs = (0..16).map(|_| {
        let account = world.an_account("ada@example.org");
        let store = world.store.clone();
        tokio::spawn(async move { store.create_account(&account).await.unwrap().then_some(account.id) })
    });
    let runs = futures::future::join_all(runs).await;
    let created: Vec<_> = runs.into_iter().filter_map(Result::unwrap).collect();
    let credentials = world.credentials("ada@example.org").await.unwrap();
    assert_eq!(created, [credentials.account_id]);
}

async fn a_changed_address_takes_the_log_in_with_it(world: &World) {
    let account = world.create("ada@example.org").await;
    let before = world.credentials("ada@example.org").await.unwrap();
    assert_eq!(
        change(world, account.id, "lovelace@example.org").await,
        AccountChange::Done { address_key: key_of("ada@example.org") }
    );
    assert_eq!(world.credentials("ada@example.org").await, None);
    let after = world.credentials("lovelace@example.org").await.unwrap();
    assert_eq!(after.account_id, account.id);
    assert_eq!(after.password_hash, before.password_hash);
}

async fn change(world: &World, account: uuid::Uuid, address: &str) -> AccountChange {
    world.store.change_address(account, &parsed(address), key_of(address), 1).await.unwrap()
}

async fn mail_goes_to_the_changed_address(world: &World) {
    let account = world.create("ada@example.org").await;
    change(world, account.id, "Lovelace@example.org").await;
    world.accept_one("ada@example.org").await;
    assert_eq!(world.issue().await, Issued { unknown: 1, ..Issued::default() });
    let link = world.a_link("lovelace@example.org").await;
    assert_eq!(link.account.address.to_mailbox(), "Lovelace@example.org");
    assert_eq!(world.live_reset(&link).await.address_key, key_of("lovelace@example.org"));
}

async fn an_address_that_is_taken_changes_nothing(world: &World) {
    let ada = world.a_link_of_a_new_account("ada@example.org").await;
    let bob = world.create("bob@example.org").await;
    for spelling in ["bob@example.org", "Bob@Example.org"] {
        assert_eq!(change(world, ada.account.id, spelling).await, AccountChange::AddressTaken);
    }
    world.live_reset(&ada).await;
    assert_eq!(world.credentials("ada@example.org").await.unwrap().account_id, ada.account.id);
    assert_eq!(world.credentials("bob@example.org").await.unwrap().account_id, bob.id);
}

async fn an_address_may_change_its_spelling(world: &World) {
    let account = world.create("ada@example.org").await;
    let same = AccountChange::Done { address_key: key_of("ada@example.org") };
    assert_eq!(change(world, account.id, "Ada@example.org").await, same);
    let link = world.a_link("ada@example.org").await;
    assert_eq!(link.account.address.to_mailbox(), "Ada@example.org");
}

async fn an_address_given_up_may_be_taken(world: &World) {
    let ada = world.create("ada@example.org").await;
    change(world, ada.id, "lovelace@example.org").await;
    let bob = world.create("ada@example.org").await;
    assert_eq!(world.credentials("ada@example.org").await.unwrap().account_id, bob.id);
    assert_eq!(change(world, ada.id, "ada@example.org").await, AccountChange::AddressTaken);
}

async fn a_disabled_account_cannot_log_in_until_enabled(world: &World) {
    let account = world.create("ada@example.org").await;
    let hash = world.credentials("ada@example.org").await.unwrap().password_hash;
    let done = AccountChange::Done { address_key: key_of("ada@example.org") };
    for disabled in [true, true, false, false] {
        assert_eq!(world.store.set_disabled(account.id, disabled).await.unwrap(), done);
        let credentials = world.credentials("ada@example.org").await;
        let expected = (!disabled).then(|| hash.clone());
        assert_eq!(credentials.map(|credentials| credentials.password_hash), expected);
    }
}

async fn an_account_nobody_made_cannot_be_changed(world: &World) {
    world.create("ada@example.org").await;
    for disabled in [true, false] {
        let change = world.store.set_disabled(world.id(), disabled).await.unwrap();
        assert_eq!(change, AccountChange::Unknown);
    }
    assert_eq!(change(world, world.id(), "bob@example.org").await, AccountChange::Unknown);
    assert_eq!(world.credentials("bob@example.org").await, None);
    assert!(world.credentials("ada@example.org").await.is_some());
}

async fn a_stronger_hash_replaces_only_the_verified_one(world: &World) {
    world.create("ada@example.org").await;
    let verified = world.credentials("ada@example.org").await.unwrap();
    assert!(world.store.rehash(&verified, &a_hash("stronger")).await.unwrap());
    let now = world.credentials("ada@example.org").await.unwrap();
    assert_eq!(now.password_hash, a_hash("stronger"));
    assert_eq!(now.credentials_version, verified.credentials_version, "no session ends");

    assert!(!world.store.rehash(&verified, &a_hash("of a slow log-in")).await.unwrap());
    let link = world.a_link("ada@example.org").await;
    world.complete(link.reset, "changed").await;
    assert!(!world.store.rehash(&now, &a_hash("of a slower log-in")).await.unwrap());
    let credentials = world.credentials("ada@example.org").await.unwrap();
    assert_eq!(credentials.password_hash, a_hash("changed"));
}

async fn a_stronger_hash_ends_no_link(world: &World) {
    let link = world.a_link_of_a_new_account("ada@example.org").await;
    let before = world.live_reset(&link).await;
    let verified = world.credentials("ada@example.org").await.unwrap();
    assert!(world.store.rehash(&verified, &a_hash("stronger")).await.unwrap());
    assert_eq!(world.live_reset(&link).await, before);
}
