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

impl Mistake {
    /// A mistake in this place.
    pub fn of(place: impl Into<String>, description: impl fmt::Display) -> Self {
        Self { place: place.into(), description: description.to_string() }
    }

    /// The same, told of one entry of a list, unless that has only one. `number` counts from 0.
    pub(super) fn in_entry(self, number: usize, of: usize) -> Self {
        let Self { place, description } = self;
        let description = if of > 1 { format!("number {}: {description}", number + 1) } else { description };
        Self { place, description }
    }
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
        self.add(Mistake::of(place, description));
    }

    pub(super) fn add(&mut self, mistake: Mistake) {
        // A key that is wrong in itself may be read twice.
        if !self.0.contains(&mistake) {
            self.0.push(mistake);
        }
    }

    pub(super) fn finish(self) -> Result<(), ConfigError> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigError(self.0)) }
    }
}
