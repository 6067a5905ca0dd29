//! Files that an operator writes and a service reads at its start.

use std::fmt::Display;
use std::fs;
use std::path::Path;

/// The text of a file of at most so many bytes, or what is wrong with it. A link counts as what it leads to.
pub(crate) fn read(file: &Path, most: u64) -> Result<String, String> {
    let told = |error: &dyn Display| format!("cannot read the file: {error}");
    // Asked before it is opened, because opening a pipe would wait for its other end.
    let found = fs::metadata(file).map_err(|error| told(&error))?;
    if !found.is_file() {
        return Err("is not a file".to_owned());
    }
    if found.len() > most {
        return Err(format!("has {} bytes, and may have {most}", found.len()));
    }
    let bytes = fs::read(file).map_err(|error| told(&error))?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}

/// The names in a folder, in order, but the hidden ones: a mounted ConfigMap keeps its versions in such, and links to
/// them from the names that were asked for.
pub(crate) fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
