//! Bytes to and from the relay host: one reply at a time, bounded, and nothing read that was not asked for.

use super::failure::{Failure, within};
use super::reply::{MAX_LINE_BYTES, MalformedReply, ReplyLines, ReplyReader};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// A TCP connection, with or without TLS around it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static {}
impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static> Stream for S {}

/// A stream and what was read from it ahead of need.
pub(super) struct Wire<S> {
    stream: S,
    unread: Vec<u8>,
}

impl<S: Stream> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, unread: Vec::new() }
    }

    /// Hides which kind of stream it is.
    pub(super) fn boxed(self) -> Wire<Box<dyn Stream>> {
        Wire { stream: Box::new(self.stream), unread: self.unread }
    }

    /// The stream alone, to put TLS around it. Whatever is unread came in plain text, from anybody, and must not be taken
    /// for an answer under TLS (CVE-2021-33515 and its kin): that is the end of the connection.
    pub(super) fn into_stream(self) -> Result<S, Failure> {
        if self.unread.is_empty() { Ok(self.stream) } else { Err(Failure::OutOfTurn) }
    }

    /// One command, one reply, `limit` for both.
    pub(super) async fn exchange(&mut self, command: &str, limit: Duration) -> Result<ReplyLines, Failure> {
        if !self.unread.is_empty() {
            return Err(Failure::OutOfTurn);
        }
        within(limit, async {
            self.write(command.as_bytes()).await?;
            self.read_reply().await
        })
        .await
    }

    /// The next reply, within `limit`.
    pub(super) async fn reply(&mut self, limit: Duration) -> Result<ReplyLines, Failure> {
        within(limit, self.read_reply()).await
    }

    /// Writes and flushes. When this fails or is dropped, the last byte of `bytes` has not left.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    /// Nothing is there to be read, and the other end has not closed, as far as is known without waiting.
    pub(super) async fn check_quiet(&mut self) -> Result<(), Failure> {
        if !self.unread.is_empty() {
            return Err(Failure::OutOfTurn);
        }
        let mut byte = [0; 1];
        let mut buffer = ReadBuf::new(&mut byte);
        let seen =
            std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)))
                .await;
        match seen {
            Poll::Pending => Ok(()),
            Poll::Ready(Err(error)) => Err(error.into()),
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => Err(Failure::Closed),
            Poll::Ready(Ok(())) => Err(Failure::OutOfTurn),
        }
    }

    async fn read_reply(&mut self) -> Result<ReplyLines, Failure> {
        let mut reader = ReplyReader::default();
        loop {
            let line = self.read_line().await?;
            if let Some(reply) = reader.push(&line).map_err(Failure::Malformed)? {
                return Ok(reply);
            }
        }
    }

    /// A line without its CRLF.
    async fn read_line(&mut self) -> Result<Vec<u8>, Failure> {
        let mut searched = 0;
        loop {
            if let Some(end) = find_crlf(&self.unread, searched) {
                let mut line: Vec<u8> = self.unread.drain(..end + 2).collect();
                line.truncate(end);
                return if line.len() > MAX_LINE_BYTES { Err(too_long()) } else { Ok(line) };
            }
            if self.unread.len() > MAX_LINE_BYTES + 2 {
                return Err(too_long());
            }
            // A CR at the end may be the first half of the CRLF.
            searched = self.unread.len().saturating_sub(1);
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Err(Failure::Closed);
            }
        }
    }
}

fn find_crlf(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(2).position(|pair| pair == b"\r\n").map(|position| from + position)
}

fn too_long() -> Failure {
    Failure::Malformed(MalformedReply::LineTooLong)
}

impl<S> std::fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wire({} bytes unread)", self.unread.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::io::duplex;

    async fn replies_to(bytes: &[u8], chunk: usize) -> Vec<Result<ReplyLines, Failure>> {
        let (mut theirs, ours) = duplex(64);
        let bytes = bytes.to_vec();
        let writer = tokio::spawn(async move {
            for piece in bytes.chunks(chunk) {
                if theirs.write_all(piece).await.is_err() {
                    break;
                }
            }
        });
        let mut wire = Wire::new(ours);
        let mut replies = Vec::new();
        loop {
            replies.push(wire.reply(Duration::from_secs(10)).await);
            if replies.last().is_some_and(Result::is_err) {
                break;
            }
        }
        drop(wire);
        writer.await.unwrap();
        replies
    }

    #[tokio::test]
    async fn replies_are_told_apart_however_they_are_cut() {
        for chunk in 1..40 {
            let replies = replies_to(b"250-one\r\n250 two\r\n550 5.1.1 no\r\n354\r\n", chunk).await;
            let codes: Vec<_> = replies.iter().flatten().map(ReplyLines::code).collect();
            assert_eq!(codes, [250, 550, 354], "in pieces of {chunk}");
            assert!(matches!(replies.last(), Some(Err(Failure::Closed))));
        }
    }

    #[tokio::test]
    async fn an_endless_line_is_cut_off() {
        let endless = vec![b'2'; 1 << 20];
        let replies = replies_to(&endless, 4096).await;
        assert!(
            matches!(replies.as_slice(), [Err(Failure::Malformed(MalformedReply::LineTooLong))]),
            "{replies:?}"
        );
    }

    #[tokio::test]
    async fn endless_lines_are_cut_off() {
        let replies = replies_to(&b"250-and more\r\n".repeat(10_000), 4096).await;
        assert!(
            matches!(replies.as_slice(), [Err(Failure::Malformed(MalformedReply::TooManyLines))]),
            "{replies:?}"
        );
    }

    #[tokio::test]
    async fn plain_text_read_ahead_does_not_reach_tls() {
        let (mut theirs, ours) = duplex(256);
        theirs.write_all(b"220 go ahead\r\n250 injected\r\n").await.unwrap();
        let mut wire = Wire::new(ours);
        assert_eq!(wire.reply(Duration::from_secs(10)).await.unwrap().code(), 220);
        assert!(matches!(wire.into_stream(), Err(Failure::OutOfTurn)));
    }

    #[tokio::test]
    async fn quiet_is_told_from_closed_and_from_chatter() {
        let (mut theirs, ours) = duplex(256);
        let mut wire = Wire::new(ours);
        wire.check_quiet().await.unwrap();
        theirs.write_all(b"421 bye\r\n").await.unwrap();
        assert!(matches!(wire.check_quiet().await, Err(Failure::OutOfTurn)));

        let (theirs, ours) = duplex(256);
        drop(theirs);
        assert!(matches!(Wire::new(ours).check_quiet().await, Err(Failure::Closed)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_wait_for_ever(
            bytes in proptest::collection::vec(prop_oneof![Just(b'2'), Just(b'5'), Just(b'0'), Just(b'-'), Just(b' '),
                Just(b'\r'), Just(b'\n'), any::<u8>()], 0..200),
            chunk in 1_usize..50,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let replies = runtime.block_on(replies_to(&bytes, chunk));
            prop_assert!(replies.iter().flatten().all(|reply| (200..600).contains(&reply.code())));
        }
    }
}
