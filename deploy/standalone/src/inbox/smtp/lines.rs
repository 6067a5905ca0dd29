//! Lines off the wire, bounded.

use std::io;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// What a line was like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// CRLF, as it must be.
    CrLf,
    /// LF alone. Taking it for a line's end is how mails are smuggled into mails.
    BareLf,
    /// The line has more octets than allowed; the rest of it was skipped.
    TooLong,
    /// The client has hung up.
    Closed,
}

/// Reads line by line into one buffer.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(64 * 1024, reader), line: Vec::new() }
    }

    /// Whether the next line would have to be waited for, so that now is the time to flush replies.
    pub(super) fn is_drained(&self) -> bool {
        !self.reader.buffer().contains(&b'\n')
    }

    /// The next line without its end, of at most `limit` octets.
    pub(super) async fn next(&mut self, limit: usize) -> io::Result<(&[u8], Ending)> {
        self.line.clear();
        let mut too_long = false;
        loop {
            let bytes = self.reader.fill_buf().await?;
            if bytes.is_empty() {
                return Ok((&[], Ending::Closed));
            }
            let end = bytes.iter().position(|&byte| byte == b'\n');
            let piece = &bytes[..end.unwrap_or(bytes.len())];
            // One more than the limit for the CR.
            too_long |= self.line.len() + piece.len() > limit + 1;
            if !too_long {
                self.line.extend_from_slice(piece);
            }
            let taken = end.map_or(bytes.len(), |end| end + 1);
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(self.ended(too_long, limit));
            }
        }
    }

    fn ended(&self, too_long: bool, limit: usize) -> (&[u8], Ending) {
        match self.line.strip_suffix(b"\r") {
            _ if too_long => (&[], Ending::TooLong),
            Some(line) => (line, Ending::CrLf),
            None if self.line.len() > limit => (&[], Ending::TooLong),
            None => (&self.line, Ending::BareLf),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(input: &[u8], limit: usize) -> Vec<(Vec<u8>, Ending)> {
        let mut lines = Lines::new(input);
        let mut read = Vec::new();
        loop {
            let (line, ending) = lines.next(limit).await.unwrap();
            read.push((line.to_vec(), ending));
            if ending == Ending::Closed {
                return read;
            }
        }
    }

    #[tokio::test]
    async fn lines_are_told_apart_by_their_ends() {
        let expected = [
            (b"abcd".to_vec(), Ending::CrLf),
            (b"".to_vec(), Ending::CrLf),
            (b"a\rb".to_vec(), Ending::CrLf),
            (b"bare".to_vec(), Ending::BareLf),
            (b"".to_vec(), Ending::TooLong),
            (b"".to_vec(), Ending::TooLong),
            (b"next".to_vec(), Ending::CrLf),
            (b"".to_vec(), Ending::Closed),
        ];
        let input = b"abcd\r\n\r\na\rb\r\nbare\nabcde\r\nabcde\nnext\r\ncut off";
        assert_eq!(read(input, 4).await, expected);
    }
}
