//! KEEP: ends what its time is over for, and forgets what is old.

use crate::stepping::Step;
use crate::store::Store;
use async_trait::async_trait;
use std::sync::Arc;
use time::Duration;

/// How many rows one transaction takes.
const BATCH: u32 = 500;
/// How long after its end an event's last report may still be on its way. A mail that was begun in the last moment may be in
/// work at each of two slow relay hosts for some four minutes and wait three more for the answer to its dot; its report may
/// wait five for a broker. A link that ends before that is dead in a mail that arrived.
const GRACE: Duration = Duration::minutes(20);

/// The housekeeping loop.
pub struct Keeper {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// How long an ended request is kept.
    pub retention: Duration,
    /// How long an entry of the audit trail is kept.
    pub audit_retention: Duration,
}

#[async_trait]
impl Step for Keeper {
    fn name(&self) -> &'static str {
        "keeper"
    }

    async fn step(&self) -> anyhow::Result<u64> {
        let overdue = self.store.end_overdue(BATCH, GRACE).await?;
        let expired = self.store.expire_links(BATCH).await?;
        let purged = self.store.purge(BATCH, self.retention).await?;
        let forgotten = self.store.purge_audit(BATCH, self.audit_retention).await?;
        if overdue > 0 {
            tracing::warn!(overdue, "events ended undelivered");
        }
        Ok(overdue + expired + purged + forgotten)
    }
}
