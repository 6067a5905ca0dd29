//! What is wrong with the settings, all of it at once.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The key, the variable or the file it is in.
    pub place: String,
    /// What is wrong and what is allowed; never the value.
    pub description: String,
}

/// What a mistake in a list begins with: which entry it is in, unless there is only one. `place` counts from 0.
#[must_use]
pub fn entry(place: usize, of: usize) -> String {
    if of > 1 { format!("number {}: ", place + 1) } else { String::new() }
}

/// Every mistake of the settings; at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(pub Vec<Mistake>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.0.iter().map(|mistake| format!("  {}: {}", mistake.place, mistake.description));
        write!(
            f,
            "the configuration is wrong in {} place(s):\n{}",
            self.0.len(),
            lines.collect::<Vec<_>>().join("\n")
        )
    }
}

/// Collects mistakes while settings are read.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub(super) fn note(&mut self, place: impl Into<String>, description: impl fmt::Display) {
        let mistake = Mistake { place: place.into(), description: description.to_string() };
        // A key that is wrong in itself may be read twice.
        if !self.0.contains(&mistake) {
            self.0.push(mistake);
        }
    }

    pub(super) fn finish(self) -> Result<(), ConfigError> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigError(self.0)) }
    }
}
