//! Comma-separated lines (RFC 4180), by the names in the header.

use super::fields::{Fields, LineError, NAMES, shown};
use csv::{ReaderBuilder, StringRecord};

/// What a list needs at least.
const NEEDED: [&str; 2] = ["email", "password_hash"];

/// The names of the columns, in their order.
pub(super) struct Columns(Vec<&'static str>);

/// Why a first line is no header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// There is none.
    #[error("the file is empty")]
    Missing,
    /// It names no column of ours; it may be an account, and so nothing of it is shown.
    #[error("the first line is no header: it names the columns, of {columns}", columns = NAMES.join(", "))]
    NoHeader,
    /// It names columns that mean nothing here.
    #[error("unknown columns {0}: the columns are {columns}", columns = NAMES.join(", "))]
    Unknown(String),
    /// It names a column twice.
    #[error("the column {0} is there twice")]
    Twice(&'static str),
    /// A column that every account needs is not there.
    #[error("there is no column {0}")]
    Lacking(&'static str),
}

impl Columns {
    /// Reads a header.
    pub(super) fn parse(header: &str) -> Result<Self, HeaderError> {
        let record = split(header).map_err(|_| HeaderError::NoHeader)?;
        let names: Vec<&str> = record.iter().map(str::trim).collect();
        let known = |name: &str| NAMES.into_iter().find(|ours| *ours == name);
        if !names.iter().any(|name| known(name).is_some()) {
            return Err(HeaderError::NoHeader);
        }
        let unknown: Vec<_> =
            names.iter().filter(|name| known(name).is_none()).map(|name| shown(name)).collect();
        if !unknown.is_empty() {
            return Err(HeaderError::Unknown(unknown.join(", ")));
        }
        let columns: Vec<&'static str> = names.iter().filter_map(|name| known(name)).collect();
        for name in NAMES {
            match columns.iter().filter(|column| **column == name).count() {
                0 if NEEDED.contains(&name) => return Err(HeaderError::Lacking(name)),
                0 | 1 => {}
                _ => return Err(HeaderError::Twice(name)),
            }
        }
        Ok(Self(columns))
    }

    /// The fields of a line; as many as the header has.
    pub(super) fn fields(&self, line: &str) -> Result<Fields, LineError> {
        let record = split(line)?;
        if record.len() != self.0.len() {
            return Err(LineError::Count { found: record.len(), expected: self.0.len() });
        }
        let mut fields = Fields::default();
        for (name, text) in self.0.iter().zip(&record) {
            if let Some(field) = fields.named(name) {
                text.trim().clone_into(field);
            }
        }
        Ok(fields)
    }
}

fn split(line: &str) -> Result<StringRecord, LineError> {
    // The library takes what follows an open quote for the field's text.
    if line.bytes().filter(|byte| *byte == b'"').count() % 2 != 0 {
        return Err(LineError::OpenQuote);
    }
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).buffer_capacity(line.len().max(1));
    let mut record = StringRecord::new();
    let read = builder.from_reader(line.as_bytes()).read_record(&mut record);
    if read.is_ok() { Ok(record) } else { Err(LineError::NotUtf8) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_may_name_the_columns_in_any_order_and_leave_some_out() {
        let columns = Columns::parse("disabled,\"password_hash\", email").unwrap();
        let fields = columns.fields("true,\"$h,with a comma\", ada@example.org").unwrap();
        assert_eq!((&*fields.email, &*fields.disabled), ("ada@example.org", "true"));
        assert_eq!((&*fields.password_hash, &*fields.locale, &*fields.id), ("$h,with a comma", "", ""));
    }

    #[test]
    fn a_wrong_header_is_told_and_an_account_in_its_place_is_not_shown() {
        let error = |header| Columns::parse(header).map(drop).unwrap_err();
        assert_eq!(error("ada@example.org,$2b$04$abc,en"), HeaderError::NoHeader);
        assert_eq!(error(""), HeaderError::NoHeader);
        let unknown = "`name`, `e-mail`, (not shown)";
        assert_eq!(error("email,name,e-mail,$2b$04$abc"), HeaderError::Unknown(unknown.to_owned()));
        assert_eq!(error("email,locale"), HeaderError::Lacking("password_hash"));
        assert_eq!(error("email,password_hash,email"), HeaderError::Twice("email"));
    }

    #[test]
    fn a_line_that_does_not_fit_the_header_is_refused() {
        let columns = Columns::parse("email,password_hash").unwrap();
        let error = |line| columns.fields(line).map(drop).unwrap_err();
        assert_eq!(error("a,b,c"), LineError::Count { found: 3, expected: 2 });
        assert_eq!(error("a"), LineError::Count { found: 1, expected: 2 });
        assert_eq!(error("a,\"b"), LineError::OpenQuote);
    }
}
