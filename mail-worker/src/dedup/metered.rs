//! A dedup store that is measured. It stands around either implementation, and changes nothing of what that promises.

use super::{Claim, Dedup, DedupError, Fence, SentRecord};
use async_trait::async_trait;
use common::metrics::database::DatabaseMetrics;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The dedup port, measured.
pub struct MeteredDedup {
    inner: Arc<dyn Dedup>,
    metrics: DatabaseMetrics,
}

impl MeteredDedup {
    /// Measures what goes through it.
    #[must_use]
    pub fn new(inner: Arc<dyn Dedup>, metrics: DatabaseMetrics) -> Self {
        Self { inner, metrics }
    }

    async fn timed<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, DedupError>>,
    ) -> Result<T, DedupError> {
        self.metrics.timed(operation, work, error_type).await
    }
}

/// A lost claim is an answer.
fn error_type(error: &DedupError) -> Option<&'static str> {
    match error {
        DedupError::Lost => None,
        DedupError::Unavailable(_) => Some("unavailable"),
    }
}

#[async_trait]
impl Dedup for MeteredDedup {
    async fn claim(
        &self,
        event_id: Uuid,
        unanswered_dots: u32,
        lease: Duration,
    ) -> Result<Claim, DedupError> {
        self.timed("claim", self.inner.claim(event_id, unanswered_dots, lease)).await
    }

    async fn renew(&self, fence: Fence, lease: Duration) -> Result<(), DedupError> {
        self.timed("renew", self.inner.renew(fence, lease)).await
    }

    async fn dot(&self, fence: Fence) -> Result<(), DedupError> {
        self.timed("dot", self.inner.dot(fence)).await
    }

    async fn sent(&self, fence: Fence, record: &SentRecord, keep: Duration) -> Result<(), DedupError> {
        self.timed("sent", self.inner.sent(fence, record, keep)).await
    }

    async fn release(&self, fence: Fence) -> Result<(), DedupError> {
        self.timed("release", self.inner.release(fence)).await
    }

    async fn release_ambiguous(&self, fence: Fence) -> Result<(), DedupError> {
        self.timed("release_ambiguous", self.inner.release_ambiguous(fence)).await
    }
}
