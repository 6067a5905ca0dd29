//! A clock that several processes read and one test moves: its offset stands in a file.

use anyhow::Context as _;
use common::clock::{Clock, SystemClock};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use time::{Duration, OffsetDateTime};

/// The system's time plus the offset in the file, in microseconds and big-endian.
#[derive(Debug)]
pub struct FileClock {
    time: File,
    /// By how much the clock of this process alone is wrong.
    wrong: Option<File>,
}

impl FileClock {
    /// The clock of this file, which is made, with an offset of zero, if it is not there.
    ///
    /// # Errors
    /// If the file cannot be made or read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        Ok(Self { time: open(path)?, wrong: None })
    }

    /// The same clock, wrong by the offset in another file: servers that are asked for the time do not know of that one.
    ///
    /// # Errors
    /// As [`FileClock::open`].
    pub fn wrong_by(self, path: &Path) -> anyhow::Result<Self> {
        Ok(Self { wrong: Some(open(path)?), ..self })
    }

    /// Moves the clock for everybody who reads the file; a negative step moves it back.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn advance(&self, step: Duration) -> anyhow::Result<()> {
        write(&self.time, self.offset() + step)
    }
}

impl Clock for FileClock {
    fn now(&self) -> OffsetDateTime {
        SystemClock.now() + self.offset() + self.wrong.as_ref().map_or(Duration::ZERO, read)
    }

    fn offset(&self) -> Duration {
        read(&self.time)
    }
}

fn open(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).open(path);
    let file = file.with_context(|| format!("no clock in {}", path.display()))?;
    if file.metadata()?.len() == 0 {
        write(&file, Duration::ZERO)?;
    }
    Ok(file)
}

fn write(file: &File, offset: Duration) -> anyhow::Result<()> {
    let micros = i64::try_from(offset.whole_microseconds())?;
    Ok(file.write_all_at(&micros.to_be_bytes(), 0)?)
}

fn read(file: &File) -> Duration {
    let mut micros = [0; 8];
    // A file that is gone went with its test.
    let read = file.read_exact_at(&mut micros, 0);
    read.map_or(Duration::ZERO, |()| Duration::microseconds(i64::from_be_bytes(micros)))
}
