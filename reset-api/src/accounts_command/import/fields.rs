//! The fields of an account in a list, as text, however the list is written.

use super::columns::Columns;
use super::objects;

/// What the fields are called. No list has others.
pub(super) const NAMES: [&str; 5] = ["email", "password_hash", "locale", "disabled", "id"];

/// A line's fields; empty where it has none.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) email: String,
    pub(super) password_hash: String,
    pub(super) locale: String,
    pub(super) disabled: String,
    pub(super) id: String,
}

impl Fields {
    /// The field of a name, if there is one.
    pub(super) fn named(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "email" => Some(&mut self.email),
            "password_hash" => Some(&mut self.password_hash),
            "locale" => Some(&mut self.locale),
            "disabled" => Some(&mut self.disabled),
            "id" => Some(&mut self.id),
            _ => None,
        }
    }
}

/// How fields stand in a line.
pub(super) enum Layout {
    /// Comma-separated, in the order of the header.
    Columns(Columns),
    /// As members of an object.
    Objects,
}

/// Why a line has no fields. Never any part of the line but the name of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LineError {
    #[error("the line is longer than any account")]
    TooLong,
    #[error("the line is not UTF-8")]
    NotUtf8,
    #[error("a quote is not closed")]
    OpenQuote,
    #[error("the line has {found} fields where the header has {expected}")]
    Count { found: usize, expected: usize },
    #[error("the line is not a JSON object")]
    NotAnObject,
    #[error("{0} is not a text")]
    NotText(&'static str),
    #[error("there is no field {0}: the fields are {names}", names = NAMES.join(", "))]
    Unknown(String),
}

impl Layout {
    /// The fields of a line.
    pub(super) fn fields(&self, line: &str) -> Result<Fields, LineError> {
        match self {
            Self::Columns(columns) => columns.fields(line),
            Self::Objects => objects::fields(line),
        }
    }
}

/// A field's name as it may be shown: where a list has no names, what stands in their place may be anything.
pub(super) fn shown(name: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    if !name.is_empty() && name.len() <= 40 && name.chars().all(is_name) {
        format!("`{name}`")
    } else {
        "(not shown)".to_owned()
    }
}
