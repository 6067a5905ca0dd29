//! One client's connection.

use super::command::Command;
use super::data::{self, Text};
use super::lines::{Ending, Lines};
use super::reply::{self, Reply};
use super::session::{Next, Session};
use crate::inbox::Limits;
use crate::inbox::mail::Envelope;
use crate::inbox::store::Store;
use common::shutdown::Shutdown;
use std::io;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

/// The most octets of a command: RFC 5321 §4.5.3.1.4 and its extensions ask for less.
const COMMAND_LINE: usize = 2_048;

/// What a conversation needs.
pub(super) struct Conversation {
    pub(super) store: Store,
    pub(super) limits: Limits,
    pub(super) shutdown: Shutdown,
}

/// Whether the connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    GoOn,
    HangUp,
}

struct Wire {
    lines: Lines<OwnedReadHalf>,
    writer: BufWriter<OwnedWriteHalf>,
}

impl Conversation {
    /// Talks until one side hangs up.
    pub(super) async fn hold(self, stream: TcpStream) {
        if let Err(error) = self.talk(stream).await {
            tracing::debug!(%error, "an smtp client of the inbox went away");
        }
    }

    async fn talk(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        let mut wire = Wire { lines: Lines::new(reader), writer: BufWriter::new(writer) };
        let mut session = Session::new(self.limits);
        wire.say(reply::GREETING).await?;
        while self.turn(&mut wire, &mut session).await? == Mood::GoOn {}
        wire.writer.shutdown().await
    }

    /// One command and its answer.
    async fn turn(&self, wire: &mut Wire, session: &mut Session) -> io::Result<Mood> {
        wire.flush_if_drained().await?;
        if self.shutdown.has_begun() {
            return wire.hang_up(reply::SHUTTING_DOWN).await;
        }
        let line = timeout(self.limits.idle, wire.lines.next(COMMAND_LINE));
        let command = match self.shutdown.interrupts(line).await {
            None => return wire.hang_up(reply::SHUTTING_DOWN).await,
            Some(Err(_)) => return wire.hang_up(reply::TOO_SLOW).await,
            Some(Ok(line)) => match line? {
                (_, Ending::Closed) => return Ok(Mood::HangUp),
                (_, Ending::TooLong) => Err(reply::LINE_TOO_LONG),
                (_, Ending::BareLf) => Err(reply::BARE_LF),
                (line, Ending::CrLf) => Command::parse(line),
            },
        };
        match command {
            Ok(command) => self.obey(wire, session.obey(command)).await,
            Err(reply) => wire.say(reply).await,
        }
    }

    async fn obey(&self, wire: &mut Wire, next: Next) -> io::Result<Mood> {
        match next {
            Next::Answer(reply) => wire.say(reply).await,
            Next::Extensions(lines) => wire.say(lines).await,
            Next::HangUp(reply) => wire.hang_up(reply).await,
            Next::Text(envelope) => self.take_mail(wire, envelope).await,
        }
    }

    async fn take_mail(&self, wire: &mut Wire, envelope: Envelope) -> io::Result<Mood> {
        wire.say(reply::GO_AHEAD).await?;
        wire.writer.flush().await?;
        match data::receive(&mut wire.lines, self.limits.mail_bytes, self.limits.idle).await? {
            Text::Whole(raw) => {
                let reply = self.store(envelope, raw).await;
                wire.say(reply).await
            }
            Text::Refused(reply) => wire.say(reply).await,
            Text::Lost(reply) => wire.hang_up(reply).await,
            Text::Closed => Ok(Mood::HangUp),
        }
    }

    /// The 250 is a promise, so it comes after the commit.
    async fn store(&self, envelope: Envelope, raw: Vec<u8>) -> Reply {
        match self.store.add(envelope, raw).await {
            Ok(_) => reply::STORED,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the inbox could not store a mail");
                reply::NOT_STORED
            }
        }
    }
}

impl Wire {
    /// Answers of pipelined commands leave together (RFC 2920 §3.2).
    async fn flush_if_drained(&mut self) -> io::Result<()> {
        if self.lines.is_drained() { self.writer.flush().await } else { Ok(()) }
    }

    async fn say(&mut self, reply: impl ToString) -> io::Result<Mood> {
        self.writer.write_all(reply.to_string().as_bytes()).await?;
        Ok(Mood::GoOn)
    }

    async fn hang_up(&mut self, reply: Reply) -> io::Result<Mood> {
        self.say(reply).await?;
        Ok(Mood::HangUp)
    }
}
