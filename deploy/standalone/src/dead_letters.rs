//! `standalone dead-letters …`: mail-worker's commands on the queue of a directory that nothing runs on.

use crate::data_dir::DataDir;
use crate::queue::{QueueDb, SqliteQueue};
use common::process::{Surroundings, operator};
use mail_worker::dead_letters::{DeadLettersCommand, Office};
use std::path::Path;
use std::sync::Arc;

/// Holds the directory meanwhile. What is told to the audit trail waits in the queue until the standalone is started.
///
/// # Errors
/// In one line; the directory is in use, too.
pub(crate) async fn run(
    data_dir: &Path,
    command: &DeadLettersCommand,
    Surroundings { clock, entropy, abort }: Surroundings,
) -> anyhow::Result<u8> {
    let data_dir = DataDir::hold(data_dir)?;
    let db = QueueDb::open(&data_dir.private_file("queue.db")?, clock.clone()).await?;
    let queue = Arc::new(SqliteQueue::new(&db));
    let office = Office { letters: queue.clone(), queue, clock, entropy, abort };
    let done = office.run(command, &operator(), &mut std::io::stdout()).await;
    db.close().await;
    done
}
