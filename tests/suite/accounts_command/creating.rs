//! One account from the command line.

use super::world::{HASH, PASSWORD, World};
use reset_api::accounts_command::CreateArgs;
use reset_api::store::PasswordHashString;
use uuid::Uuid;

fn args(email: &str) -> CreateArgs {
    CreateArgs { email: email.to_owned(), locale: "de".to_owned(), password_hash: None }
}

fn with_hash(email: &str, hash: &str) -> CreateArgs {
    CreateArgs { password_hash: Some(PasswordHashString(hash.to_owned())), ..args(email) }
}

#[tokio::test]
async fn an_account_is_created_and_its_id_printed() {
    let world = World::new().await;
    for (address, ending) in [("ada@example.org", ""), ("bob@example.org", "\n"), ("eve@example.org", "\r\n")]
    {
        let (outcome, out) = world.create(&args(address), &format!("{PASSWORD}{ending}")).await;
        outcome.unwrap();
        let id = Uuid::try_parse(out.strip_suffix('\n').unwrap()).unwrap();
        let logged_in = world.accounts().verify(address, PASSWORD.to_owned()).await.unwrap();
        assert_eq!(logged_in.account_id, id);
    }
}

#[tokio::test]
async fn an_account_may_come_with_a_hash() {
    let world = World::new().await;
    let (outcome, _) = world.create(&with_hash("ada@example.org", HASH), "").await;
    outcome.unwrap();
    assert_eq!(world.hash_of("ada@example.org").await.0, HASH);
    world.accounts().verify("ada@example.org", PASSWORD.to_owned()).await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_is_told_in_one_line_without_the_secret() {
    let world = World::new().await;
    world.create(&args("ada@example.org"), PASSWORD).await.0.unwrap();
    let costly = HASH.replace("$2b$04$", "$2b$31$");
    for (args, input, told) in [
        (args("ada@example.org"), PASSWORD, "another account has this address"),
        (args("bob"), PASSWORD, "email: an address looks like name@example.org"),
        (args("bob@example.org"), "", "password: the password is empty"),
        (args("bob@example.org"), "hunter2hunter2", "password: "),
        (with_hash("bob@example.org", "hunter2"), "", "password_hash: the password hash is malformed"),
        (with_hash("bob@example.org", &costly), "", "password_hash: the password hash costs too much"),
        (CreateArgs { locale: "hunter2 x".to_owned(), ..args("bob") }, PASSWORD, "locale: a locale is"),
    ] {
        let (outcome, out) = world.create(&args, input).await;
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains('\n'), "{error}");
        assert!(!error.contains("hunter2") && out.is_empty(), "{error}{out}");
    }
    assert_eq!(world.credentials("bob@example.org").await, None);
}

#[test]
fn debug_of_the_arguments_hides_the_hash() {
    assert!(!format!("{:?}", with_hash("ada@example.org", HASH)).contains(HASH));
}
