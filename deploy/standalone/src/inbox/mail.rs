//! What is read out of a raw mail. Nothing here fails: a mail that makes no sense is shown as far as it does.

mod content;
mod frame;
mod headers;
mod mailbox;
mod summary;

pub(super) use content::MailContent;
pub(super) use frame::framed_html;
pub(super) use headers::header_map;
pub(super) use summary::{Digest, Summary};

use mail_parser::{Message, MessageParser, MessagePart};

/// A mail as SMTP brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    /// MAIL FROM; empty in a bounce.
    pub(super) sender: String,
    /// RCPT TO, in the order given.
    pub(super) recipients: Vec<String>,
}

/// Parses; a mail without any header becomes an empty one.
fn parse(raw: &[u8]) -> Message<'_> {
    MessageParser::default()
        .parse(raw)
        .filter(|message| !message.parts.is_empty())
        .unwrap_or_else(|| Message { parts: vec![MessagePart::default()], ..Message::default() })
}

/// The first part that was written as HTML.
fn html<'m>(message: &'m Message<'_>) -> Option<&'m str> {
    message.html_bodies().find(|part| part.is_text_html()).and_then(MessagePart::text_contents)
}

/// The first part that was written as text.
fn text<'m>(message: &'m Message<'_>) -> Option<&'m str> {
    message
        .text_bodies()
        .find(|part| part.is_text() && !part.is_text_html())
        .and_then(MessagePart::text_contents)
}

fn message_id(message: &Message<'_>) -> String {
    message.message_id().unwrap_or_default().to_owned()
}

fn subject(message: &Message<'_>) -> String {
    message.subject().unwrap_or_default().to_owned()
}
