//! How much memory the copies hold, and whether it grows.

use super::scene::Scene;
use crate::cluster::Copy;
use anyhow::{Context as _, ensure};
use nix::unistd::Pid;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// More than this, in MiB, no copy may hold in the end.
const MOST: u64 = 256;
/// By so many MiB a copy may have grown over a long run.
const GROWTH: u64 = 24;
/// Only a run of this length says something about growth.
const LONG: Duration = Duration::from_secs(300);
/// One part of so many of a run is left to the copies to fill what they keep.
const WARM_UP: u32 = 5;

/// What the copies that run from the beginning to the end held when they were warm.
pub(super) struct Memory(Option<JoinHandle<Vec<(Pid, u64)>>>);

/// What was found in the end, in MiB.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// By the copy that holds most.
    pub(super) most: u64,
    /// By which the one that grew most has grown since it was warm; `None` where that says nothing.
    pub(super) growth: Option<u64>,
}

impl Memory {
    /// Looks at the copies after a part of the load.
    pub(super) fn watch(scene: &mut Scene, load: Duration) -> anyhow::Result<Self> {
        if load < LONG {
            return Ok(Self(None));
        }
        let pids: Vec<Pid> =
            copies(scene).map(|copy| copy.program()?.pid()).collect::<anyhow::Result<_>>()?;
        Ok(Self(Some(tokio::spawn(async move {
            sleep(load / WARM_UP).await;
            pids.into_iter().filter_map(|pid| Some((pid, held_by(pid).ok()?))).collect()
        }))))
    }

    /// Looks again, when nothing is under way any more.
    pub(super) async fn look(self, scene: &mut Scene) -> anyhow::Result<Held> {
        let warm = match self.0 {
            Some(looking) => looking.await?,
            None => Vec::new(),
        };
        let mut held = Held::default();
        for copy in copies(scene) {
            let program = copy.program()?;
            ensure!(program.runs()?, "a copy has ended by itself: {}", program.log());
            let (pid, now) = (program.pid()?, held_by(program.pid()?)?);
            held.most = held.most.max(now);
            let before = warm.iter().find(|(other, _)| *other == pid).map(|(_, before)| *before);
            held.growth = held.growth.max(before.map(|before| now.saturating_sub(before)));
        }
        Ok(held)
    }
}

impl Held {
    /// What is wrong with it, in words.
    pub(super) fn complaints(&self) -> impl Iterator<Item = String> {
        let most = (self.most > MOST).then(|| format!("a copy holds {} MiB of memory", self.most));
        let growth = self.growth.filter(|growth| *growth > GROWTH);
        most.into_iter().chain(growth.map(|growth| format!("the memory of a copy grew by {growth} MiB")))
    }
}

fn copies(scene: &mut Scene) -> impl Iterator<Item = &mut Copy> {
    scene.cluster.apis.iter_mut().chain(&mut scene.cluster.workers)
}

fn held_by(pid: Pid) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? / 1024)
}
