//! The examples for developers of gateways, each as its reader starts it: against a standalone, against a service that
//! answers otherwise, and against nobody.

#![cfg(test)]

mod example;
mod lenient;
mod subscribing;

use example::{Example, Run};
use lenient::Lenient;
use tests::standalone_program::StandaloneProgram;

const STANDALONE: &str = env!("CARGO_BIN_EXE_standalone_under_test");

/// The sections of a walk, and what each must tell.
const TOLD: [&str; 9] = [
    "Use at least 10 characters",
    "if there is an account, a mail is on its way; resend in 60",
    "the same request_id once more: the same answer",
    "another request at once: throttled, try again in 5",
    "its link resets a***@example.org for the app tapo",
    "\"password123\" is refused: This password is easy to guess.",
    "\"correct horse battery staple\" is set; back to the app tapo",
    "with another password: refused",
    "end the account's sessions of a version below 2",
];

fn inbox_of(standalone: &StandaloneProgram) -> &str {
    standalone.announced("inbox").unwrap().trim_start_matches("http://").trim_end_matches('/')
}

async fn walks_through_a_standalone(example: Example) {
    let folder = tests::folder::Folder::new().unwrap();
    let standalone = StandaloneProgram::start(STANDALONE, folder.path()).unwrap();
    let (grpc, inbox) = (standalone.announced("gRPC").unwrap(), inbox_of(&standalone));
    let Run { status, stdout, stderr } = example.run(grpc, inbox).await;
    assert!(status.success(), "{stdout}\n{stderr}");
    for told in TOLD {
        assert!(stdout.contains(told), "it does not tell {told:?}:\n{stdout}");
    }
    assert_eq!(stderr, "");
    // The newest mail is the notice of the first walk now.
    let Run { status, stdout, stderr } = example.run(grpc, inbox).await;
    assert!(status.success() && stdout.contains("sessions of a version below 3"), "{stdout}\n{stderr}");
}

/// The ids that its requests had; the service never refuses one, and the walk must end there.
async fn fails_where_nothing_is_throttled(example: Example, lenient: Lenient) -> Vec<String> {
    let folder = tests::folder::Folder::new().unwrap();
    let standalone = StandaloneProgram::start(STANDALONE, folder.path()).unwrap();
    let run = example.run(&lenient.address(), inbox_of(&standalone)).await;
    let Run { status, stdout, stderr } = run;
    assert_eq!(status.code(), Some(1), "{stdout}\n{stderr}");
    assert!(stderr.contains("should be") && stderr.to_lowercase().contains("throttled"), "{stderr}");
    assert!(!stdout.contains("The mail"), "{stdout}");
    lenient.request_ids()
}

async fn says_that_nobody_answers(example: Example, words: &str) {
    let Run { status, stderr, .. } = example.run("127.0.0.1:1", "127.0.0.1:1").await;
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("error: ") && stderr.contains(words), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

/// The first attempt fails, so the same id comes twice for it, once for the repetition; then there is another.
fn assert_kept_through_attempts(ids: &[String]) {
    let [first, second, repeated, other] = ids else { panic!("{ids:?}") };
    assert!(!first.is_empty() && first == second && second == repeated && repeated != other, "{ids:?}");
}

#[tokio::test]
async fn rust_walks_through_a_standalone() {
    walks_through_a_standalone(Example::Rust).await;
}

#[tokio::test]
async fn python_walks_through_a_standalone() {
    walks_through_a_standalone(Example::Python).await;
}

#[tokio::test]
async fn the_shell_walks_through_a_standalone() {
    walks_through_a_standalone(Example::Shell).await;
}

#[tokio::test]
async fn rust_keeps_a_request_s_id_through_its_attempts_and_fails_where_nothing_is_throttled() {
    let lenient = Lenient::failing_at_first().await;
    assert_kept_through_attempts(&fails_where_nothing_is_throttled(Example::Rust, lenient).await);
}

#[tokio::test]
async fn python_keeps_a_request_s_id_through_its_attempts_and_fails_where_nothing_is_throttled() {
    let lenient = Lenient::failing_at_first().await;
    assert_kept_through_attempts(&fails_where_nothing_is_throttled(Example::Python, lenient).await);
}

#[tokio::test]
async fn the_shell_fails_where_nothing_is_throttled() {
    let ids = fails_where_nothing_is_throttled(Example::Shell, Lenient::start().await).await;
    let [first, repeated, other] = &ids[..] else { panic!("{ids:?}") };
    assert!(!first.is_empty() && first == repeated && other.is_empty(), "{ids:?}");
}

#[tokio::test]
async fn each_says_that_nobody_answers() {
    says_that_nobody_answers(Example::Rust, "cannot be reached").await;
    says_that_nobody_answers(Example::Python, "UNAVAILABLE").await;
    says_that_nobody_answers(Example::Shell, "cannot be reached").await;
}
