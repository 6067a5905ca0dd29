//! Wraps rendered parts in MIME. Nothing here depends on when or how often it is done: a mail that is sent a second
//! time is the same mail, byte for byte.

use super::{MailToRender, RenderError, RenderedParts};
use crate::mail::OutgoingMail;
use common::address::EmailAddress;
use common::brand::Mailbox;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox as MessageMailbox, Message, MessageBuilder, MultiPart, SinglePart};
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;

/// The message of a mail and its envelope.
pub(super) fn wrap(mail: &MailToRender<'_>, parts: RenderedParts) -> Result<OutgoingMail, RenderError> {
    let from = &mail.brand.from;
    let domain = from.address.domain();
    let recipient = to_lettre(&mail.secrets.recipient);
    let envelope = lettre::address::Envelope::new(None, vec![recipient.clone()])
        .map_err(|error| RenderError(error.to_string()))?;
    let feedback = mail.brand.feedback_sender.as_deref().map(|sender| feedback_id(mail, sender));
    let message = Message::builder()
        .message_id(Some(format!("<{}@{domain}>", mail.event_id)))
        .date(date(mail.occurred_at)?)
        .from(mailbox(from))
        .reply_to(mailbox(&mail.brand.reply_to))
        .to(MessageMailbox::new(None, recipient))
        .subject(parts.subject)
        // RFC 3834 §5, and its counterpart that Exchange obeys: no out-of-office notes in reply.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .raw_header(header("Content-Language", &mail.locale.spoken().to_string()))
        .envelope(envelope);
    let message = feedback.into_iter().fold(message, MessageBuilder::raw_header);
    let message = message
        .multipart(alternatives(mail, parts.text, parts.html)?)
        .map_err(|error| RenderError(error.to_string()))?;
    Ok(OutgoingMail {
        sender: bounce_address(mail, domain)?,
        recipient: mail.secrets.recipient.clone(),
        message: message.formatted(),
    })
}

/// Text first: of alternatives the last that a client can show is the best (RFC 2046 §5.1.4). lettre encodes bodies so
/// that no relay host needs 8BITMIME.
fn alternatives(mail: &MailToRender<'_>, text: String, html: String) -> Result<MultiPart, RenderError> {
    let kind = format!("multipart/alternative; boundary=\"=_{}\"", mail.event_id.simple());
    let kind = ContentType::parse(&kind).map_err(|error| RenderError(error.to_string()))?;
    Ok(MultiPart::builder()
        .header(kind)
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html)))
}

/// A sender for each mail (VERP), so that a bounce says which mail it is about.
fn bounce_address(mail: &MailToRender<'_>, domain: &str) -> Result<EmailAddress, RenderError> {
    let domain = mail.brand.bounce_domain.as_deref().unwrap_or(domain);
    let address = format!("bounce+{}@{domain}", mail.event_id.simple());
    EmailAddress::parse(&address).map_err(|error| RenderError(format!("the sender: {error}")))
}

/// Our type has already refused more than lettre's would: quoted local parts, address literals, control characters.
fn to_lettre(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local_part(), address.domain())
}

/// What complaints are counted by at mailbox providers that tell senders of them: mail, app, kind, sender. Nothing in it
/// is about the recipient.
fn feedback_id(mail: &MailToRender<'_>, sender: &str) -> HeaderValue {
    header("Feedback-ID", &format!("{}:{}:account:{sender}", mail.kind.name(), mail.brand.app_id.as_str()))
}

fn mailbox(mailbox: &Mailbox) -> MessageMailbox {
    MessageMailbox::new(Some(mailbox.name.clone()), to_lettre(&mailbox.address))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// lettre panics on a year it cannot write, and the event may come from anybody who can write the queue.
fn date(at: OffsetDateTime) -> Result<SystemTime, RenderError> {
    let seconds = u64::try_from(at.unix_timestamp()).ok().map(Duration::from_secs);
    let date = seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds));
    date.ok_or_else(|| RenderError("the event is dated before 1970".to_owned()))
}
