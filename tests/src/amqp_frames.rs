//! Frames of AMQP 0-9-1, as far as the fake broker and the stranger need them.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The last byte of each frame.
const END: u8 = 0xCE;

/// Class and method.
pub(crate) type Method = (u16, u16);

/// A frame that the other side sent.
pub(crate) enum Frame {
    Method(u16, Method, Vec<u8>),
    Header(Vec<u8>),
    Body(u16, Vec<u8>),
    Heartbeat,
}

impl Frame {
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let (kind, channel, length) =
            (stream.read_u8().await?, stream.read_u16().await?, stream.read_u32().await?);
        let mut payload = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        stream.read_exact(&mut payload).await?;
        stream.read_u8().await?;
        Ok(match (kind, &payload[..]) {
            (1, [a, b, c, d, arguments @ ..]) => {
                let called = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
                Self::Method(channel, called, arguments.to_vec())
            }
            (2, _) => Self::Header(payload),
            (3, _) => Self::Body(channel, payload),
            _ => Self::Heartbeat,
        })
    }
}

pub(crate) fn frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    [&[kind][..], &channel.to_be_bytes(), &length(payload), payload, &[END]].concat()
}

pub(crate) fn method(channel: u16, called: Method, arguments: &[u8]) -> Vec<u8> {
    frame(1, channel, &[&called.0.to_be_bytes()[..], &called.1.to_be_bytes(), arguments].concat())
}

/// A message's content header: what its properties are, said byte by byte, and how long its body is.
pub(crate) fn content_header(channel: u16, properties: &[u8], body: &[u8]) -> Vec<u8> {
    // Of class 60; no weight.
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    frame(2, channel, &[&60_u16.to_be_bytes()[..], &[0; 2], &length.to_be_bytes(), properties].concat())
}

pub(crate) fn long_string(text: &[u8]) -> Vec<u8> {
    [&length(text)[..], text].concat()
}

pub(crate) fn short_string(text: &[u8]) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap_or(u8::MAX)][..], text].concat()
}

fn length(payload: &[u8]) -> [u8; 4] {
    u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes()
}
