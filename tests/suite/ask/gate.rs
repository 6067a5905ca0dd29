//! A gate on a port's method, by which a test holds up who calls it.

use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Enough to be open for ever, and to be opened again.
const OPEN: usize = Semaphore::MAX_PERMITS / 2;

/// Open until it is shut.
pub(crate) struct Gate {
    permits: Semaphore,
    arrived: AtomicUsize,
}

impl Default for Gate {
    fn default() -> Self {
        Self { permits: Semaphore::new(OPEN), arrived: AtomicUsize::new(0) }
    }
}

impl Gate {
    pub(crate) fn shut(&self) {
        self.permits.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn open(&self) {
        self.permits.add_permits(OPEN);
    }

    /// Waits while it is shut.
    pub(crate) async fn pass(&self) {
        self.arrived.fetch_add(1, Ordering::SeqCst);
        self.permits.acquire().await.unwrap().forget();
    }

    /// How many have come to it, whether or not they have passed.
    pub(crate) fn arrived(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }
}
