//! One scenario from its start to its verdict.

use super::Scenario;
use super::completing::Completing;
use super::draining::{KEPT_BACK, drain, last_requests, nothing_is_left};
use super::injector;
use super::judge::judge;
use super::load;
use super::memory::{Held, Memory};
use super::pools;
use super::report::Report;
use super::scene::{CLOCKS, Scene};
use super::slowing::have_slowed_down;
use crate::cluster::Services;
use crate::folder::Folder;
use anyhow::{Context as _, ensure};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How a scenario is played.
#[derive(Debug, Clone)]
pub struct Options {
    /// A program that is `tests::service_main` behind its first arguments.
    pub services: Services,
    /// What load and faults are drawn from.
    pub seed: u64,
    /// How long requests come.
    pub load: Duration,
    /// Where keys and logs are kept; otherwise they go with the run.
    pub keep: Option<PathBuf>,
}

/// Plays a scenario on a cluster of its own.
///
/// # Errors
/// If the harness itself fails: a server does not come up, a copy cannot be started.
pub async fn play(scenario: &Scenario, options: &Options) -> anyhow::Result<Report> {
    let temporary = Folder::new()?;
    let folder = options.keep.as_ref().map_or(temporary.path().to_owned(), |keep| keep.join(scenario.name));
    std::fs::create_dir_all(&folder)?;
    let clocks = folder.join(CLOCKS);
    if clocks.exists() {
        // The time of an earlier run there is over.
        std::fs::remove_dir_all(&clocks)?;
    }
    std::fs::create_dir_all(clocks)?;
    let (asks, accounts) = load::plan(options.seed, options.load);
    let timetable = scenario.timetable(options.seed, options.load);
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let (services, surroundings) = (options.services.clone(), scenario.surroundings);
    let starting = Scene::start(services, &folder, options.seed, surroundings, accounts + KEPT_BACK, arrived);
    let mut scene = starting.await.context("the cluster does not start")?;
    let completing = Completing::start(arrivals, scene.gateways.clone())?;

    scene.sink.feel(scenario.mood)?;
    let memory = Memory::watch(&mut scene, options.load)?;
    let begun = Instant::now();
    let asking = tokio::spawn(load::run(asks, scene.gateways.clone(), begun));
    let faults = injector::play(&mut scene, &timetable, begun).await?;
    let deeds = scene.sink.deeds();
    let asked = asking.await?;
    if !scenario.stays_in_its_mood {
        scene.sink.feel(None)?;
    }

    let mut broken = std::mem::take(&mut scene.broken);
    let mut note = |what: anyhow::Result<()>| broken.extend(what.err().map(|error| format!("{error:#}")));
    if scenario.slows_down {
        note(have_slowed_down(deeds, &timetable, begun, &asked));
    }
    note(drain(&scene, &completing, scenario.forgetful_broker, scenario.drains_within).await);
    scene.sink.feel(None)?;
    note(last_requests(&scene, accounts).await);
    note(pools::are_whole(&scene).await);
    note(drain(&scene, &completing, scenario.forgetful_broker, scenario.drains_within).await);
    let held = memory.look(&mut scene).await;
    // What a copy still had in its hands it finishes now, or gives back.
    note(scene.stop_copies().await);
    note(nothing_is_left(&scene).await);
    let mut verdict = judge(scenario, &scene, &asked, &completing).await?;
    note(are_within(scenario.slowest_within, verdict.slowest));
    if faults == 0 {
        broken.push("no fault came to pass: nothing is proven".into());
    }
    if verdict.mailed == 0 {
        broken.push("no mail came: nothing is proven".into());
    }
    let held = held.unwrap_or_else(|error| {
        broken.push(format!("{error:#}"));
        Held::default()
    });
    broken.extend(held.complaints());
    verdict.broken.extend(broken);
    Ok(Report { scenario: scenario.name, seed: options.seed, faults, held, verdict, timetable })
}

/// Whether even the slowest mail came in time.
fn are_within(most: Option<Duration>, slowest: Duration) -> anyhow::Result<()> {
    ensure!(
        most.is_none_or(|most| slowest <= most),
        "the slowest mail took {slowest:?}, and {most:?} at most is allowed"
    );
    Ok(())
}
