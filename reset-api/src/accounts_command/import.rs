//! `reset-api accounts import`: the accounts of a list, a million in minutes.
//!
//! A list is read a piece at a time: one thread cuts it, as many as there are cores read what is in the pieces, and one
//! task writes them in their order, each in one transaction with how far the list has come. So the memory it takes does not
//! grow with the list, and whenever it is killed, the same command goes on where it was.

use self::entries::{Readable, read};
use self::list::List;
use self::progress::Progress;
use self::refusals::Refusals;
use super::Console;
use crate::address_key::Pseudonymiser;
use crate::store::{BatchOutcome, Beginning, ImportBatch, ImportProgress, OnConflict, Store, StoreError};
use common::clock::Clock;
use common::entropy::Entropy;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;

mod columns;
mod entries;
mod fields;
mod list;
mod objects;
mod outcome;
mod pieces;
mod progress;
mod refusals;

pub use columns::HeaderError;
pub use list::{ListError, ListFormat};
pub use outcome::{ImportError, Imported};

/// An account list, to be imported.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportArgs {
    /// The list, in UTF-8: CSV with a header, or a JSON object a line; email, password_hash, and if known
    /// locale, disabled, id. Hashes: Argon2, bcrypt, PBKDF2 with SHA-256 or SHA-512
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How the list is written, where its name does not tell (.csv, .jsonl, .ndjson)
    #[arg(long, value_enum)]
    pub format: Option<ListFormat>,
    /// What to do about an account whose address or id another account has
    #[arg(long, value_enum, default_value = "skip")]
    pub on_conflict: ConflictChoice,
    /// Where to tell every line that is no account; without it the first few are told here
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Read the list from its start, even if it was imported before
    #[arg(long)]
    pub anew: bool,
}

/// [`OnConflict`] on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ConflictChoice {
    /// Leave the one that is there as it is, and count
    Skip,
    /// Stop; what came before it in the list is imported
    Fail,
}

/// What an import works with.
#[derive(Clone)]
pub struct ImportParts {
    /// The accounts.
    pub store: Arc<dyn Store>,
    /// Makes address keys.
    pub pseudonymiser: Arc<Pseudonymiser>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Imports a list, and tells at the end what became of it.
///
/// # Errors
/// [`ImportError`]. What was imported until then stays, and the same command goes on after it.
pub async fn import(
    args: &ImportArgs,
    parts: &ImportParts,
    mut console: Console,
) -> Result<Imported, ImportError> {
    let started = Instant::now();
    let (file, format) = (args.file.clone(), args.format);
    let list = spawn_blocking(move || List::open(&file, format)).await.map_err(|_| ImportError::Broken)??;
    let beginning = if args.anew { Beginning::Anew } else { Beginning::GoOn };
    let begun = parts.store.begin_import(list.digest, beginning).await;
    let begun = begun.map_err(|error| ImportError::Store { error, after_line: 0 })?;
    let refusals =
        Refusals::open(args.report.as_deref(), begun.position.lines).map_err(ImportError::Report)?;
    let progress = Progress::start(&list, begun, &mut console);
    let mut run = Run { args, parts, refusals, progress, console, at: begun };
    run.over(list).await?;
    let lines = run.at.position.lines - begun.position.lines;
    let imported = Imported { progress: run.at, lines, took: started.elapsed() };
    run.progress.end();
    writeln!(run.console.out, "{imported}").map_err(ImportError::Report)?;
    Ok(imported)
}

/// An import on its way.
struct Run<'a> {
    args: &'a ImportArgs,
    parts: &'a ImportParts,
    refusals: Refusals,
    progress: Progress,
    console: Console,
    at: ImportProgress,
}

impl Run<'_> {
    async fn over(&mut self, list: List) -> Result<(), ImportError> {
        if self.at.finished {
            return Ok(());
        }
        let digest = list.digest;
        let mut pieces = read_ahead(list, self.at, self.parts);
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(ImportError::Read)?.await.map_err(|_| ImportError::Broken)?;
            self.tell(&piece)?;
            let batch = ImportBatch {
                list: digest,
                from: piece.from,
                to: piece.to,
                is_last: piece.is_last,
                accounts: &piece.accounts,
                refused: piece.refused.len() as u64,
                on_conflict: self.on_conflict(),
            };
            let outcome = self.parts.store.import_accounts(&batch).await;
            self.at = self.judge(outcome, &piece)?;
            self.progress.moved(&self.at, &mut self.console);
        }
        if self.at.finished { Ok(()) } else { Err(ImportError::Broken) }
    }

    fn on_conflict(&self) -> OnConflict {
        match self.args.on_conflict {
            ConflictChoice::Skip => OnConflict::Skip,
            ConflictChoice::Fail => OnConflict::Fail,
        }
    }

    /// Before the piece is written: a refusal told twice is better than none.
    fn tell(&mut self, piece: &Readable) -> Result<(), ImportError> {
        let (refusals, console) = (&mut self.refusals, &mut self.console);
        let told = self.progress.aside(|| refusals.tell(&piece.refused, &mut *console.err));
        told.map_err(ImportError::Report)
    }

    fn judge(
        &self,
        outcome: Result<BatchOutcome, StoreError>,
        piece: &Readable,
    ) -> Result<ImportProgress, ImportError> {
        match outcome {
            Ok(BatchOutcome::Written(progress)) => Ok(progress),
            Ok(BatchOutcome::Taken { index }) => Err(ImportError::Taken {
                line: piece.lines.get(index).copied().unwrap_or_default(),
                address: piece
                    .accounts
                    .get(index)
                    .map(|taken| taken.account.address.masked())
                    .unwrap_or_default(),
            }),
            Ok(BatchOutcome::Overtaken) => Err(ImportError::Overtaken),
            Err(error) => Err(ImportError::Store { error, after_line: self.at.position.lines }),
        }
    }
}

/// Cuts the list on one thread and reads the pieces on others, no further ahead than there are cores.
fn read_ahead(
    list: List,
    at: ImportProgress,
    parts: &ImportParts,
) -> Receiver<io::Result<JoinHandle<Readable>>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (ahead, pieces) = channel(cores);
    let parts = parts.clone();
    spawn_blocking(move || {
        let (layout, cut) = list.pieces(at.position);
        let layout = Arc::new(layout);
        for piece in cut {
            let (layout, parts) = (layout.clone(), parts.clone());
            let reading = piece.map(|piece| spawn_blocking(move || read(&piece, &layout, &parts)));
            if ahead.blocking_send(reading).is_err() {
                return;
            }
        }
    });
    pieces
}
