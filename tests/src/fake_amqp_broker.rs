//! A broker that speaks just enough AMQP to answer publishers in ways that a real one does only at bad moments.
//!
//! The body of each message is its number in decimal.

use crate::amqp_frames::{Frame, Method, content_header, frame, long_string, method, short_string};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How the broker answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Every message whose number ends in 0 is nacked, every other acked, at once.
    NackEachTenth,
    /// An odd message is returned; then the even one before it is acked, then itself.
    ReturnOdd,
    /// An odd message is returned; then the even one before it and itself are acked together.
    ReturnOddAckBoth,
    /// Nobody ever hears anything from it.
    Silence,
    /// Each queue has one message, with a header of a type that there is not.
    Unreadable,
}

/// A running broker; dropped, it is gone.
#[derive(Debug)]
pub struct FakeAmqpBroker {
    port: u16,
    accepting: JoinHandle<()>,
    connections: Arc<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    accepted: AtomicUsize,
    ended: AtomicUsize,
}

impl FakeAmqpBroker {
    /// Starts one on a free loopback port.
    ///
    /// # Errors
    /// If there is none.
    pub async fn start(answers: Answers) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let connections = Arc::<Connections>::default();
        let accepting = tokio::spawn(accept(listener, answers, Arc::clone(&connections)));
        Ok(Self { port, accepting, connections })
    }

    /// Where it is reached.
    #[must_use]
    pub fn amqp_url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.port)
    }

    /// How many connections there were, and how many of them the client has ended.
    #[must_use]
    pub fn connections(&self) -> (usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        (count(&self.connections.accepted), count(&self.connections.ended))
    }
}

impl Drop for FakeAmqpBroker {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, answers: Answers, connections: Arc<Connections>) {
    while let Ok((stream, _)) = listener.accept().await {
        connections.accepted.fetch_add(1, Ordering::SeqCst);
        let connections = Arc::clone(&connections);
        tokio::spawn(async move {
            // However it ended, it has.
            let _ = serve(stream, answers).await;
            connections.ended.fetch_add(1, Ordering::SeqCst);
        });
    }
}

async fn serve(stream: TcpStream, answers: Answers) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    if answers == Answers::Silence {
        return tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(drop);
    }
    stream.read_exact(&mut [0; 8]).await?;
    let start = [vec![0, 9], long_string(b""), long_string(b"PLAIN"), long_string(b"en_US")].concat();
    stream.write_all(&method(0, (10, 10), &start)).await?;
    let mut publishing = Publishing { answers, tag: 0, header: Vec::new() };
    loop {
        let reply = match Frame::read(&mut stream).await? {
            Frame::Method(channel, (60, 70), _) if answers == Answers::Unreadable => unreadable(channel),
            Frame::Method(channel, called, arguments) => reply(channel, called, &arguments),
            Frame::Header(header) => {
                publishing.header = header;
                Vec::new()
            }
            Frame::Body(channel, body) => publishing.confirm(channel, &body),
            Frame::Heartbeat => Vec::new(),
        };
        stream.write_all(&reply).await?;
    }
}

/// The answer to everything but a publish.
fn reply(channel: u16, called: Method, arguments: &[u8]) -> Vec<u8> {
    match called {
        // start-ok, open, close
        (10, 11) => method(
            channel,
            (10, 30),
            &[&2047_u16.to_be_bytes()[..], &131_072_u32.to_be_bytes(), &[0, 0]].concat(),
        ),
        (10, 40) => method(channel, (10, 41), &short_string(b"")),
        (10, 50) => method(channel, (10, 51), &[]),
        // channel: open, close
        (20, 10) => method(channel, (20, 11), &long_string(b"")),
        (20, 40) => method(channel, (20, 41), &[]),
        // queue.declare tells the name again, and how many messages and consumers there are.
        (50, 10) => {
            let name = &arguments[2..3 + usize::from(arguments[2])];
            method(channel, (50, 11), &[name, &[0; 8]].concat())
        }
        // exchange.declare, queue.bind, basic.qos, confirm.select
        (40, 10) | (50, 20) | (60, 10) | (85, 10) => method(channel, (called.0, called.1 + 1), &[]),
        _ => Vec::new(),
    }
}

/// The answer to basic.get: a message without a body, and no more behind it.
fn unreadable(channel: u16) -> Vec<u8> {
    let (tag, redelivered, left) = (1_u64.to_be_bytes(), [0], [0; 4]);
    let got = [&tag[..], &redelivered, &short_string(b""), &short_string(b"q"), &left].concat();
    // The flag of the property `headers`.
    let properties = [&0x2000_u16.to_be_bytes()[..], &long_string(&[&short_string(b"h")[..], b"?"].concat())];
    [method(channel, (60, 71), &got), content_header(channel, &properties.concat(), b"")].concat()
}

/// The messages of a connection.
struct Publishing {
    answers: Answers,
    tag: u64,
    header: Vec<u8>,
}

impl Publishing {
    fn confirm(&mut self, channel: u16, body: &[u8]) -> Vec<u8> {
        self.tag += 1;
        let number =
            std::str::from_utf8(body).ok().and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0);
        let verdict = |called, tag: u64, multiple| {
            method(channel, called, &[&tag.to_be_bytes()[..], &[multiple]].concat())
        };
        let (ack, nack) = ((60, 80), (60, 120));
        match self.answers {
            Answers::NackEachTenth if number.is_multiple_of(10) => verdict(nack, self.tag, 0),
            Answers::NackEachTenth => verdict(ack, self.tag, 0),
            Answers::Silence | Answers::Unreadable => Vec::new(),
            _ if number.is_multiple_of(2) => Vec::new(),
            Answers::ReturnOdd => {
                [self.returned(channel, body), verdict(ack, self.tag - 1, 0), verdict(ack, self.tag, 0)]
                    .concat()
            }
            Answers::ReturnOddAckBoth => [self.returned(channel, body), verdict(ack, self.tag, 1)].concat(),
        }
    }

    /// The message as one that led to no queue.
    fn returned(&self, channel: u16, body: &[u8]) -> Vec<u8> {
        let why =
            [&312_u16.to_be_bytes()[..], &short_string(b"NO_ROUTE"), &short_string(b""), &short_string(b"q")];
        [method(channel, (60, 50), &why.concat()), frame(2, channel, &self.header), frame(3, channel, body)]
            .concat()
    }
}
