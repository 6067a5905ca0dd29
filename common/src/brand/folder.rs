//! Bundles of an operator's own: a folder with one `*.toml` file for each app.

use crate::small_file;
use std::path::Path;

/// The largest bundle: some times what one with every language needs, and a small part of what would be a mistake.
const MAX_BYTES: u64 = 64 * 1_024;

/// A bundle's name for whoever has to mend it, and its text.
pub(super) type Named = (String, String);

/// Every bundle that can be read, by name; what cannot be read is in `mistakes`.
pub(super) fn read(folder: &Path, mistakes: &mut Vec<String>) -> Vec<Named> {
    let mut names = match small_file::names(folder) {
        Ok(names) => names,
        Err(error) => {
            mistakes.push(format!("cannot read the folder: {error}"));
            return Vec::new();
        }
    };
    names.retain(|name| name.ends_with(".toml"));
    if names.is_empty() {
        mistakes.push("there is no file that ends in .toml in the folder".to_owned());
    }
    let mut bundles = Vec::new();
    for name in names {
        match small_file::read(&folder.join(&name), MAX_BYTES) {
            Ok(text) => bundles.push((name, text)),
            Err(why) => mistakes.push(format!("{name}: {why}")),
        }
    }
    bundles
}
