//! A value kept in a file of its own, as Kubernetes and Docker mount secrets.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The most bytes of a value.
const MAX_BYTES: u64 = 64 * 1024;
/// The permission bits of everybody else.
const OTHERS: u32 = 0o007;

/// Why the file gives no value.
#[derive(Debug, thiserror::Error)]
pub(super) enum SecretFileError {
    #[error("cannot read the file it names: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error("the file it names can be read by every user of this machine: chmod o-rwx")]
    WorldReadable,
    #[error("the file it names holds more than {MAX_BYTES} bytes")]
    TooLong,
    #[error("the file it names is empty")]
    Empty,
}

/// The value in the file, without the line break at its end. A secret must not be readable by everybody.
pub(super) fn read(path: &Path, secret: bool) -> Result<String, SecretFileError> {
    let file = File::open(path)?;
    if secret && file.metadata()?.mode() & OTHERS != 0 {
        return Err(SecretFileError::WorldReadable);
    }
    let mut text = String::new();
    file.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    let value = text.trim_end_matches(['\r', '\n']);
    match u64::try_from(value.len()) {
        Ok(0) => Err(SecretFileError::Empty),
        Ok(length) if length <= MAX_BYTES => Ok(value.to_owned()),
        _ => Err(SecretFileError::TooLong),
    }
}
