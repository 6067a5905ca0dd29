//! A database that is away, frozen, or of another version. SQLite never is.

use super::under_test::{OnPostgres, StoreUnderTest as _, url_of};
use super::world::{ALL, World};
use common::clock::SystemClock;
use reset_api::store::postgres::migrate;
use reset_api::store::{Issued, Store, StoreError};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// No caller should wait longer for the answer that there is none.
const SOON: Duration = Duration::from_secs(15);
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
    heals(&*world.store).await;
    assert_eq!(
        world.issue().await,
        Issued { issued: 1, ..Issued::default() },
        "nothing lost, nothing half done"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_postgres_holds_no_caller_and_is_used_again_when_it_goes_on() {
    let place = OnPostgres::alone().await;
    let world = World::at(place.clone()).await;
    world.create("ada@example.org").await;
    place.own_server().freeze().unwrap();
    let frozen = within(SOON, world.store.accept(&[world.a_request("ada@example.org")])).await;
    assert!(matches!(frozen, Err(StoreError::Unavailable(_))), "{frozen:?}");
    let Err(StoreError::Unavailable(why)) = within(SOON, world.store.ready()).await else {
        panic!("a frozen server is not ready")
    };
    assert!(
        why.starts_with("postgres at postgres://127.0.0.1:") && why.ends_with("does not answer"),
        "{why}"
    );

    place.own_server().thaw().unwrap();
    heals(&*world.store).await;
    world.accept_one("ada@example.org").await;
    assert!(world.issue().await.issued > 0);
    place.assert_no_transaction_is_open().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_postgres_is_told_with_its_place_and_the_reason() {
    let place = OnPostgres::alone().await;
    place.own_server().crash().unwrap();
    let store = place.open(Arc::new(SystemClock)).await;
    let error = within(SOON, store.ready()).await.unwrap_err().to_string();
    assert!(error.contains("postgres at postgres://127.0.0.1:") && error.contains("refused"), "{error}");
    place.own_server().launch().await.unwrap();
    heals(&*store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_too_old_is_not_ready_and_a_newer_one_is() {
    let place = OnPostgres::fresh().await;
    let store = place.open(Arc::new(SystemClock)).await;
    store.ready().await.unwrap();
    place
        .execute(
            "INSERT INTO _sqlx_migrations SELECT version + 1, description, now(), true, checksum, 0
                   FROM _sqlx_migrations ORDER BY version DESC LIMIT 1",
        )
        .await;
    store.ready().await.expect("expand, then contract: an older build works on a newer schema");
    place.execute("DELETE FROM _sqlx_migrations").await;
    let error = store.ready().await.unwrap_err();
    assert!(matches!(error, StoreError::SchemaTooOld { found: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("run reset-api migrate"), "{error}");
    place.execute("DROP TABLE _sqlx_migrations").await;
    assert!(matches!(store.ready().await, Err(StoreError::SchemaTooOld { found: 0, .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_migrations_at_once_are_one() {
    let server = tests::postgres::Postgres::shared().await.unwrap();
    let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let name = format!("migrated_{}", std::process::id());
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    let url = url_of(&server.url(&name));
    let at_once = futures::future::join_all((0..10).map(|_| migrate(&url))).await;
    assert!(at_once.iter().all(Result::is_ok), "{at_once:?}");
    let mut migrated = PgConnection::connect(url.expose_secret()).await.unwrap();
    let accounts: i64 =
        sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(&mut migrated).await.unwrap();
    assert_eq!(accounts, 0);
}

async fn heals(store: &dyn Store) {
    let deadline = Instant::now() + HEALED;
    while let Err(error) = store.ready().await {
        assert!(Instant::now() < deadline, "the store does not heal: {error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn within<T>(bound: Duration, call: impl Future<Output = T>) -> T {
    tokio::time::timeout(bound, call).await.expect("an answer in time")
}
