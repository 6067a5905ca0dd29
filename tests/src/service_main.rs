//! Each service as tests start it, in one program: `SERVICE [--clock FILE [--wrong-by FILE]] [--abort POINT:VISIT] ARGUMENT…`.
//!
//! Between the shipped mains and this stands what the surroundings are: a clock that tests move, and a point at which the
//! process ends as if by kill -9. The end of standard input ends it too, so that it cannot outlive its test.

use crate::file_clock::FileClock;
use common::abort::{AbortPoint, AbortPoints};
use common::process::Surroundings;
use std::ffi::OsString;
use std::io::{Write as _, sink, stderr, stdin};
use std::path::Path;
use std::process::{ExitCode, exit};
use std::sync::Arc;

/// What the arguments must be.
const USAGE: &str = "reset-api|mail-worker|standalone [--clock FILE [--wrong-by FILE]] [--abort POINT:VISIT, such as after-dot:1] …";

/// Runs the service that the first argument names.
pub async fn main(mut arguments: Vec<OsString>) -> ExitCode {
    end_with_stdin();
    let Some(surroundings) = surroundings(&mut arguments) else { return misused() };
    match arguments.first().and_then(|service| service.to_str()) {
        Some("reset-api") => reset_api::command::main(arguments, surroundings).await,
        Some("mail-worker") => mail_worker::command::main(arguments, surroundings).await,
        Some("standalone") => standalone::process::main(arguments, surroundings).await,
        _ => misused(),
    }
}

fn end_with_stdin() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut stdin(), &mut sink());
        // Not SIGABRT: that is what a test takes for the armed point.
        exit(1);
    });
}

fn misused() -> ExitCode {
    let _ = writeln!(stderr(), "error: the arguments are {USAGE}");
    ExitCode::FAILURE
}

/// Takes out the arguments that are ours; `None` if they make no sense.
fn surroundings(arguments: &mut Vec<OsString>) -> Option<Surroundings> {
    let mut surroundings = Surroundings::real();
    if let Some(file) = take(arguments, "--clock")? {
        let mut clock = FileClock::open(Path::new(&file)).ok()?;
        if let Some(file) = take(arguments, "--wrong-by")? {
            clock = clock.wrong_by(Path::new(&file)).ok()?;
        }
        surroundings.clock = Arc::new(clock);
    }
    if let Some(armed) = take(arguments, "--abort")? {
        let (point, visit) = armed.to_str()?.split_once(':')?;
        surroundings.abort = AbortPoints::at(AbortPoint::from_name(point)?, visit.parse().ok()?);
    }
    Some(surroundings)
}

/// Takes out an option that stands right behind the service's name, with its value; the outer `None`: it has no value.
fn take(arguments: &mut Vec<OsString>, option: &str) -> Option<Option<OsString>> {
    if arguments.get(1).is_none_or(|argument| argument != option) {
        return Some(None);
    }
    if arguments.len() < 3 {
        return None;
    }
    Some(arguments.drain(1..3).nth(1))
}
