//! How an import ends.

use super::ListError;
use crate::store::{ImportProgress, StoreError};
use std::fmt;
use std::io;
use std::time::Duration;

/// What a process ends with after some lines were refused; 2 is for a command line that makes no sense.
const SOME_REFUSED: u8 = 3;

/// An import that came to the end of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The whole import, earlier runs included.
    pub progress: ImportProgress,
    /// The lines of this run.
    pub lines: u64,
    /// How long this run took.
    pub took: Duration,
}

/// Why an import did not come to the end of its list. One line each; addresses are masked.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The list cannot be read.
    #[error(transparent)]
    List(#[from] ListError),
    /// The list could be read no further.
    #[error("could not read the list: {0}")]
    Read(io::Error),
    /// What is refused, or what was done, could not be told.
    #[error("could not write what is refused or done: {0}")]
    Report(io::Error),
    /// With `--on-conflict fail`.
    #[error("line {line}: {address}: another account has this address or id")]
    Taken {
        /// The line.
        line: u64,
        /// Its address, masked.
        address: String,
    },
    /// The list is imported by another process.
    #[error("another process imports the same list")]
    Overtaken,
    /// The store failed.
    #[error("{error}; the same command goes on after line {after_line}")]
    Store {
        /// How.
        error: StoreError,
        /// So many lines are done.
        after_line: u64,
    },
    /// A thread of ours failed.
    #[error("the reading of the list ended in the middle")]
    Broken,
}

impl Imported {
    /// What the process ends with: 0, or 3 when lines were refused.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.progress.refused == 0 { 0 } else { SOME_REFUSED }
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImportProgress { imported, skipped, refused, .. } = self.progress;
        write!(f, "imported {imported}, skipped {skipped} (address or id taken), refused {refused}")?;
        let seconds = self.took.as_secs_f64().max(0.001);
        write!(f, ": {} lines in {seconds:.1} s, {:.0} a second", self.lines, self.lines as f64 / seconds)
    }
}
