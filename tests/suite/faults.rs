//! The promise about delivery while things go wrong: the scenarios of the fault harness. `tests/FAULTS.md` has the table.

use std::time::Duration;
use tests::cluster::Services;
use tests::faults::{Options, catalogue, play};

/// What the short round is drawn from; the long one goes through others as well.
const SEED: u64 = 1;
const SHORT: Duration = Duration::from_secs(6);

/// Plays a scenario, which must keep every promise.
async fn keeps_the_promise(name: &str, seed: u64, load: Duration) {
    let services = Services { file: env!("CARGO_BIN_EXE_service_under_test").into(), before: Vec::new() };
    let scenario = catalogue::find(name).unwrap();
    let report = play(scenario, &Options { services, seed, load, keep: None }).await.unwrap();
    println!("{report}");
    assert!(report.broken().is_empty(), "{report}\n{}", report.timetable().join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_sent_twice_without_cause_while_workers_are_killed() {
    keeps_the_promise("worker-killed", SEED, SHORT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_sent_twice_without_cause_while_workers_die_behind_the_dot() {
    keeps_the_promise("abort-after-dot", SEED, SHORT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_sent_twice_without_cause_while_postgres_is_killed() {
    keeps_the_promise("postgres-killed", SEED, SHORT).await;
}

mod long_rounds {
    use super::{SEED, catalogue, keeps_the_promise};
    use std::time::Duration;

    const LOAD: Duration = Duration::from_secs(15);

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "a long round"]
    async fn no_fault_of_the_matrix_loses_a_request_or_sends_a_mail_twice_without_cause() {
        for scenario in catalogue::all() {
            keeps_the_promise(scenario.name, SEED + 1, LOAD).await;
        }
    }
}
