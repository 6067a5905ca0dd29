//! A panic's own words quote what was worked on: the log tells its place.

use common::process::{LogFormat, LogSettings};
use std::process::Command;

const SECRET: &str = "ada.lovelace@example.org";
const CHILD: &str = "TESTS_PANICS";

#[test]
#[ignore = "the process that the next test starts"]
fn the_panicking_process() {
    if std::env::var_os(CHILD).is_some() {
        LogSettings { filter: "info".to_owned(), format: LogFormat::Json }.start().unwrap();
        panic!("byte index 3 is not a char boundary of {SECRET}");
    }
}

#[test]
fn a_panic_is_one_line_of_the_log_with_its_place_and_without_its_words() {
    let name = "telemetry::panics::the_panicking_process";
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", name, "--ignored", "--nocapture"]).env(CHILD, "1").env_remove("RUST_LOG");
    let output = child.output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = log.lines().filter(|line| line.contains("panicked")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].starts_with('{') && lines[0].contains("telemetry/panics.rs:"), "{log}");
    assert!(!log.contains(SECRET), "{log}");
}
