//! Bundles of an operator's own: a folder with one `*.toml` file for each app.

use std::fmt::Display;
use std::fs;
use std::path::Path;

/// The largest bundle: some times what one with every language needs, and a small part of what would be a mistake.
const MAX_BYTES: u64 = 64 * 1_024;

/// A bundle's name for whoever has to mend it, and its text.
pub(super) type Named = (String, String);

/// Every bundle that can be read, by name; what cannot be read is in `mistakes`.
pub(super) fn read(folder: &Path, mistakes: &mut Vec<String>) -> Vec<Named> {
    let names = match file_names(folder) {
        Ok(names) => names,
        Err(error) => {
            mistakes.push(format!("cannot read the folder: {error}"));
            return Vec::new();
        }
    };
    if names.is_empty() {
        mistakes.push("there is no file that ends in .toml in the folder".to_owned());
    }
    let mut bundles = Vec::new();
    for name in names {
        match text(&folder.join(&name)) {
            Ok(text) => bundles.push((name, text)),
            Err(why) => mistakes.push(format!("{name}: {why}")),
        }
    }
    bundles
}

/// Hidden entries are left out: a mounted ConfigMap keeps its versions in such, and links to them from names like ours.
fn file_names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn text(file: &Path) -> Result<String, String> {
    let told = |error: &dyn Display| format!("cannot read the file: {error}");
    // Asked of what a link leads to; and before it is opened, because opening a pipe would wait for its other end.
    let found = fs::metadata(file).map_err(|error| told(&error))?;
    if !found.is_file() {
        return Err("is not a file".to_owned());
    }
    if found.len() > MAX_BYTES {
        return Err(format!("has {} bytes; a bundle has at most {MAX_BYTES}", found.len()));
    }
    let bytes = fs::read(file).map_err(|error| told(&error))?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}
