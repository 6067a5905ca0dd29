//! An error as a gateway reads it.

use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{BadRequest, StatusExt as _};

/// The domain that each reason belongs to.
const DOMAIN: &str = "passwordreset.v1";

/// A call that was refused. Every one that a test meets has kept the promises of the proto: see [`Refusal::of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC code.
    pub code: Code,
    /// The reason, stable, for programs.
    pub reason: String,
    /// The text, for people.
    pub message: String,
    /// The fields that are wrong.
    pub violations: Vec<Violation>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// How many details it carries, those that nobody here reads included.
    pub details: usize,
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its name in the proto.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Refusal {
    /// Reads a status.
    ///
    /// # Panics
    /// If it breaks a promise: no ErrorInfo of our domain, INVALID_ARGUMENT without a violation, RESOURCE_EXHAUSTED or
    /// UNAVAILABLE without a time to wait, or a code that no caller can do anything about.
    #[must_use]
    pub fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
        assert_eq!(info.domain, DOMAIN, "{status:?}");
        let refusal = Self {
            code: status.code(),
            reason: info.reason.clone(),
            message: status.message().to_owned(),
            violations: details.bad_request().map(violations).unwrap_or_default(),
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            details: status.get_error_details_vec().len(),
        };
        refusal.keeps_its_promises();
        refusal
    }

    fn keeps_its_promises(&self) {
        let waits = matches!(self.code, Code::ResourceExhausted | Code::Unavailable);
        assert_eq!(self.retry_after.is_some_and(|wait| !wait.is_zero()), waits, "{self:?}");
        let names_fields = self.code == Code::InvalidArgument;
        assert_eq!(!self.violations.is_empty(), names_fields, "{self:?}");
        assert!(!matches!(self.code, Code::Internal | Code::Unknown), "{self:?}");
        let is_reason = |c: char| c.is_ascii_uppercase() || c == '_';
        assert!(!self.reason.is_empty() && self.reason.chars().all(is_reason), "{self:?}");
    }

    /// Whether this is the reason.
    #[must_use]
    pub fn is(&self, code: Code, reason: &str) -> bool {
        self.code == code && self.reason == reason
    }

    /// The names of the fields that are wrong, in the order they were told.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        self.violations.iter().map(|violation| violation.field.as_str()).collect()
    }

    /// The same with no time to wait: what is left must not differ between two callers in the same state.
    #[must_use]
    pub fn whenever(self) -> Self {
        Self { retry_after: None, ..self }
    }
}

fn violations(bad_request: &BadRequest) -> Vec<Violation> {
    let violations = bad_request.field_violations.iter();
    violations
        .map(|one| Violation { field: one.field.clone(), description: one.description.clone() })
        .collect()
}
