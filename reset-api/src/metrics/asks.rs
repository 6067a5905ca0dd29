//! Requests, by app and by what they were answered.

use crate::reset::ResetError;
use common::brand::Brands;
use common::metrics::{OTHER, label};
use opentelemetry::metrics::{Counter, Meter};
use opentelemetry::{KeyValue, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// What became of a request on the ask path. Whether the address is an account's is not known there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is stored, and will be issued or end as nobody's.
    Accepted,
    /// It was accepted before, under the same id.
    Repeated,
    /// Too early, or too often; [`crate::throttle::metered`] counts by scope.
    Throttled,
    /// A field is wrong.
    Invalid,
    /// Its id was used with other content.
    RequestIdReused,
    /// Something behind us is away or full; nothing was stored.
    Unavailable,
}

impl Asked {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Repeated,
        Self::Throttled,
        Self::Invalid,
        Self::RequestIdReused,
        Self::Unavailable,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Repeated => "repeated",
            Self::Throttled => "throttled",
            Self::Invalid => "invalid",
            Self::RequestIdReused => "request_id_reused",
            Self::Unavailable => "unavailable",
        }
    }
}

impl From<&ResetError> for Asked {
    fn from(error: &ResetError) -> Self {
        match error {
            ResetError::Throttled { .. } => Self::Throttled,
            ResetError::RequestIdReused => Self::RequestIdReused,
            ResetError::Invalid(_) => Self::Invalid,
            // The others are about links and passwords, which nobody asks for here.
            _ => Self::Unavailable,
        }
    }
}

/// Counts requests.
#[derive(Debug, Clone)]
pub struct AskMetrics {
    requests: Counter<u64>,
    apps: Arc<HashMap<String, Value>>,
}

/// Counts the requests of one app.
#[derive(Debug, Clone)]
pub struct AppAsks {
    requests: Counter<u64>,
    app: Value,
}

impl AskMetrics {
    /// The instrument; an app without a brand is [`OTHER`].
    pub(super) fn new(meter: &Meter, brands: &Brands) -> Self {
        let requests = meter
            .u64_counter("reset.requests")
            .with_unit("{request}")
            .with_description("Requests for a link, by app and by what they were answered.")
            .build();
        let apps = brands.iter().map(|brand| {
            let app: Arc<str> = brand.app_id.as_str().into();
            (app.to_string(), Value::from(app))
        });
        let metrics = Self { requests, apps: Arc::new(apps.collect()) };
        for app in metrics.apps.keys() {
            for outcome in Asked::ALL {
                metrics.of(app).add(0, outcome);
            }
        }
        metrics
    }

    /// The counter for a request that says it comes from this app.
    #[must_use]
    pub fn of(&self, app_id: &str) -> AppAsks {
        let app = self.apps.get(app_id).cloned().unwrap_or_else(|| OTHER.into());
        AppAsks { requests: self.requests.clone(), app }
    }
}

impl AppAsks {
    /// Counts one.
    pub fn count(&self, outcome: Asked) {
        self.add(1, outcome);
    }

    fn add(&self, count: u64, outcome: Asked) {
        self.requests.add(count, &[KeyValue::new("app", self.app.clone()), label("outcome", outcome.name())]);
    }
}
