//! The task that hands ended spans to the collector, batch by batch, and keeps a batch that is refused for now.

use super::collector::{Collector, Refused};
use super::outage::Outage;
use super::queue::Ended;
use crate::backoff::Backoff;
use crate::entropy::Entropy;
use crate::surviving::survived;
use opentelemetry_sdk::trace::SpanData;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// The most spans of one call.
const BATCH: usize = 512;
/// How long a batch gathers.
const GATHER: Duration = Duration::from_millis(500);
/// How often a collector that refuses is asked again.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(500), ceiling: Duration::from_secs(15) };

/// The task.
pub(super) struct Exporting {
    collector: Collector,
    ended: Ended,
    batch: Vec<SpanData>,
    outage: Outage,
    entropy: Arc<dyn Entropy>,
    flush: Duration,
    failures: u32,
}

impl Exporting {
    pub(super) fn new(
        collector: Collector,
        ended: Ended,
        entropy: Arc<dyn Entropy>,
        flush: Duration,
    ) -> Self {
        let outage = Outage::none(collector.server());
        Self { collector, ended, batch: Vec::new(), outage, entropy, flush, failures: 0 }
    }

    /// Exports until `end`, then what is left, within the time for that.
    pub(super) async fn run(mut self, end: CancellationToken) {
        let flush = self.flush;
        let over = async {
            end.cancelled().await;
            sleep(flush).await;
        };
        tokio::select! {
            () = self.export(&end) => {}
            () = over => {}
        }
        self.ended.close();
        // What is left when the time is over.
        let left = self.batch.len() + self.ended.len();
        self.outage.lost(self.ended.dropped());
        self.outage.ends_with(left as u64);
    }

    async fn export(&mut self, end: &CancellationToken) {
        while !end.is_cancelled() {
            if survived(self.turn(end)).await.is_none() {
                self.lose_batch();
            }
        }
        self.ended.close();
        self.hand_over().await;
    }

    /// The waits are cut off by the end, which leaves the batch where it is. A batch that is on its way is not: the
    /// collector may have it already, and would be given it twice.
    async fn turn(&mut self, end: &CancellationToken) {
        if end.run_until_cancelled(self.gather()).await.is_none() {
            return;
        }
        if self.send().await {
            self.failures = 0;
        } else {
            self.failures = self.failures.saturating_add(1);
            let wait = BACKOFF.wait(self.failures, &*self.entropy);
            end.run_until_cancelled(sleep(wait)).await;
        }
    }

    /// What was in work when a turn panicked would only make the next one panic.
    fn lose_batch(&mut self) {
        self.outage.lost(self.batch.len() as u64);
        self.batch.clear();
    }

    /// The rest, without a second try: whoever waits for us to end waits for more than spans.
    async fn hand_over(&mut self) {
        loop {
            self.ended.take(&mut self.batch, BATCH).await;
            if self.batch.is_empty() || !self.send().await {
                return;
            }
        }
    }

    /// Waits for a first span, and a moment for others.
    async fn gather(&mut self) {
        if self.batch.is_empty() {
            self.ended.take(&mut self.batch, BATCH).await;
        }
        let others = async {
            while self.batch.len() < BATCH {
                self.ended.take(&mut self.batch, BATCH).await;
            }
        };
        // The moment being over is the usual end.
        let _ = timeout(GATHER, others).await;
    }

    /// Whether the collector takes what it is given. The batch stays only if it may be taken later.
    async fn send(&mut self) -> bool {
        let sent = self.collector.export(self.batch.clone()).await;
        let dropped = self.ended.dropped();
        self.outage.lost(dropped);
        match &sent {
            Err(Refused::ForNow(why)) => {
                self.outage.goes_on(why);
                return false;
            }
            Err(Refused::ForGood(why)) => {
                self.outage.lost(self.batch.len() as u64);
                self.outage.goes_on(why);
            }
            Ok(0) if dropped == 0 => self.outage.is_over(),
            Ok(0) => self.outage.goes_on("more are made than it takes"),
            Ok(rejected) => {
                self.outage.lost(*rejected);
                self.outage.goes_on("it turns some down");
            }
        }
        self.batch.clear();
        sent.is_ok()
    }
}
