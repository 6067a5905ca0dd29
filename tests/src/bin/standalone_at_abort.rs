//! The standalone as crash tests run it: `--abort POINT:VISIT` before the usual arguments ends the process when it comes to
//! that point for that time, and the end of standard input ends it too, so that it cannot outlive its test.

use common::abort::{AbortPoint, AbortPoints};
use common::process::Surroundings;
use std::ffi::OsString;
use std::io::{Write as _, sink, stderr, stdin};
use std::process::{ExitCode, exit};

#[tokio::main]
async fn main() -> ExitCode {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut stdin(), &mut sink());
        // Not SIGABRT: that is what a test takes for the armed point.
        exit(1);
    });
    let mut command_line: Vec<OsString> = std::env::args_os().collect();
    let Some(abort) = take_abort(&mut command_line) else {
        let _ = writeln!(stderr(), "error: --abort is POINT:VISIT, for example after-dot:1");
        return ExitCode::FAILURE;
    };
    let surroundings = Surroundings { abort, ..Surroundings::real() };
    standalone::process::main(command_line, surroundings).await
}

/// Takes the first two arguments out if they are ours; `None` if they make no sense.
fn take_abort(command_line: &mut Vec<OsString>) -> Option<AbortPoints> {
    if command_line.get(1).is_none_or(|first| first != "--abort") {
        return Some(AbortPoints::none());
    }
    let armed = command_line.get(2)?.to_str()?;
    let (point, visit) = armed.split_once(':')?;
    let points = AbortPoints::at(AbortPoint::from_name(point)?, visit.parse().ok()?);
    command_line.drain(1..3);
    Some(points)
}
