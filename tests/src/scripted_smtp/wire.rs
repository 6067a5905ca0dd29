//! The server's end of an SMTP connection: lines and messages in, bytes out, TLS in between.

use anyhow::{Context as _, ensure};
use rustls::ServerConfig;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The connection, and what has come over it that nobody has read.
pub(crate) struct Wire {
    /// None only while TLS is put around it.
    stream: Option<Box<dyn Stream>>,
    unread: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        // Replies that follow one another must not wait for the client's acknowledgements.
        let _ = stream.set_nodelay(true);
        Self { stream: Some(Box::new(stream)), unread: Vec::new() }
    }

    /// Writes these bytes, in one write.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let stream = self.stream()?;
        stream.write_all(bytes).await?;
        Ok(stream.flush().await?)
    }

    /// Writes these bytes one by one, with a pause after each, until nobody listens.
    pub(crate) async fn drip(&mut self, bytes: &[u8], pause: Duration) {
        for byte in bytes {
            if self.write(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// The next line, without its CRLF.
    pub(crate) async fn read_line(&mut self) -> anyhow::Result<Vec<u8>> {
        const END: &[u8] = b"\r\n";
        loop {
            if let Some(at) = self.unread.windows(END.len()).position(|window| window == END) {
                let mut line: Vec<u8> = self.unread.drain(..at + END.len()).collect();
                line.truncate(at);
                return Ok(line);
            }
            let stream = self.stream.as_mut().context("the connection is gone")?;
            ensure!(stream.read_buf(&mut self.unread).await? > 0, "the client closed");
        }
    }

    /// A message as it comes, the line with the final dot left out.
    pub(crate) async fn read_message(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let line = self.read_line().await?;
            if line == b"." {
                return Ok(message);
            }
            message.extend_from_slice(&line);
            message.extend_from_slice(b"\r\n");
        }
    }

    /// What has come and was not read.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.unread
    }

    /// Reads what comes behind that.
    pub(crate) async fn read_past_unread(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.as_mut() {
            Some(stream) => stream.read(buffer).await,
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Becomes the server of a TLS handshake.
    pub(crate) async fn start_tls(&mut self, tls: Arc<ServerConfig>) -> anyhow::Result<()> {
        let plain = self.stream.take().context("the connection is gone")?;
        self.stream = Some(Box::new(TlsAcceptor::from(tls).accept(plain).await?));
        Ok(())
    }

    fn stream(&mut self) -> anyhow::Result<&mut Box<dyn Stream>> {
        self.stream.as_mut().context("the connection is gone")
    }
}
