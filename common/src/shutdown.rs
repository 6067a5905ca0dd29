//! How every loop is asked to stop, and how the stop is bounded.

use tokio_util::sync::CancellationToken;

/// The wish to stop, shared by everything that runs. Cheap to clone; once begun it cannot be taken back.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// Nothing has asked to stop yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks everything to stop taking new work and to finish what it holds.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// Whether stopping has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Returns when stopping begins.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }

    /// Waits for `work`, or for the wish to stop; `None` if that came first and `work` was dropped.
    pub async fn interrupts<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.0.run_until_cancelled(work).await
    }
}
