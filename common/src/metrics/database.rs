//! Databases, measured by the semantic conventions: how long each named piece of work took.

use super::{DATABASE_SECONDS, label, seconds};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};
use tokio::time::Instant;

/// The instrument of one database.
#[derive(Debug, Clone)]
pub struct DatabaseMetrics {
    took: Histogram<f64>,
    system: KeyValue,
}

impl DatabaseMetrics {
    /// The instrument, for a database of this kind (`postgresql`, `sqlite`, `redis`).
    #[must_use]
    pub fn new(meter: &Meter, system: &'static str) -> Self {
        let took = meter
            .f64_histogram("db.client.operation.duration")
            .with_unit("s")
            .with_description(
                "How long a database took for a piece of work; one that failed has an error_type.",
            )
            .with_boundaries(DATABASE_SECONDS.to_vec())
            .build();
        Self { took, system: label("db.system.name", system) }
    }

    /// Does a piece of work and measures it. `error_type` names a failure; none, where it is an answer like any other.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn timed<T, E>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, E>>,
        error_type: fn(&E) -> Option<&'static str>,
    ) -> Result<T, E> {
        let begun = Instant::now();
        let done = work.await;
        let (took, operation) = (seconds(begun.elapsed()), label("db.operation.name", operation));
        match done.as_ref().err().and_then(error_type) {
            None => self.took.record(took, &[operation, self.system.clone()]),
            Some(error) => {
                self.took.record(took, &[operation, self.system.clone(), label("error.type", error)]);
            }
        }
        done
    }
}
