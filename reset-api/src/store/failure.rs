//! What a store answers when it did not do it.

use super::MintError;

/// The store did not do it, and nothing of it was done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, slow or full: try again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The database ended the transaction in favour of another one. Adapters try again; callers never see it.
    #[error("the transaction lost against another one")]
    Conflict,
    /// The database is there, and older than this build.
    #[error("the schema is at version {found}, this build needs {needed}: run reset-api migrate")]
    SchemaTooOld {
        /// The newest migration that was run; 0 if none was.
        found: i64,
        /// The newest this build has.
        needed: i64,
    },
    /// A link could not be made; everything was rolled back.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The database answered what it never should.
    #[error("the database is not as expected: {0}")]
    Broken(String),
}

impl From<sqlx::Error> for StoreError {
    /// Only the database's own message is kept: it names tables and constraints, never values.
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                Self::from_code(&database.code().unwrap_or_default(), database.message())
            }
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::Decode(_)
            | sqlx::Error::Encode(_)
            | sqlx::Error::RowNotFound => Self::Broken(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl StoreError {
    /// Sorts the SQLSTATE codes of Postgres (Appendix A of its manual) and the result codes of SQLite, which are numbers
    /// of one to four digits.
    fn from_code(code: &str, message: &str) -> Self {
        const SQLITE_BUSY: u32 = 5;
        const SQLITE_FULL: u32 = 13;
        match (code, code.parse::<u32>().ok().filter(|_| code.len() < 5)) {
            ("40001" | "40P01", _) => Self::Conflict,
            ("55P03" | "57014", _) => Self::Unavailable(message.to_owned()),
            (_, Some(sqlite)) if matches!(sqlite & 0xff, SQLITE_BUSY | SQLITE_FULL) => {
                Self::Unavailable(message.to_owned())
            }
            _ if ["08", "25", "53", "57"].iter().any(|class| code.starts_with(class)) => {
                Self::Unavailable(message.to_owned())
            }
            _ => Self::Broken(message.to_owned()),
        }
    }
}
