//! Bad input: every mistake of a message at once, each with its field's name.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field as the proto names it, for example `client.ip`.
    pub field: &'static str,
    /// What is wrong, for the caller's developer or for the person who typed. Never the value itself.
    pub description: String,
}

/// All mistakes of a message; at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InvalidInput(pub Vec<Violation>);

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.0.iter().map(|violation| violation.field).collect();
        write!(f, "invalid input in {}", fields.join(", "))
    }
}

impl InvalidInput {
    /// A single mistake.
    #[must_use]
    pub fn one(field: &'static str, description: impl fmt::Display) -> Self {
        Self(vec![Violation { field, description: description.to_string() }])
    }

    /// Every mistake with its field, for an operator.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        let told: Vec<_> =
            self.0.iter().map(|mistake| format!("{}: {}", mistake.field, mistake.description)).collect();
        told.join("; ")
    }
}

/// Collects mistakes while a message is read.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<Violation>);

impl Mistakes {
    /// Keeps a value, or notes why there is none.
    pub fn check<T, E: fmt::Display>(&mut self, field: &'static str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.note(field, error)).ok()
    }

    /// Notes a mistake.
    pub fn note(&mut self, field: &'static str, description: impl fmt::Display) {
        self.0.push(Violation { field, description: description.to_string() });
    }

    /// What was collected.
    ///
    /// # Errors
    /// [`InvalidInput`] if it is anything.
    pub fn finish(self) -> Result<(), InvalidInput> {
        if self.0.is_empty() { Ok(()) } else { Err(InvalidInput(self.0)) }
    }
}
