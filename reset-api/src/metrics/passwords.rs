//! New passwords, by the rules they break.

use crate::password::policy::Violation;
use common::metrics::label;
use opentelemetry::metrics::{Counter, Meter};

const RULES: [&str; 5] = ["too_short", "too_long", "too_weak", "contains_address", "contains_brand"];

/// Counts refused passwords.
#[derive(Debug, Clone)]
pub struct PasswordMetrics {
    rejections: Counter<u64>,
}

impl PasswordMetrics {
    pub(super) fn new(meter: &Meter) -> Self {
        let rejections = meter
            .u64_counter("password.rejections")
            .with_unit("{rejection}")
            .with_description("Rules broken by new passwords; one password may break several.")
            .build();
        for rule in RULES {
            rejections.add(0, &[label("rule", rule)]);
        }
        Self { rejections }
    }

    /// A password broke these.
    pub fn rejected(&self, broken: &[Violation]) {
        for rule in broken {
            self.rejections.add(1, &[label("rule", name(rule))]);
        }
    }
}

fn name(rule: &Violation) -> &'static str {
    match rule {
        Violation::TooShort { .. } => "too_short",
        Violation::TooLong { .. } => "too_long",
        Violation::TooWeak { .. } => "too_weak",
        Violation::ContainsAddress => "contains_address",
        Violation::ContainsBrand => "contains_brand",
    }
}
