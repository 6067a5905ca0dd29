//! The mails on disk: one SQLite file.
//!
//! One connection writes, others read; a mail is visible to every reader the moment its commit has returned.
//! Writes run in tasks of their own, because a client that hangs up must not cancel one half-way.

mod open;
mod query;
mod read;
mod write;

pub(super) use query::{Query, Selection};
pub(super) use read::{Listed, Listing, StoredMail};

use super::mail::{Digest, Envelope};
use super::mail_id::MailId;
use common::clock::Clock;
use common::entropy::{Entropy, new_id};
use sqlx::SqlitePool;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use write::{NewMail, Writer};

/// Why the inbox cannot keep or show mails.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be made or opened.
    #[error("cannot make the inbox's file")]
    File(#[from] std::io::Error),
    /// SQLite refused.
    #[error("the inbox's database failed")]
    Database(#[from] sqlx::Error),
    /// The file is not of a schema this version knows.
    #[error("the inbox's database cannot be brought to this version's schema")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// A row does not say what it should.
    #[error("the inbox's database holds a malformed {0}")]
    Malformed(&'static str),
    /// The process is ending.
    #[error("the write was interrupted")]
    Interrupted,
}

/// The mails. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    readers: SqlitePool,
    writer: Arc<Mutex<Writer>>,
    /// Counts changes, so that whoever waits for one cannot miss it.
    changes: Arc<watch::Sender<u64>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Store {
    pub(super) async fn open(
        path: &Path,
        keep: u32,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let (connection, readers) = open::connections(path).await?;
        let writer = Writer::new(connection, keep).await?;
        Ok(Self {
            readers,
            writer: Arc::new(Mutex::new(writer)),
            changes: Arc::new(watch::Sender::new(0)),
            clock,
            entropy,
        })
    }

    /// Keeps a mail. It is on disk when this returns.
    pub(super) async fn add(&self, envelope: Envelope, raw: Vec<u8>) -> Result<MailId, StoreError> {
        let now = self.clock.now();
        let id = new_id(&*self.entropy, now);
        self.write(move |writer| {
            let digest = Digest::of(&raw, &envelope);
            Box::pin(writer.add(NewMail { id, received_at: now, envelope, digest, raw }))
        })
        .await
    }

    /// Deletes the selected mails; those that are not there are none.
    pub(super) async fn delete(&self, selection: Selection) -> Result<(), StoreError> {
        self.write(move |writer| Box::pin(writer.delete(selection))).await
    }

    /// Marks the selected mails as read or unread.
    pub(super) async fn set_read(&self, selection: Selection, read: bool) -> Result<(), StoreError> {
        self.write(move |writer| Box::pin(writer.set_read(selection, read))).await
    }

    /// Tells of every change after this call.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
