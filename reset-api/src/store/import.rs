//! Account lists on their way in: what is written of one at a time, and how far it has come.

use super::NewAccount;

/// SHA-256 of an account list, and of how it is read: what an import is known by when it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListDigest(pub [u8; 32]);

/// An account of a list.
#[derive(Debug, Clone)]
pub struct ImportedAccount {
    /// The account.
    pub account: NewAccount,
    /// Whether it is disabled.
    pub disabled: bool,
}

/// A place in a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListPosition {
    /// So many bytes are before it.
    pub bytes: u64,
    /// So many lines are before it.
    pub lines: u64,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// What is before this place is done.
    pub position: ListPosition,
    /// Accounts that were created.
    pub imported: u64,
    /// Accounts whose address or id another account has.
    pub skipped: u64,
    /// Lines that are no account.
    pub refused: u64,
    /// All of the list is done.
    pub finished: bool,
}

/// Where an import is to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Where the list's last import came to; at its start if there was none.
    GoOn,
    /// At its start, whatever was imported before.
    Anew,
}

/// What to do about an account whose address or id another account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// Leave the other as it is, and count.
    Skip,
    /// Write nothing of the batch.
    Fail,
}

/// A piece of a list.
#[derive(Debug)]
pub struct ImportBatch<'a> {
    /// The list.
    pub list: ListDigest,
    /// Where the piece begins.
    pub from: ListPosition,
    /// Where it ends.
    pub to: ListPosition,
    /// Whether the list ends there.
    pub is_last: bool,
    /// Its accounts, in the order of the list.
    pub accounts: &'a [ImportedAccount],
    /// How many of its lines are no account.
    pub refused: u64,
    /// What to do about those that are there.
    pub on_conflict: OnConflict,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOutcome {
    /// It is written, and the import has come so far.
    Written(ImportProgress),
    /// Nothing was written: [`OnConflict::Fail`], and another account has the address or the id of this one.
    Taken {
        /// Its place in the batch.
        index: usize,
    },
    /// Nothing was written: the import is no longer where the batch begins. Somebody else imports the same list.
    Overtaken,
}

impl ImportProgress {
    /// The progress once a batch is written, of whose accounts so many were created.
    pub(super) fn after(self, batch: &ImportBatch<'_>, created: u64) -> Self {
        Self {
            position: batch.to,
            imported: self.imported + created,
            skipped: self.skipped + (batch.accounts.len() as u64).saturating_sub(created),
            refused: self.refused + batch.refused,
            finished: batch.is_last,
        }
    }

    /// Whether a batch is the next piece.
    pub(super) fn is_before(self, batch: &ImportBatch<'_>) -> bool {
        self.position == batch.from && !self.finished
    }
}

/// The first account of a batch that is not among those created. Of two with one id the second is not.
pub(super) fn first_not_created(batch: &ImportBatch<'_>, created: &[uuid::Uuid]) -> Option<usize> {
    let mut created: std::collections::HashSet<_> = created.iter().collect();
    batch.accounts.iter().position(|imported| !created.remove(&imported.account.id))
}
