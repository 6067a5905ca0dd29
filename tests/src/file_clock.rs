//! A clock that several processes read and one test moves: its offset stands in a file.

use anyhow::Context as _;
use common::clock::{Clock, SystemClock};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use time::{Duration, OffsetDateTime};

/// The system's time plus the offset in the file, in microseconds and big-endian.
#[derive(Debug)]
pub struct FileClock(File);

impl FileClock {
    /// The clock of this file, which is made, with an offset of zero, if it is not there.
    ///
    /// # Errors
    /// If the file cannot be made or read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        let clock = Self(file.with_context(|| format!("no clock in {}", path.display()))?);
        if clock.0.metadata()?.len() == 0 {
            clock.set(0)?;
        }
        Ok(clock)
    }

    /// Moves the clock for everybody who reads the file; a negative step moves it back.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn advance(&self, step: Duration) -> anyhow::Result<()> {
        let offset = self.offset() + step;
        self.set(i64::try_from(offset.whole_microseconds())?)
    }

    fn set(&self, micros: i64) -> anyhow::Result<()> {
        Ok(self.0.write_all_at(&micros.to_be_bytes(), 0)?)
    }
}

impl Clock for FileClock {
    fn now(&self) -> OffsetDateTime {
        SystemClock.now() + self.offset()
    }

    fn offset(&self) -> Duration {
        let mut micros = [0; 8];
        // A file that is gone went with its test.
        let read = self.0.read_exact_at(&mut micros, 0);
        read.map_or(Duration::ZERO, |()| Duration::microseconds(i64::from_be_bytes(micros)))
    }
}
