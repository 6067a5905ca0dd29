//! The contract of the store port, in the order of its methods.
//!
//! Each function that takes a `&World` is one obligation; `contract!` runs it on every implementation. What the port
//! does not show (a request's state, the timeline) is observed through what it does show.
/// Runs each obligation on every store, in a database of its own.
macro_rules! contract {
    ($($obligation:ident),+ $(,)?) => {
        contract! { fresh; $($obligation),+ }
    };
    ($place:ident; $($obligation:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $obligation() {
                let place = crate::contracts::store::under_test::OnSqlite::$place();
                super::$obligation(&crate::contracts::store::world::World::at(place).await).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $obligation() {
                let place = crate::contracts::store::under_test::OnPostgres::$place().await;
                super::$obligation(&crate::contracts::store::world::World::at(place).await).await;
            })+
        }
    };
}

mod accept;
mod accounts;
mod audit;
mod backlog;
mod complete;
mod durability;
mod gate;
mod history;
mod import;
mod issue;
mod keep;
mod link_clock;
mod outage;
mod outbox;
mod overdue;
mod redrive;
mod report_storm;
mod reports;
mod revoke_change;
mod revoke_request;
mod suppression;
mod test_mint;
mod tokens;
mod under_test;
mod unreadable;
mod verbs;
mod world;
