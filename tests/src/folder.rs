//! A temporary folder that is gone when its test is.
//!
//! A test may end while a pool is opening one more connection to a database in its folder. The thread that opens it is
//! SQLite's own and stops for nobody, and it makes the file again when the removal has just taken it: the folder is
//! not empty then, and the removal fails. Once the folder itself is gone no file can come back.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Far longer than a connection takes to open.
const DEADLINE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(1);

/// The folder, removed when this is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// An empty one, for this user only.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn new() -> io::Result<Self> {
        tempfile::tempdir().map(|made| Self(made.keep()))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    /// What is left after the deadline is for `tests/run` to tell: a test that fails cannot panic once more here.
    fn drop(&mut self) {
        let begun = Instant::now();
        while !is_removed(&self.0) && begun.elapsed() < DEADLINE {
            std::thread::sleep(PAUSE);
        }
    }
}

fn is_removed(folder: &Path) -> bool {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => true,
        // Also what a file in it says that somebody else has removed meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => !folder.exists(),
        Err(_) => false,
    }
}
