//! The promise about delivery while things go wrong: the scenarios of the fault harness. `tests/FAULTS.md` has the table.

use std::time::Duration;
use tests::cluster::Services;
use tests::faults::{Options, catalogue, play};

/// What the short round is drawn from; the long one goes through others as well.
const SEED: u64 = 1;
const SHORT: Duration = Duration::from_secs(6);

/// Plays a scenario; each broken promise in words.
async fn broken_by(name: &str, seed: u64, load: Duration) -> Vec<String> {
    let services = Services { file: env!("CARGO_BIN_EXE_service_under_test").into(), before: Vec::new() };
    let scenario = catalogue::find(name).unwrap();
    let report = play(scenario, &Options { services, seed, load, keep: None }).await.unwrap();
    println!("{report}");
    report.broken().iter().map(|broken| format!("{name}, seed {seed}: {broken}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_sent_twice_without_cause_while_workers_are_killed() {
    assert_eq!(broken_by("worker-killed", SEED, SHORT).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_sent_twice_without_cause_while_workers_die_behind_the_dot() {
    assert_eq!(broken_by("abort-after-dot", SEED, SHORT).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_sent_twice_without_cause_while_postgres_is_killed() {
    assert_eq!(broken_by("postgres-killed", SEED, SHORT).await, [""; 0]);
}

mod long_rounds {
    use super::{SEED, broken_by, catalogue};
    use std::time::Duration;

    const LOAD: Duration = Duration::from_secs(15);

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "a long round"]
    async fn no_fault_of_the_matrix_loses_a_request_or_sends_a_mail_twice_without_cause() {
        let mut broken = Vec::new();
        for scenario in catalogue::all() {
            broken.extend(broken_by(scenario.name, SEED + 1, LOAD).await);
        }
        assert_eq!(broken, [""; 0]);
    }
}
