//! Playing the chosen scenarios, one after the other.

use super::SERVICE;
use super::args::Args;
use anyhow::{Context as _, bail};
use common::process::stop_at_signals;
use common::shutdown::Shutdown;
use std::io::Write as _;
use std::time::{Duration, Instant};
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
    let (begun, mut seed, mut broken) = (Instant::now(), args.seed, 0_usize);
    loop {
        for scenario in &scenarios {
            // What was started ends with the future that is dropped here.
            let Some(kept) = shutdown.interrupts(one(scenario, args, seed)).await else {
                bail!("stopped");
            };
            broken += usize::from(!kept?);
        }
        let soaking = args.soak.is_some_and(|minutes| begun.elapsed() < Duration::from_secs(60 * minutes));
        if !soaking {
            break;
        }
        seed += 1;
    }
    anyhow::ensure!(broken == 0, "the promise was broken {broken} times");
    Ok(())
}

/// Whether the promise was kept.
async fn one(scenario: &Scenario, args: &Args, seed: u64) -> anyhow::Result<bool> {
    let options = Options {
        services: Services { file: std::env::current_exe()?, before: vec![SERVICE.into()] },
        seed,
        load: Duration::from_secs(args.seconds),
        keep: args.keep.clone(),
    };
    let report =
        play(scenario, &options).await.with_context(|| format!("{} (seed {seed})", scenario.name))?;
    if args.timetable {
        say(&report.timetable().join("\n"))?;
    }
    say(&if args.json { report.json().to_string() } else { report.to_string() })?;
    Ok(report.broken().is_empty())
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
