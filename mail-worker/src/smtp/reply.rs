//! Replies as RFC 5321 §4.2 has them.
//!
//! lettre's parser refuses codes such as 571, and 250 without a text (which §4.2 tells clients to accept); after
//! the final dot, a clear answer would then count as none.

use super::Reply;
use common::one_line::one_line;

/// RFC 5321 §4.5.3.1.5 allows 512 bytes; some servers write longer ones.
pub(super) const MAX_LINE_BYTES: usize = 2048;
/// More lines than any EHLO has.
const MAX_LINES: usize = 100;

/// The lines of one reply, as they came. What leaves the client is a [`Reply`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReplyLines {
    code: u16,
    lines: Vec<String>,
}

/// The bytes are not a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum MalformedReply {
    #[error("a line is longer than {MAX_LINE_BYTES} bytes")]
    LineTooLong,
    #[error("more than {MAX_LINES} lines")]
    TooManyLines,
    #[error("a line does not begin with a code")]
    NoCode,
    #[error("lines of one reply have different codes")]
    MixedCodes,
}

/// Collects the lines of a reply.
#[derive(Debug, Default)]
pub(super) struct ReplyReader {
    code: Option<u16>,
    lines: Vec<String>,
}

impl ReplyReader {
    /// Takes the next line, without its CRLF; the whole reply if that was its last.
    pub(super) fn push(&mut self, line: &[u8]) -> Result<Option<ReplyLines>, MalformedReply> {
        let (code, is_last, text) = split_line(line)?;
        if self.code.is_some_and(|first| first != code) {
            return Err(MalformedReply::MixedCodes);
        }
        if self.lines.len() == MAX_LINES {
            return Err(MalformedReply::TooManyLines);
        }
        self.code = Some(code);
        self.lines.push(String::from_utf8_lossy(text).into_owned());
        Ok(is_last.then(|| ReplyLines { code, lines: std::mem::take(&mut self.lines) }))
    }
}

/// Code, whether the line is the last, and the text.
fn split_line(line: &[u8]) -> Result<(u16, bool, &[u8]), MalformedReply> {
    let (digits, rest) = line.split_at_checked(3).ok_or(MalformedReply::NoCode)?;
    if !digits.iter().all(u8::is_ascii_digit) || !(b'2'..=b'5').contains(&digits[0]) {
        return Err(MalformedReply::NoCode);
    }
    let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match rest.split_first() {
        None => Ok((code, true, rest)),
        Some((b' ', text)) => Ok((code, true, text)),
        Some((b'-', text)) => Ok((code, false, text)),
        Some(_) => Err(MalformedReply::NoCode),
    }
}

impl ReplyLines {
    pub(super) fn code(&self) -> u16 {
        self.code
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// The enhanced code at the beginning, if its class agrees with the code (RFC 2034 §4), or nothing.
    pub(super) fn enhanced(&self) -> &str {
        let word = self.lines().next().and_then(|line| line.split_whitespace().next()).unwrap_or_default();
        if is_enhanced(word, self.code) { word } else { "" }
    }

    /// What the timeline keeps of it.
    pub(super) fn to_reply(&self) -> Reply {
        let enhanced = self.enhanced();
        let texts: Vec<_> = self.lines().map(|line| without_prefix(line, enhanced)).collect();
        Reply { code: self.code, enhanced: enhanced.to_owned(), text: one_line(&texts.join(" ")) }
    }
}

fn is_enhanced(word: &str, code: u16) -> bool {
    let mut parts = word.split('.');
    let class = parts.next().unwrap_or_default();
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    matches!(code / 100, 2 | 4 | 5)
        && class == (code / 100).to_string()
        && parts.clone().count() == 2
        && parts.all(is_number)
}

/// Every line may repeat the enhanced code; once is enough.
fn without_prefix<'a>(line: &'a str, enhanced: &str) -> &'a str {
    let rest = line.trim_start();
    match rest.strip_prefix(enhanced) {
        Some(text) if text.is_empty() || text.starts_with(char::is_whitespace) => text.trim_start(),
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Option<ReplyLines>, MalformedReply> {
        let mut reader = ReplyReader::default();
        let mut last = Ok(None);
        for line in text.split("\r\n") {
            last = reader.push(line.as_bytes());
            if last.is_err() {
                break;
            }
        }
        last
    }

    fn reply(text: &str) -> Reply {
        read(text).unwrap().unwrap().to_reply()
    }

    #[test]
    fn code_enhanced_code_and_text_are_told_apart() {
        let expected = |code, enhanced: &str, text: &str| Reply {
            code,
            enhanced: enhanced.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(reply("250 2.0.0 Ok: queued as 4F1"), expected(250, "2.0.0", "Ok: queued as 4F1"));
        assert_eq!(
            reply("550-5.1.1 no such\r\n550 5.1.1 mailbox"),
            expected(550, "5.1.1", "no such mailbox")
        );
        assert_eq!(reply("250"), expected(250, "", ""));
        assert_eq!(reply("571 refused"), expected(571, "", "refused"));
        assert_eq!(reply("550 4.1.1 odd"), expected(550, "", "4.1.1 odd"));
        assert_eq!(reply("354 3.0.0 go"), expected(354, "", "3.0.0 go"));
        assert_eq!(reply("550 5.1.1.1 odd"), expected(550, "", "5.1.1.1 odd"));
        assert_eq!(reply("550 5.1111.1 odd"), expected(550, "", "5.1111.1 odd"));
    }

    #[test]
    fn hostile_lines_are_refused() {
        for line in
            ["", "2", "25", "25a ok", "150 x", "650 x", "250=x", "2500 x", " 250 x", "-250", "２５０ x"]
        {
            assert_eq!(read(line), Err(MalformedReply::NoCode), "{line:?}");
        }
        assert_eq!(read("250-a\r\n251 b"), Err(MalformedReply::MixedCodes));
        assert_eq!(read(&"250-a\r\n".repeat(101)), Err(MalformedReply::TooManyLines));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        let reply = ReplyReader::default().push(b"550 \xff\xfe no").unwrap().unwrap();
        assert_eq!(reply.to_reply().text, "\u{FFFD}\u{FFFD} no");
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(Some(reply)) = ReplyReader::default().push(&line) {
                prop_assert!((200..600).contains(&reply.code()));
                prop_assert!(reply.to_reply().text.len() <= 512);
            }
        }

        #[test]
        fn a_written_reply_is_read_back(code in 200_u16..600, texts in proptest::collection::vec("[a-z ]{0,20}", 1..9)) {
            let last = texts.len() - 1;
            let lines: Vec<_> = texts.iter().enumerate()
                .map(|(i, text)| format!("{code}{}{text}", if i == last { ' ' } else { '-' })).collect();
            let reply = read(&lines.join("\r\n")).unwrap().unwrap();
            prop_assert_eq!((reply.code(), reply.lines), (code, texts));
        }
    }
}
