//! Each look-up is written down before anything is looked up.

use super::{ADA, with_ada};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use tests::world::World;

/// Who, where, what, and whether it is about an account's address.
const TRAIL: &str = "SELECT actor_role || ' ' || actor_name || ' ' || network || ' ' || action || ' '
    || EXISTS (SELECT 1 FROM accounts WHERE accounts.address_key = audit.address_key) || detail FROM audit ORDER BY id";

async fn trail(world: &World) -> Vec<String> {
    let store = SqliteConnectOptions::new().filename(world.data_dir().join("store.db")).read_only(true);
    let mut store = store.connect().await.unwrap();
    sqlx::query_scalar(TRAIL).fetch_all(&mut store).await.unwrap()
}

#[tokio::test]
async fn each_look_up_is_in_the_audit_trail_with_who_where_and_about_whom() {
    let world = with_ada().await;
    world.explain(ADA).await.unwrap();
    world.explain("nobody@example.org").await.unwrap();
    let by = "support anonymous 127.0.0.1/32 delivery_explained";
    assert_eq!(trail(&world).await, [format!("{by} 1"), format!("{by} 0")]);
    world.explain("no address").await.unwrap_err();
    assert_eq!(trail(&world).await.len(), 2, "nothing was looked up");
}
