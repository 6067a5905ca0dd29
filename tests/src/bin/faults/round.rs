//! Playing the chosen scenarios, so many at a time.

use super::SERVICE;
use super::args::Args;
use anyhow::{Context as _, bail};
use common::process::stop_at_signals;
use common::shutdown::Shutdown;
use futures::StreamExt as _;
use std::io::Write as _;
use std::time::Duration;
use tests::cluster::Services;
use tests::faults::{Options, Report, Scenario, catalogue, play};

/// Plays what the command line names, and tells of it.
pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    if args.scenarios.iter().any(|name| name == "list") {
        return list();
    }
    let scenarios = chosen(&args.scenarios)?;
    let shutdown = Shutdown::new();
    stop_at_signals(&shutdown)?;
    if !args.json {
        say(&Report::heading())?;
    }
    let at_once = usize::try_from(args.at_once)?;
    let mut playing = futures::stream::iter(scenarios).map(|scenario| one(scenario, args)).buffered(at_once);
    let (mut played, mut broken) = (0_usize, 0_usize);
    // What was started ends with the future that is dropped here.
    while let Some(next) = shutdown.interrupts(playing.next()).await {
        let Some(report) = next.transpose()? else {
            anyhow::ensure!(broken == 0, "the promise was broken in {broken} of {played} scenarios");
            return Ok(());
        };
        tell(&report, args)?;
        played += 1;
        broken += usize::from(!report.broken().is_empty());
    }
    bail!("stopped");
}

async fn one(scenario: &Scenario, args: &Args) -> anyhow::Result<Report> {
    let options = Options {
        services: Services { file: std::env::current_exe()?, before: vec![SERVICE.into()] },
        seed: args.seed,
        load: Duration::from_secs(args.seconds),
        keep: args.keep.clone(),
    };
    play(scenario, &options).await.with_context(|| format!("{} (seed {})", scenario.name, args.seed))
}

fn tell(report: &Report, args: &Args) -> anyhow::Result<()> {
    if args.timetable {
        say(&report.timetable().join("\n"))?;
    }
    say(&if args.json { report.json().to_string() } else { report.to_string() })
}

/// The scenarios of these names, all mistakes told at once.
fn chosen(names: &[String]) -> anyhow::Result<Vec<&'static Scenario>> {
    if names.iter().any(|name| name == "all") {
        return Ok(catalogue::all().collect());
    }
    let unknown: Vec<_> =
        names.iter().filter(|name| catalogue::find(name).is_none()).map(String::as_str).collect();
    if !unknown.is_empty() {
        let known: Vec<_> = catalogue::all().map(|scenario| scenario.name).collect();
        bail!("no scenario is called {}; there are: all, {}", unknown.join(", "), known.join(", "));
    }
    Ok(names.iter().filter_map(|name| catalogue::find(name)).collect())
}

fn list() -> anyhow::Result<()> {
    for scenario in catalogue::all() {
        say(&format!("{:<28} {}", scenario.name, scenario.what))?;
    }
    Ok(())
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
