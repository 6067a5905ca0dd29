//! Does what the timetable says, and puts it right again.

mod callers;
mod clocks;
mod copies;
mod nodes;
mod recorded;
mod servers;

use super::diary::Loss;
use super::plan::{Fault, Server, Timed};
use super::proxy::Trouble;
use super::scene::Scene;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// Plays the timetable, which began then; how many of its faults came to pass.
pub(super) async fn play(scene: &mut Scene, timetable: &[Timed], begun: Instant) -> anyhow::Result<u64> {
    let mut came = 0;
    for Timed { at, lasts, fault } in timetable {
        sleep_until(begun + *at).await;
        came += u64::from(one(scene, fault, *lasts).await?);
    }
    Ok(came)
}

/// One fault from beginning to end; whether it came to pass.
async fn one(scene: &mut Scene, fault: &Fault, lasts: Duration) -> anyhow::Result<bool> {
    let (from, end) = (Instant::now(), Instant::now() + lasts);
    match fault {
        Fault::Kill(role, number) => copies::kill(scene, *role, *number, end).await?,
        Fault::Freeze(role, number) => copies::freeze(scene, *role, *number, end).await?,
        Fault::Abort(point, visit, number) => {
            return copies::abort(scene, *point, *visit, *number, lasts).await;
        }
        Fault::RabbitMq(fault) => servers::rabbitmq(scene, *fault, end).await?,
        Fault::Postgres(fault) => {
            let held = servers::postgres(scene, *fault).await?;
            // It takes seconds to take all connections; only then does it begin.
            sleep(lasts).await;
            servers::restore_postgres(scene, *fault, held).await?;
        }
        Fault::Redis(fault) => {
            servers::redis(scene, *fault, end).await?;
            if fault.may_lose_marks() {
                scene.diary.note(Loss::Dedup, from, Instant::now());
            }
        }
        Fault::Smtp(mood) => {
            let before = scene.sink.deeds();
            scene.sink.feel(Some(*mood))?;
            sleep_until(end).await;
            scene.sink.feel(None)?;
            return Ok(scene.sink.deeds() > before);
        }
        Fault::Network(server, trouble) => {
            scene.way_to(*server)?.suffer(*trouble);
            sleep_until(end).await;
            scene.way_to(*server)?.suffer(Trouble::None);
            if *server == Server::Redis {
                scene.diary.note(Loss::Dedup, from, Instant::now());
            }
        }
        Fault::Clock(whose, hours) => {
            let jump = time::Duration::hours(*hours);
            clocks::jump(scene, *whose, jump)?;
            sleep_until(end).await;
            clocks::jump(scene, *whose, -jump)?;
        }
        Fault::CallersLeave(seed) => callers::leave(scene, *seed).await?,
    }
    Ok(true)
}
