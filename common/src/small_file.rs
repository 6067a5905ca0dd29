//! Files that an operator writes and a service reads at its start.

use nix::fcntl::OFlag;
use std::fmt::Display;
use std::fs::{self, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
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
    // What a kernel makes up has no length, and may have no end or make its reader wait.
    let opened = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(file);
    let mut bytes = Vec::new();
    let read = opened.and_then(|opened| opened.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| told(&error))?;
    if bytes.len() as u64 > most {
        return Err(format!("has more than {most} bytes"));
    }
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
