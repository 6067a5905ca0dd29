//! Clocks of copies that jump.

use crate::cluster::Role;
use crate::faults::scene::{COPIES, Scene};
use crate::file_clock::FileClock;
use anyhow::Context as _;
use time::Duration;

/// That copy's clock jumps, or every copy's.
pub(super) fn jump(scene: &Scene, whose: Option<(Role, usize)>, jump: Duration) -> anyhow::Result<()> {
    let everybody =
        [Role::Api, Role::Worker].into_iter().flat_map(|role| (0..COPIES).map(move |one| (role, one)));
    for (role, number) in everybody.filter(|one| whose.is_none_or(|whose| whose == *one)) {
        let file = scene.cluster.wrong_by(role, number).context("the copies have no clocks")?;
        FileClock::open(&file)?.advance(jump)?;
    }
    Ok(())
}
