//! Settings that are each allowed, and do harm together.

use std::fmt;

/// Nothing is wrong, and something will go wrong. `Display` is one line, without a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The keys that meet, each with its value; a secret only as set or not set.
    pub settings: Vec<String>,
    /// What happens, and what to set.
    pub consequence: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.settings.join(", "), self.consequence)
    }
}
