//! A database that is away. SQLite never is.

use super::under_test::OnPostgres;
use super::world::{ALL, World};
use reset_api::store::{Issued, StoreError};
use std::time::{Duration, Instant};

/// No caller should wait longer for the answer that there is none.
const SOON: Duration = Duration::from_secs(10);
/// How long a store may take to find its database again.
const HEALED: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_away_the_store_says_so_soon_and_then_heals() {
    let place = OnPostgres::alone().await;
    let world = World::at(place.clone()).await;
    world.create("ada@example.org").await;
    world.accept_one("ada@example.org").await;

    place.own_server().crash().unwrap();
    for outcome in [
        within(SOON, world.store.accept(&[world.a_request("ada@example.org")])).await,
        within(SOON, async { world.store.issue(ALL, &*world.mint).await.map(drop) }).await,
        within(SOON, async { world.store.now().await.map(drop) }).await,
    ] {
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }

    place.own_server().launch().await.unwrap();
    let deadline = Instant::now() + HEALED;
    while let Err(error) = world.store.now().await {
        assert!(Instant::now() < deadline, "the store does not heal: {error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        world.issue().await,
        Issued { issued: 1, ..Issued::default() },
        "nothing lost, nothing half done"
    );
}

async fn within<T>(bound: Duration, call: impl Future<Output = T>) -> T {
    tokio::time::timeout(bound, call).await.expect("an answer in time")
}
