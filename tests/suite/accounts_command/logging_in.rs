//! Accounts that came with another system's hash: their owners log in as before, and the hash becomes ours.

use super::world::{HASH, PASSWORD, World};
use reset_api::account::AccountError;

/// A hash of each kind, and its password.
const KINDS: [(&str, &str); 8] = [
    ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
    (HASH, PASSWORD),
    ("$2y$04$P.BjXmAV2MMVz/fK7zQo5Oedcj78/RIer9itdiPmzLbYsM.kTOmMC", PASSWORD),
    ("$pbkdf2-sha256$1000$0nqP8V6LkZJyDkHImfM.pw$O3OvMVVMGWffBUvJGCdOa02AdKKmmkJdK/S2Z3W/S1o", PASSWORD),
    (
        "$pbkdf2-sha512$1000$Yewdo5RSqrXWOoeQUsp5rw$AIj7wr3LDZtw4HCzn6UOQBtIWM5nKxFh73KapwzglxYuNKOdkoYEhyFE.CoGyc/0.QxyE/rFi7n3NYlzLRN1UA",
        PASSWORD,
    ),
    (
        "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$Cf9xjlisAEzRbMZsosxST/5+wkpfUV6uoqiZkYtP6iQ",
        PASSWORD,
    ),
    ("pbkdf2_sha256$1000$seasalt2seasalt2$s9Za6wfOtN802RtrpAsP2FFS50xT3i0spjkWkB84oTM=", PASSWORD),
    ("$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY", "password"),
];

async fn world_of(kinds: &[(&str, &str)]) -> World {
    let world = World::new().await;
    let object = |(n, (hash, _)): (usize, &(&str, &str))| {
        format!("{{\"email\":\"kind{n}@example.org\",\"password_hash\":\"{hash}\"}}\n")
    };
    let list: String = kinds.iter().enumerate().map(object).collect();
    let run = world.import("list.jsonl", list).await;
    assert_eq!(run.counts(), (kinds.len() as u64, 0, 0), "{}", run.err);
    world
}

#[tokio::test]
async fn a_log_in_with_each_kind_of_hash_works_and_makes_it_ours() {
    let world = world_of(&KINDS).await;
    let accounts = world.accounts();
    for (n, (hash, password)) in KINDS.iter().enumerate() {
        let address = format!("kind{n}@example.org");
        let before = world.credentials(&address).await.unwrap();
        let wrong = accounts.verify(&address, format!("{password}!")).await;
        assert_eq!(wrong, Err(AccountError::CredentialsRefused), "{hash}");
        assert_eq!(world.hash_of(&address).await.0, *hash, "a wrong password replaces nothing");

        let logged_in = accounts.verify(&address, (*password).to_owned()).await.unwrap();
        assert_eq!(logged_in.account_id, before.account_id);
        let after = world.credentials(&address).await.unwrap();
        assert!(after.password_hash.0.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert_eq!(after.credentials_version, before.credentials_version, "no session ends");
        accounts.verify(&address, (*password).to_owned()).await.unwrap();
        assert_eq!(world.hash_of(&address).await, after.password_hash, "it is replaced once");
        let wrong = accounts.verify(&address, format!("{password}!")).await;
        assert_eq!(wrong, Err(AccountError::CredentialsRefused), "{hash}");
    }
}

#[tokio::test]
async fn a_password_that_was_hashed_as_typed_can_be_typed_either_way_once_it_is_ours() {
    let of_decomposed = "$2b$04$P.BjXmAV2MMVz/fK7zQo5OGSFuyZVDe1ORoih7qFxykO.ApNFMHKa";
    let world = world_of(&[(of_decomposed, "")]).await;
    let accounts = world.accounts();
    let log_in = async |password: &str| accounts.verify("kind0@example.org", password.to_owned()).await;
    assert_eq!(log_in("caf\u{e9} au lait").await, Err(AccountError::CredentialsRefused));
    log_in("cafe\u{301} au lait").await.unwrap();
    log_in("caf\u{e9} au lait").await.unwrap();
}
