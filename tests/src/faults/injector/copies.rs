//! Copies that die, stand still, or abort where they were told to.

use crate::cluster::{Copy, Role};
use crate::faults::diary::Loss;
use crate::faults::scene::Scene;
use common::abort::AbortPoint;
use nix::sys::signal::Signal;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// How often is looked whether a copy has aborted.
const LOOK: Duration = Duration::from_millis(5);

pub(super) async fn kill(scene: &mut Scene, role: Role, number: usize, end: Instant) -> anyhow::Result<()> {
    copy(scene, role, number).kill()?;
    note(scene, role, number, Instant::now());
    sleep_until(end).await;
    restart(scene, role, number).await
}

/// A worker that stands still for longer than its lease loses what it has in hand, as a dead one does.
pub(super) async fn freeze(scene: &mut Scene, role: Role, number: usize, end: Instant) -> anyhow::Result<()> {
    let from = Instant::now();
    copy(scene, role, number).program()?.signal(Signal::SIGSTOP)?;
    sleep_until(end).await;
    copy(scene, role, number).program()?.signal(Signal::SIGCONT)?;
    note(scene, role, number, from);
    Ok(())
}

/// Runs the copy armed until it aborts, for so long at most once it is up; whether it did.
pub(super) async fn abort(
    scene: &mut Scene,
    point: AbortPoint,
    visit: u32,
    number: usize,
    lasts: Duration,
) -> anyhow::Result<bool> {
    let role = role_at(point);
    let armed = copy(scene, role, number);
    // In good order, so that whatever follows is the point's doing.
    armed.stop().await?;
    armed.start_armed(point, visit)?;
    // It may come to its point before it has said anything.
    let announced = copy(scene, role, number).announced().await.is_ok();
    if role == Role::Api && announced {
        scene.call_all()?;
    }
    let end = Instant::now() + lasts;
    let mut runs = copy(scene, role, number).program()?.runs()?;
    while runs && Instant::now() < end {
        sleep(LOOK).await;
        runs = copy(scene, role, number).program()?.runs()?;
    }
    if runs {
        // It may still come to its point while it drains.
        runs = copy(scene, role, number).stop().await.is_ok();
    }
    if !runs {
        note(scene, role, number, Instant::now());
    }
    restart(scene, role, number).await?;
    Ok(!runs)
}

/// The service that comes to this point.
fn role_at(point: AbortPoint) -> Role {
    match point {
        AbortPoint::BeforeAccept
        | AbortPoint::AfterAccept
        | AbortPoint::AfterIssue
        | AbortPoint::AfterPublish
        | AbortPoint::AfterConfirm => Role::Api,
        AbortPoint::BeforeData
        | AbortPoint::AfterDot
        | AbortPoint::AfterReply
        | AbortPoint::AfterSent
        | AbortPoint::AfterReport
        | AbortPoint::AfterRetryPublish
        | AbortPoint::AfterRedrivePublish => Role::Worker,
    }
}

async fn restart(scene: &mut Scene, role: Role, number: usize) -> anyhow::Result<()> {
    copy(scene, role, number).restart().await?;
    if role == Role::Api { scene.call_all() } else { Ok(()) }
}

fn copy(scene: &mut Scene, role: Role, number: usize) -> &mut Copy {
    match role {
        Role::Api => &mut scene.cluster.apis[number],
        Role::Worker => &mut scene.cluster.workers[number],
    }
}

fn note(scene: &Scene, role: Role, number: usize, from: Instant) {
    if role == Role::Worker {
        scene.diary.note(Loss::Worker(number), from, Instant::now());
    }
}
