//! Loops: each can be stepped once by a test, and run until the wish to stop by a service.

use async_trait::async_trait;
use common::backoff::Backoff;
use common::entropy::Entropy;
use common::metrics::label;
use common::shutdown::Shutdown;
use common::surviving::{PANICKED, survived};
use opentelemetry::metrics::{Counter, Meter};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How long to wait after failed steps.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(200), ceiling: Duration::from_secs(30) };

/// One step of a loop.
#[async_trait]
pub trait Step: Send + Sync {
    /// The loop's name in the log.
    fn name(&self) -> &'static str;

    /// Returns when a step has a chance: while a server that it needs is away, stepping only lengthens the backoff.
    async fn has_a_chance(&self) {}

    /// Does what is there to do, up to a batch; how much it did. Zero means: nothing is there now.
    async fn step(&self) -> anyhow::Result<u64>;
}

/// One step, however it ends: a panic is a failure like any other, and no reason for a loop to end.
async fn attempt(step: &dyn Step) -> anyhow::Result<u64> {
    survived(step.step()).await.unwrap_or_else(|| Err(anyhow::anyhow!(PANICKED)))
}

/// The figure of a loop's failures. The loop goes on whatever happens, so only the figure tells that it cannot work.
pub struct Failures {
    in_loop: &'static str,
    counter: Counter<u64>,
}

impl Failures {
    /// None yet, of the loop of that name.
    #[must_use]
    pub fn new(in_loop: &'static str, meter: &Meter) -> Self {
        let counter = meter
            .u64_counter("reset.loop.failures")
            .with_unit("{step}")
            .with_description("Steps of background loops that failed; they are tried again.")
            .build();
        counter.add(0, &[label("loop", in_loop)]);
        Self { in_loop, counter }
    }

    /// One more.
    pub fn count(&self) {
        self.counter.add(1, &[label("loop", self.in_loop)]);
    }
}

/// A step whose failures are counted.
pub struct Counted {
    step: Arc<dyn Step>,
    failures: Failures,
}

impl Counted {
    /// Counts under the step's name.
    #[must_use]
    pub fn new(step: Arc<dyn Step>, meter: &Meter) -> Self {
        Self { failures: Failures::new(step.name(), meter), step }
    }
}

#[async_trait]
impl Step for Counted {
    fn name(&self) -> &'static str {
        self.step.name()
    }

    async fn has_a_chance(&self) {
        self.step.has_a_chance().await;
    }

    async fn step(&self) -> anyhow::Result<u64> {
        let done = attempt(&*self.step).await;
        if done.is_err() {
            self.failures.count();
        }
        done
    }
}

/// A step that needs the store, and has no chance while that is not ready.
pub struct OnStore {
    /// The step.
    pub step: Arc<dyn Step>,
    /// Whether the store is ready.
    pub ready: watch::Receiver<bool>,
}

#[async_trait]
impl Step for OnStore {
    fn name(&self) -> &'static str {
        self.step.name()
    }

    async fn has_a_chance(&self) {
        // When nobody looks any more, stepping tells.
        let _ = self.ready.clone().wait_for(|ready| *ready).await;
        self.step.has_a_chance().await;
    }

    async fn step(&self) -> anyhow::Result<u64> {
        self.step.step().await
    }
}

/// When a loop that found nothing looks again: when woken in this process, and at the latest after `idle`, because
/// another replica's work wakes nobody here.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Woken by whoever makes work for this loop.
    pub wake: Arc<Notify>,
    /// The longest time between two looks.
    pub idle: Duration,
}

/// Steps until shutdown begins. A step that has begun is finished; one that fails or panics is tried again after a
/// full-jitter backoff and as soon as it has a chance, for ever.
pub async fn run(step: Arc<dyn Step>, pace: Pace, entropy: Arc<dyn Entropy>, shutdown: Shutdown) {
    let mut failures = 0;
    while !shutdown.has_begun() {
        if shutdown.interrupts(survived(step.has_a_chance())).await.is_none() {
            return;
        }
        match attempt(&*step).await {
            Ok(0) => {
                failures = 0;
                let _ = shutdown.interrupts(wait(&pace)).await;
            }
            Ok(_) => failures = 0,
            Err(error) => {
                failures += 1;
                let backoff = BACKOFF.wait(failures, &*entropy);
                tracing::error!(in_loop = step.name(), error = %format!("{error:#}"), ?backoff, "a step failed");
                let _ = shutdown.interrupts(tokio::time::sleep(backoff)).await;
            }
        }
    }
}

async fn wait(pace: &Pace) {
    // Running out of time is the other way to be woken.
    let _ = tokio::time::timeout(pace.idle, pace.wake.notified()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::metrics::Metrics;
    use common::telemetry::Service;
    use std::sync::atomic::{AtomicU64, Ordering};

    const SERVICE: Service = Service { name: "reset-api", version: "1", instance: uuid::Uuid::nil() };

    /// Panics at first, then fails, and then works.
    #[derive(Default)]
    struct Stumbling(AtomicU64);

    #[async_trait]
    impl Step for Stumbling {
        fn name(&self) -> &'static str {
            "stumbling"
        }

        async fn step(&self) -> anyhow::Result<u64> {
            match self.0.fetch_add(1, Ordering::SeqCst) {
                0 => panic!("it falls"),
                1 => anyhow::bail!("it stumbles"),
                _ => Ok(7),
            }
        }
    }

    #[tokio::test]
    async fn a_step_that_fails_or_panics_is_counted_and_one_that_does_neither_is_not() {
        let metrics = Metrics::new(&SERVICE).unwrap();
        let step = Counted::new(Arc::<Stumbling>::default(), &metrics.meter());
        let counted = |count: u32| {
            let text = metrics.text().unwrap();
            let line = format!("reset_loop_failures_total{{loop=\"stumbling\"}} {count}\n");
            assert!(text.contains(&line), "{line} is not in:\n{text}");
        };
        counted(0);
        assert!(step.step().await.is_err());
        counted(1);
        assert!(step.step().await.is_err());
        counted(2);
        assert_eq!(step.step().await.unwrap(), 7);
        counted(2);
    }
}
