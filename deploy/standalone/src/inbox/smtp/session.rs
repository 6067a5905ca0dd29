//! The order of commands, without any wire.

use super::command::Command;
use super::reply::{self, Reply};
use crate::inbox::Limits;
use crate::inbox::mail::Envelope;

/// Where a client is in the dialogue.
pub(super) struct Session {
    limits: Limits,
    greeted: bool,
    mail: Option<Opened>,
}

/// A mail that MAIL has begun.
struct Opened {
    envelope: Envelope,
    smtputf8: bool,
}

/// What happens next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Answer(Reply),
    /// The many lines of the answer to EHLO.
    Extensions(String),
    /// Read the text of a mail.
    Text(Envelope),
    /// Answer and hang up.
    HangUp(Reply),
}

impl Session {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, greeted: false, mail: None }
    }

    /// Obeys a command.
    pub(super) fn obey(&mut self, command: Command) -> Next {
        match command {
            Command::Ehlo => {
                self.greet();
                Next::Extensions(self.extensions())
            }
            Command::Helo => {
                self.greet();
                Next::Answer(reply::HELO)
            }
            Command::Mail { sender, smtputf8, size } => Next::Answer(self.open(sender, smtputf8, size)),
            Command::Rcpt { recipient } => Next::Answer(self.address(recipient)),
            Command::Data => self.text(),
            Command::Rset => {
                self.mail = None;
                Next::Answer(reply::OK)
            }
            Command::Noop => Next::Answer(reply::OK),
            Command::Vrfy => Next::Answer(reply::NOT_VERIFIED),
            Command::Quit => Next::HangUp(reply::BYE),
        }
    }

    fn greet(&mut self) {
        self.greeted = true;
        // EHLO resets like RSET (RFC 5321 §4.1.4).
        self.mail = None;
    }

    fn extensions(&self) -> String {
        let size = self.limits.mail_bytes;
        format!(
            "250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE {size}\r\n250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8\r\n"
        )
    }

    fn open(&mut self, sender: String, smtputf8: bool, size: u64) -> Reply {
        if !self.greeted {
            return reply::HELLO_FIRST;
        }
        if self.mail.is_some() {
            return reply::MAIL_AGAIN;
        }
        if usize::try_from(size).map_or(true, |size| size > self.limits.mail_bytes) {
            return reply::TOO_BIG;
        }
        if !sender.is_ascii() && !smtputf8 {
            return reply::NEEDS_SMTPUTF8;
        }
        self.mail = Some(Opened { envelope: Envelope { sender, recipients: Vec::new() }, smtputf8 });
        reply::SENDER_OK
    }

    fn address(&mut self, recipient: String) -> Reply {
        let Some(mail) = &mut self.mail else { return reply::MAIL_FIRST };
        if mail.envelope.recipients.len() >= self.limits.recipients {
            return reply::TOO_MANY_RECIPIENTS;
        }
        if !recipient.is_ascii() && !mail.smtputf8 {
            return reply::NEEDS_SMTPUTF8;
        }
        mail.envelope.recipients.push(recipient);
        reply::RECIPIENT_OK
    }

    fn text(&mut self) -> Next {
        match self.mail.take_if(|mail| !mail.envelope.recipients.is_empty()) {
            Some(mail) => Next::Text(mail.envelope),
            None if self.mail.is_some() => Next::Answer(reply::RCPT_FIRST),
            None => Next::Answer(reply::MAIL_FIRST),
        }
    }
}
