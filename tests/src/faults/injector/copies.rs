//! Copies that die, stand still, or abort where they were told to.

mod ending;

use super::recorded;
use crate::cluster::{Copy, Role};
use crate::faults::diary::Loss;
use crate::faults::scene::Scene;
use common::abort::AbortPoint;
use ending::Ending;
use nix::sys::signal::Signal;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

/// How often is looked whether a copy has aborted.
const LOOK: Duration = Duration::from_millis(5);

pub(super) async fn kill(scene: &mut Scene, role: Role, number: usize, end: Instant) -> anyhow::Result<()> {
    copy(scene, role, number).kill()?;
    let recorded = recorded_by(scene, role, number).await?;
    note(scene, role, number, recorded, Instant::now());
    sleep_until(end).await;
    restart(scene, role, number).await
}

/// A worker that stands still for longer than its lease loses what it has in hand, as a dead one does.
pub(super) async fn freeze(scene: &mut Scene, role: Role, number: usize, end: Instant) -> anyhow::Result<()> {
    let from = Instant::now();
    copy(scene, role, number).program()?.signal(Signal::SIGSTOP)?;
    let recorded = recorded_by(scene, role, number).await?;
    sleep_until(end).await;
    copy(scene, role, number).program()?.signal(Signal::SIGCONT)?;
    note(scene, role, number, recorded, from);
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
    let (end, program) = (Instant::now() + lasts, copy(scene, role, number).program()?);
    while program.runs()? && Instant::now() < end {
        sleep(LOOK).await;
    }
    // One that still runs may come to its point while it drains.
    let ending = Ending::of(program).await?;
    if ending == Ending::Aborted {
        let recorded = recorded_by(scene, role, number).await?;
        note(scene, role, number, recorded, Instant::now());
    }
    if let Ending::Failed(how) = &ending {
        let (service, point) = (role.name(), point.name());
        scene.broken.push(format!("{service} {number}, which was to abort at {point}, {how}"));
    }
    restart(scene, role, number).await?;
    Ok(ending == Ending::Aborted)
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

/// The mails that this copy need not send again; reset-api has none.
async fn recorded_by(scene: &Scene, role: Role, number: usize) -> anyhow::Result<BTreeSet<Uuid>> {
    if role == Role::Worker { recorded::by_worker(scene, number).await } else { Ok(BTreeSet::new()) }
}

fn note(scene: &Scene, role: Role, number: usize, recorded: BTreeSet<Uuid>, from: Instant) {
    if role == Role::Worker {
        scene.diary.note(Loss::Worker { number, recorded }, from, Instant::now());
    }
}
