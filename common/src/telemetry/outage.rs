//! One line when spans begin to be lost or held up, and one when that is over, however long it takes.

use std::time::Duration;
use tokio::time::Instant;

/// What was told, and what has been lost since.
#[derive(Debug)]
pub(super) struct Outage {
    server: String,
    since: Option<Instant>,
    lost: u64,
}

impl Outage {
    /// All is well.
    pub(super) fn none(server: &str) -> Self {
        Self { server: server.to_owned(), since: None, lost: 0 }
    }

    /// So many spans are gone.
    pub(super) fn lost(&mut self, spans: u64) {
        self.lost += spans;
    }

    /// The collector does not take what it is given.
    pub(super) fn goes_on(&mut self, why: &str) {
        if self.since.is_some() {
            return;
        }
        self.since = Some(Instant::now());
        tracing::warn!(
            collector = self.server,
            why,
            "spans are not taken: some are kept for later, then they are lost"
        );
    }

    /// It does.
    pub(super) fn is_over(&mut self) {
        if let Some(lasted) = self.end() {
            tracing::info!(collector = self.server, lost = self.lost, ?lasted, "spans are taken again");
            self.lost = 0;
        }
    }

    /// The process ends with so many spans in its hands.
    pub(super) fn ends_with(&mut self, left: u64) {
        self.lost += left;
        if self.lost > 0 {
            tracing::warn!(collector = self.server, lost = self.lost, "spans were lost");
        }
    }

    fn end(&mut self) -> Option<Duration> {
        self.since.take().map(|since| since.elapsed())
    }
}
