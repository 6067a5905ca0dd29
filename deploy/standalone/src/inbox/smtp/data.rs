//! The text of a mail: from the answer to DATA to the final dot.

use super::lines::{Ending, Lines};
use super::reply::{self, Reply};
use std::io;
use std::time::Duration;
use tokio::io::AsyncRead;
use tokio::time::timeout;

/// The most octets of a line of text, CRLF not counted (RFC 5321 §4.5.3.1.6).
const TEXT_LINE: usize = 998;

/// What came after DATA.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// A mail, its doubled dots undone (RFC 5321 §4.5.2), each line ended with CRLF.
    Whole(Vec<u8>),
    /// A mail that is answered with this; the dialogue goes on.
    Refused(Reply),
    /// The client cannot end its mail; answer and hang up.
    Lost(Reply),
    /// The client has hung up, and with it the mail is gone.
    Closed,
}

/// Reads to the final dot. A refused mail is read to its end too, without being kept.
pub(super) async fn receive<R: AsyncRead + Unpin>(
    lines: &mut Lines<R>,
    most: usize,
    idle: Duration,
) -> io::Result<Text> {
    let (mut text, mut refusal) = (Vec::new(), None);
    loop {
        // Room for the dot that the client put in front of a line with a dot.
        let Ok(line) = timeout(idle, lines.next(TEXT_LINE + 1)).await else {
            return Ok(Text::Lost(reply::TOO_SLOW));
        };
        match line? {
            (_, Ending::Closed) => return Ok(Text::Closed),
            (b".", Ending::CrLf) => return Ok(refusal.map_or(Text::Whole(text), Text::Refused)),
            // A client that ends lines with LF would wait for ever for the answer to this dot.
            (b".", Ending::BareLf) => return Ok(Text::Lost(reply::BARE_LF_IN_TEXT)),
            (line, ending) => {
                let verdict = verdict(line, ending, text.len(), most);
                refusal = refusal.or(verdict);
                keep(&mut text, line, refusal.is_none());
            }
        }
    }
}

fn verdict(line: &[u8], ending: Ending, before: usize, most: usize) -> Option<Reply> {
    let line = unstuffed(line);
    match ending {
        Ending::TooLong => Some(reply::LONG_TEXT_LINE),
        Ending::BareLf => Some(reply::BARE_LF_IN_TEXT),
        _ if line.len() > TEXT_LINE => Some(reply::LONG_TEXT_LINE),
        _ if before + line.len() + 2 > most => Some(reply::TOO_BIG),
        _ => None,
    }
}

fn keep(text: &mut Vec<u8>, line: &[u8], wanted: bool) {
    if wanted {
        text.extend_from_slice(unstuffed(line));
        text.extend_from_slice(b"\r\n");
    } else {
        *text = Vec::new();
    }
}

fn unstuffed(line: &[u8]) -> &[u8] {
    line.strip_prefix(b".").unwrap_or(line)
}
