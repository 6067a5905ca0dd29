//! Dedup on SQLite: what is known of the sending of each mail, in the queue's file and its group commits.
//!
//! [`claim`] decides who may send; [`marks`] are what the claim's holder writes down.

mod claim;
mod marks;

use crate::queue::QueueDb;
use crate::queue::commit::{NotCommitted, Write};
use crate::queue::database::Shared;
use async_trait::async_trait;
use claim::TryClaim;
use mail_worker::dedup::{Claim, Dedup, DedupError, Fence, SentRecord};
use marks::{Dot, Release, ReleaseAmbiguous, Renewal, Sent};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The dedup port on `queue.db`.
pub struct SqliteDedup(Arc<Shared>);

impl SqliteDedup {
    /// Dedup in this file.
    #[must_use]
    pub fn new(db: &QueueDb) -> Self {
        Self(db.shared())
    }

    async fn commit<W: Write>(&self, write: W) -> Result<W::Answer, DedupError> {
        self.0.writer.commit(write).await.map_err(|NotCommitted(reason)| DedupError::Unavailable(reason))
    }

    /// A mark that changed no row was set with a fence that no longer counts.
    async fn mark<W: Write<Answer = bool>>(&self, mark: W) -> Result<(), DedupError> {
        if self.commit(mark).await? { Ok(()) } else { Err(DedupError::Lost) }
    }
}

#[async_trait]
impl Dedup for SqliteDedup {
    async fn claim(
        &self,
        event_id: Uuid,
        unanswered_dots: u32,
        lease: Duration,
    ) -> Result<Claim, DedupError> {
        self.commit(TryClaim { db: Arc::clone(&self.0), event_id, unanswered_dots, lease }).await
    }

    async fn renew(&self, fence: Fence, lease: Duration) -> Result<(), DedupError> {
        self.mark(Renewal { db: Arc::clone(&self.0), fence, lease }).await
    }

    async fn dot(&self, fence: Fence) -> Result<(), DedupError> {
        self.mark(Dot { db: Arc::clone(&self.0), fence }).await
    }

    async fn sent(&self, fence: Fence, record: &SentRecord, keep: Duration) -> Result<(), DedupError> {
        self.mark(Sent { db: Arc::clone(&self.0), fence, record: record.clone(), keep }).await
    }

    async fn release(&self, fence: Fence) -> Result<(), DedupError> {
        self.mark(Release { fence }).await
    }

    async fn release_ambiguous(&self, fence: Fence) -> Result<(), DedupError> {
        self.mark(ReleaseAmbiguous { fence }).await
    }
}
