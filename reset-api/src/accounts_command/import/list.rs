//! An account list: opened, recognised, and known again by its digest.

use super::columns::{Columns, HeaderError};
use super::fields::Layout;
use super::pieces::{Pieces, TooLong, read_line};
use crate::store::{ListDigest, ListPosition};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// What Windows programs put in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// How much of the file is in memory at once while its digest is made.
const BLOCK: usize = 256 * 1_024;

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ListFormat {
    /// Comma-separated, with a header
    Csv,
    /// A JSON object a line
    Jsonl,
}

/// Why a file is no account list.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It cannot be opened or read.
    #[error("could not read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is a folder, or a pipe, which could not be gone on with.
    #[error("{0} is not a regular file")]
    NotRegular(PathBuf),
    /// Its name does not tell how it is written.
    #[error("{0} may be anything: say --format csv or --format jsonl")]
    UnknownFormat(PathBuf),
    /// It is not text.
    #[error("{path} is {what}: a list is read as UTF-8, and not compressed")]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        what: &'static str,
    },
    /// Its first line does not name its columns.
    #[error("{path}: {source}")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: HeaderError,
    },
}

/// A list that can be read.
pub(super) struct List {
    /// What it is known by.
    pub(super) digest: ListDigest,
    /// Its length in bytes, when it was opened: what is appended meanwhile belongs to another list.
    pub(super) length: u64,
    file: File,
    layout: Layout,
    /// Where its accounts begin.
    content: ListPosition,
}

impl List {
    /// Opens a list and reads all of it once, for its digest.
    pub(super) fn open(path: &Path, format: Option<ListFormat>) -> Result<Self, ListError> {
        let unreadable = |source| ListError::Unreadable { path: path.to_owned(), source };
        let format = format.map_or_else(|| format_of(path), Ok)?;
        let mut file = File::open(path).map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(ListError::NotRegular(path.to_owned()));
        }
        let mut start = vec![];
        file.by_ref().take(4).read_to_end(&mut start).map_err(unreadable)?;
        if let Some(what) = other_than_text(&start) {
            return Err(ListError::NotText { path: path.to_owned(), what });
        }
        let mark = if start.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() as u64 } else { 0 };
        let (digest, length) = digest(&mut file, format).map_err(unreadable)?;
        let mut list = Self {
            digest,
            length,
            file,
            layout: Layout::Objects,
            content: ListPosition { bytes: mark, lines: 0 },
        };
        if format == ListFormat::Csv {
            let header = list.take_header().map_err(unreadable)?;
            let columns = header.and_then(|header| Columns::parse(&header));
            list.layout = Layout::Columns(
                columns.map_err(|source| ListError::Header { path: path.to_owned(), source })?,
            );
        }
        Ok(list)
    }

    /// How its lines are read, and its pieces from a place on.
    pub(super) fn pieces(self, from: ListPosition) -> (Layout, Pieces) {
        (self.layout, Pieces::new(self.file, self.length, from, self.content))
    }

    /// The first line that is not blank; the accounts begin after it.
    fn take_header(&mut self) -> io::Result<Result<String, HeaderError>> {
        self.file.seek(SeekFrom::Start(self.content.bytes))?;
        let mut input = BufReader::new(&self.file);
        loop {
            let Some(line) = read_line(&mut input)? else { return Ok(Err(HeaderError::Missing)) };
            self.content.bytes += line.length;
            self.content.lines += 1;
            match line.bytes {
                Err(TooLong) => return Ok(Err(HeaderError::NoHeader)),
                Ok(line) if line.trim_ascii().is_empty() => {}
                Ok(line) => return Ok(String::from_utf8(line).map_err(|_| HeaderError::NoHeader)),
            }
        }
    }
}

fn format_of(path: &Path) -> Result<ListFormat, ListError> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "csv" => Ok(ListFormat::Csv),
        "jsonl" | "ndjson" => Ok(ListFormat::Jsonl),
        _ => Err(ListError::UnknownFormat(path.to_owned())),
    }
}

fn other_than_text(start: &[u8]) -> Option<&'static str> {
    match start {
        [0x1f, 0x8b, ..] => Some("compressed (gzip)"),
        [b'P', b'K', 3, 4, ..] => Some("a ZIP archive or a spreadsheet"),
        [0x28, 0xb5, 0x2f, 0xfd] => Some("compressed (zstd)"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Of all of the file, so that a list with any change to it is another one; and its length.
fn digest(file: &mut File, format: ListFormat) -> io::Result<(ListDigest, u64)> {
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = Sha256::new();
    hasher.update(match format {
        ListFormat::Csv => "account list, csv\n",
        ListFormat::Jsonl => "account list, jsonl\n",
    });
    let (mut block, mut length) = (vec![0; BLOCK], 0);
    loop {
        match file.read(&mut block)? {
            0 => return Ok((ListDigest(hasher.finalize().into()), length)),
            read => {
                hasher.update(&block[..read]);
                length += read as u64;
            }
        }
    }
}
