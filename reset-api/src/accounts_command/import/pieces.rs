//! A list cut into pieces of whole lines.
//!
//! A line is a line also within quotes: none of an account's fields holds a line break, and so a quote that somebody forgot
//! to close costs one line, not the rest of the list.

use crate::store::ListPosition;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Take};

/// How many lines a piece has at most: enough for a commit to weigh little, and little enough for the store's
/// statement timeout on a slow disk.
const MOST_LINES: usize = 2_000;
/// How many bytes of lines a piece has, at most one line more.
const MOST_BYTES: usize = 1 << 20;
/// No account's line is longer; the rest of a longer one is passed over.
const MOST_LINE_BYTES: u64 = 16 * 1_024;
/// How much is read from the file at once.
const BLOCK: usize = 256 * 1_024;

/// A line too long to be an account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// A line without its ending.
pub(super) struct Line {
    /// Counted from 1, the header included.
    pub(super) number: u64,
    pub(super) bytes: Result<Vec<u8>, TooLong>,
}

/// A line as it is read.
pub(super) struct RawLine {
    /// Without its ending.
    pub(super) bytes: Result<Vec<u8>, TooLong>,
    /// What it takes in the file, with its ending.
    pub(super) length: u64,
}

/// Some lines.
pub(super) struct Piece {
    pub(super) from: ListPosition,
    pub(super) to: ListPosition,
    pub(super) is_last: bool,
    pub(super) lines: Vec<Line>,
}

/// A list's pieces, in their order. The last one says so; it may be empty.
pub(super) struct Pieces {
    input: Take<BufReader<File>>,
    /// Where the next piece begins.
    from: ListPosition,
    /// Where reading begins, which is further on than `from` while the header is not passed.
    content: ListPosition,
    started: bool,
    ended: bool,
}

impl Pieces {
    /// The pieces of a file of this length from a place on.
    pub(super) fn new(file: File, length: u64, from: ListPosition, content: ListPosition) -> Self {
        let input = BufReader::with_capacity(BLOCK, file).take(length);
        Self { input, from, content, started: false, ended: false }
    }

    /// Where reading begins.
    fn start(&mut self) -> io::Result<ListPosition> {
        let at = if self.from.bytes < self.content.bytes { self.content } else { self.from };
        if !self.started {
            self.started = true;
            let length = self.input.limit();
            self.input.get_mut().seek(SeekFrom::Start(at.bytes))?;
            self.input.set_limit(length.saturating_sub(at.bytes));
        }
        Ok(at)
    }

    fn cut(&mut self) -> io::Result<Piece> {
        let from = self.from;
        let mut to = self.start()?;
        let (mut lines, mut kept) = (Vec::with_capacity(MOST_LINES), 0);
        while lines.len() < MOST_LINES && kept < MOST_BYTES {
            let Some(RawLine { bytes, length }) = read_line(&mut self.input)? else { break };
            to = ListPosition { bytes: to.bytes + length, lines: to.lines + 1 };
            kept += bytes.as_ref().map_or(0, Vec::len);
            lines.push(Line { number: to.lines, bytes });
        }
        self.from = to;
        self.ended = self.input.fill_buf()?.is_empty();
        Ok(Piece { from, to, is_last: self.ended, lines })
    }
}

impl Iterator for Pieces {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let piece = self.cut();
        self.ended |= piece.is_err();
        Some(piece)
    }
}

/// The next line; `None` at the end.
pub(super) fn read_line(input: &mut impl BufRead) -> io::Result<Option<RawLine>> {
    let mut line = vec![];
    let mut length = input.by_ref().take(MOST_LINE_BYTES).read_until(b'\n', &mut line)? as u64;
    if length == 0 {
        return Ok(None);
    }
    if length == MOST_LINE_BYTES && line.last() != Some(&b'\n') {
        length += pass_line(input)?;
        return Ok(Some(RawLine { bytes: Err(TooLong), length }));
    }
    for ending in *b"\n\r" {
        line.pop_if(|last| *last == ending);
    }
    Ok(Some(RawLine { bytes: Ok(line), length }))
}

/// Passes over what is left of a line, keeping nothing of it; how many bytes that was.
fn pass_line(input: &mut impl BufRead) -> io::Result<u64> {
    let mut passed = 0;
    loop {
        let block = input.fill_buf()?;
        let end = block.iter().position(|byte| *byte == b'\n');
        let count = end.map_or(block.len(), |at| at + 1);
        input.consume(count);
        passed += count as u64;
        if end.is_some() || count == 0 {
            return Ok(passed);
        }
    }
}
