//! ISSUE: accepted requests become links and mails.

use crate::mint::Minter;
use crate::stepping::Step;
use crate::store::Store;
use async_trait::async_trait;
use common::abort::{AbortPoint, AbortPoints};
use issuing::Issuing;
use std::sync::Arc;
use tokio::sync::Notify;

mod issuing;

/// How many requests one transaction takes.
const BATCH: u32 = 200;

/// The issuing loop.
pub struct Issuer {
    /// Where requests wait.
    pub store: Arc<dyn Store>,
    /// Makes the links.
    pub minter: Arc<Minter>,
    /// Wakes the relay.
    pub issued: Arc<Notify>,
    /// For crash tests.
    pub abort: AbortPoints,
}

#[async_trait]
impl Step for Issuer {
    fn name(&self) -> &'static str {
        "issuer"
    }

    async fn step(&self) -> anyhow::Result<u64> {
        let issuing = Issuing::with(&self.minter);
        let done = self.store.issue(BATCH, &issuing).await;
        let done = issuing.end(done)?;
        if done.issued > 0 {
            self.abort.reach(AbortPoint::AfterIssue);
            self.issued.notify_one();
        }
        Ok(done.total())
    }
}
