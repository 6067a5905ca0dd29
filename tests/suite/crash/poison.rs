//! Messages that nobody can read.

use super::{OLD_PASSWORD, STANDALONE, Waiting};
use anyhow::ensure;
use common::clock::SystemClock;
use common::queue::{Message, Queue as _, Route, Source};
use standalone::queue::{QueueDb, SqliteQueue};
use std::path::Path;
use std::sync::Arc;
use tests::dead_letters;
use tests::eventually::eventually;
use tests::standalone_process::StandaloneFolder;
use uuid::Uuid;

const ADDRESS: &str = "mary@example.org";
/// More than the worker has permits: they could block it.
const POISONED: usize = 20;

#[tokio::test]
async fn garbage_in_the_queue_is_set_aside_and_blocks_nobody() -> anyhow::Result<()> {
    let mut folder = StandaloneFolder::new(STANDALONE)?;
    let process = folder.start().await?;
    process.gateway().create_account(ADDRESS, OLD_PASSWORD).await?;
    process.stop().await?;
    poison(&folder.data_dir()).await?;

    let process = folder.start().await?;
    process.gateway().request_reset(ADDRESS).await?;
    process.mailbox().has_mails_to(ADDRESS, 1).await?;
    eventually("everything is sent or set aside", async || {
        let waiting = Waiting::look(&folder.data_dir()).await?;
        Ok(waiting.is_nothing().then_some(()))
    })
    .await?;
    process.stop().await?;
    let (mails, reports) = dead_letters(&folder.data_dir()).await?;
    ensure!((mails, reports) == (POISONED, POISONED), "{mails} mails, {reports} reports");
    Ok(())
}

async fn queue(data_dir: &Path) -> anyhow::Result<(QueueDb, SqliteQueue)> {
    let db = QueueDb::open(&data_dir.join("queue.db"), Arc::new(SystemClock)).await?;
    let queue = SqliteQueue::new(&db);
    Ok((db, queue))
}

async fn poison(data_dir: &Path) -> anyhow::Result<()> {
    let (db, queue) = queue(data_dir).await?;
    for route in [Route::Mail, Route::Reports] {
        let verdicts = queue.publish(route, (0..POISONED).map(garbage).collect()).await;
        verdicts.into_iter().collect::<Result<(), _>>()?;
    }
    db.close().await;
    Ok(())
}

/// Nothing, a field that promises more than is there, and bytes that are no protobuf at all.
fn garbage(number: usize) -> Message {
    let body = match number % 3 {
        0 => Vec::new(),
        1 => vec![0x0A, 0xFF, 0xFF, 0x03, 0x41],
        _ => vec![0xFF; 100],
    };
    Message { id: Uuid::from_u128(number as u128 + 1), type_name: "Garbage", body: body.into() }
}

async fn dead_letters(data_dir: &Path) -> anyhow::Result<(usize, usize)> {
    let (db, queue) = queue(data_dir).await?;
    let letters = dead_letters::dead_letters(&queue).await?;
    db.close().await;
    let of = |source| letters.iter().filter(|letter| letter.source == Some(source)).count();
    Ok((of(Source::Mail), of(Source::Reports)))
}
