//! The pages' words, from the Fluent files in `locales/`.

use super::PagesError;
use common::wording::{FluentFiles, Strings, Wording, WordingError};
use std::time::Duration;

/// The Fluent files that are compiled in.
pub const FLUENT_FILES: FluentFiles = common::spoken!("pages.ftl");

/// Their strings.
///
/// # Errors
/// [`PagesError::Render`] if a file is not Fluent.
pub fn shipped() -> Result<Strings, PagesError> {
    Ok(Strings::parse(FLUENT_FILES)?)
}

impl From<WordingError> for PagesError {
    fn from(error: WordingError) -> Self {
        Self::Render(error.to_string())
    }
}

/// A length of time in its largest fitting unit, rounded up: nobody is told to come back too early.
pub(super) fn length(wording: &Wording<'_>, length: Duration) -> Result<String, PagesError> {
    let seconds = whole_seconds(length);
    let (key, count) = match seconds {
        0..=90 => ("length-seconds", seconds),
        91..=5_399 => ("length-minutes", seconds.div_ceil(60)),
        _ => ("length-hours", seconds.div_ceil(3_600)),
    };
    Ok(wording.count(key, count)?)
}

/// Seconds, rounded up.
pub(super) fn whole_seconds(length: Duration) -> u64 {
    length.as_secs() + u64::from(length.subsec_nanos() > 0)
}
