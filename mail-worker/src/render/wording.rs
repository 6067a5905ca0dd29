//! The mails' words, from the Fluent files in `locales/`.

use super::RenderError;
use common::wording::{FluentFiles, Strings, WordingError};

/// The Fluent files that are compiled in.
pub const FLUENT_FILES: FluentFiles = common::spoken!("password_changed.ftl" "reset_link.ftl" "shared.ftl");

/// Their strings.
pub(super) fn shipped() -> Result<Strings, RenderError> {
    Ok(Strings::parse(FLUENT_FILES)?)
}

impl From<WordingError> for RenderError {
    fn from(error: WordingError) -> Self {
        Self(error.to_string())
    }
}
