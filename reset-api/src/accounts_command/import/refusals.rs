//! Lines that are no account, told with their number and the reason. Never a hash, and addresses masked.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write};
use std::path::Path;

/// How many are told where there is no report: a screen of them says enough.
const MOST_TOLD: u64 = 20;

/// A line that is no account.
pub(super) struct Refusal {
    pub(super) line: u64,
    /// Masked, where the line has one.
    pub(super) address: Option<String>,
    pub(super) why: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Some(address) => write!(f, "line {}: {address}: {}", self.line, self.why),
            None => write!(f, "line {}: {}", self.line, self.why),
        }
    }
}

/// Where refusals are told.
pub(super) struct Refusals {
    report: Option<File>,
    told: u64,
}

impl Refusals {
    /// Opens the report. An import that goes on keeps what was told of the lines before, and tells the others again: so
    /// the report has each refused line once.
    pub(super) fn open(report: Option<&Path>, done_lines: u64) -> io::Result<Self> {
        let report = report.map(|path| open_after(path, done_lines)).transpose()?;
        Ok(Self { report, told: 0 })
    }

    /// Tells them: in the report, where it is on the disk before the import goes on, or to `err`.
    pub(super) fn tell(&mut self, refusals: &[Refusal], err: &mut dyn Write) -> io::Result<()> {
        if refusals.is_empty() {
            return Ok(());
        }
        let Some(report) = &mut self.report else { return self.tell_some(refusals, err) };
        let mut text = String::new();
        for refusal in refusals {
            text.push_str(&format!("{refusal}\n"));
        }
        report.write_all(text.as_bytes())?;
        report.sync_data()
    }

    fn tell_some(&mut self, refusals: &[Refusal], err: &mut dyn Write) -> io::Result<()> {
        for refusal in refusals {
            self.told += 1;
            if self.told <= MOST_TOLD {
                writeln!(err, "{refusal}")?;
            } else if self.told == MOST_TOLD + 1 {
                writeln!(err, "more lines are refused; --report FILE tells them all")?;
            }
        }
        Ok(())
    }
}

/// The report, cut off after the last of these lines.
fn open_after(path: &Path, done_lines: u64) -> io::Result<File> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    let mut kept = 0;
    let mut input = BufReader::new(&file);
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        // The last line may have been cut off by a kill.
        let is_whole = line.ends_with('\n');
        match number(&line) {
            Some(number) if is_whole && number <= done_lines => kept += line.len() as u64,
            None if is_whole || !(line.starts_with("line ") || "line ".starts_with(&line)) => {
                return Err(io::Error::other("the file is there, and is no report"));
            }
            _ => break,
        }
        line.clear();
    }
    file.set_len(kept)?;
    file.seek(SeekFrom::Start(kept))?;
    Ok(file)
}

/// The line that a line of the report is about.
fn number(line: &str) -> Option<u64> {
    line.strip_prefix("line ")?.split_once(':')?.0.parse().ok()
}
