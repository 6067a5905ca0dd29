//! `reset-api accounts …`: what an operator does with accounts from the command line.
//!
//! The arguments, and what each command does with the parts it is given. Which servers those parts talk to is the
//! caller's.

use std::io::{IsTerminal as _, Write};

mod create;
mod import;

pub use create::{CreateArgs, CreateError, create};
pub use import::{
    ConflictChoice, HeaderError, ImportArgs, ImportError, ImportParts, Imported, ListError, ListFormat,
    import,
};

/// What can be done with accounts.
#[derive(Debug, clap::Subcommand)]
pub enum AccountsCommand {
    /// Creates the accounts of a list, and goes on where it was when it is started again
    Import(ImportArgs),
    /// Creates one account; its password is read from standard input
    Create(CreateArgs),
}

/// Where a command tells what it did.
pub struct Console {
    /// For results.
    pub out: Box<dyn Write + Send>,
    /// For what is told on the way.
    pub err: Box<dyn Write + Send>,
    /// Whether somebody watches `err`: then an import shows a bar.
    pub is_watched: bool,
}

impl Console {
    /// The process's own.
    #[must_use]
    pub fn standard() -> Self {
        let is_watched = std::io::stderr().is_terminal();
        Self { out: Box::new(std::io::stdout()), err: Box::new(std::io::stderr()), is_watched }
    }
}
