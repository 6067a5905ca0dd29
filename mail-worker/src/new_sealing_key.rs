//! `mail-worker new-sealing-key`: a key pair whose private half never leaves the worker's side.

use common::entropy::Entropy;
use common::key_text;
use common::sealing::generate_key_pair;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The private key could not be kept, so the public one is not told.
#[derive(Debug, thiserror::Error)]
#[error("cannot make {path}: {source}")]
pub(crate) struct NotKept {
    path: String,
    source: io::Error,
}

/// Writes the private key to a new file that only its owner may read. The public one, as `keys.sealing` wants it.
pub(crate) fn make(file: &Path, id: u16, entropy: &dyn Entropy) -> Result<String, NotKept> {
    let (private, public) = generate_key_pair(entropy);
    let keep = || -> io::Result<()> {
        let mut kept = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        writeln!(kept, "{}", &*key_text::format(id, &private))?;
        kept.sync_all()
    };
    keep().map_err(|source| NotKept { path: file.display().to_string(), source })?;
    Ok(key_text::format(id, &public).to_string())
}
