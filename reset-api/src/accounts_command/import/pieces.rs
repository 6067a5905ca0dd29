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
        if self.ended && self.input.limit() > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it has become shorter"));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn pieces(bytes: &[u8], from: ListPosition) -> Vec<Piece> {
        let cut = Pieces::new(file(bytes), bytes.len() as u64, from, ListPosition::default());
        cut.collect::<io::Result<_>>().unwrap()
    }

    /// Lines of every length, some too long, with either ending or none at the end.
    fn list() -> impl Strategy<Value = Vec<u8>> {
        let line = prop_oneof![9 => 0..40_usize, 1 => 16_380..16_390_usize];
        let lines = prop::collection::vec((line, prop::sample::select(vec!["\n", "\r\n"])), 0..5_000);
        (lines, any::<bool>()).prop_map(|(lines, is_closed)| {
            let text: String = lines.iter().map(|(length, ending)| "x".repeat(*length) + ending).collect();
            text.strip_suffix('\n').filter(|_| !is_closed).unwrap_or(&text).as_bytes().to_vec()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn pieces_follow_each_other_and_cover_the_list(bytes in list()) {
            let pieces = pieces(&bytes, ListPosition::default());
            let mut at = ListPosition::default();
            for piece in &pieces {
                prop_assert_eq!(piece.from, at);
                prop_assert!(piece.lines.len() <= MOST_LINES);
                prop_assert!(piece.lines.iter().map(|line| line.number).eq(at.lines + 1..=piece.to.lines));
                at = piece.to;
            }
            prop_assert_eq!(at.bytes, bytes.len() as u64);
            prop_assert!(pieces.iter().map(|piece| piece.is_last).eq((1..=pieces.len()).map(|n| n == pieces.len())));
        }

        #[test]
        fn a_list_read_from_the_end_of_a_piece_goes_on_with_the_next(bytes in list(), which in any::<prop::sample::Index>()) {
            let all = pieces(&bytes, ListPosition::default());
            let done = which.index(all.len());
            let rest = pieces(&bytes, all[done].to);
            let lines = |pieces: &[Piece]| {
                let lines = pieces.iter().flat_map(|piece| &piece.lines);
                lines.map(|line| (line.number, line.bytes.clone())).collect::<Vec<_>>()
            };
            prop_assert_eq!(lines(&rest), lines(&all[done + 1..]));
        }
    }

    #[test]
    fn a_list_that_became_shorter_is_an_error_and_not_its_end() {
        let cut = Pieces::new(file(b"a\nb\n"), 5, ListPosition::default(), ListPosition::default());
        assert!(cut.last().unwrap().is_err());
    }
}
