//! A whole mail, as Mailpit's `Message`.

use super::mailbox::Correspondents;
use super::{Envelope, html, message_id, parse, subject, text};
use mail_parser::{DateTime, Message, MessagePart, MimeHeaders as _};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A mail and all its parts but the bytes of its attachments.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::inbox) struct MailContent {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "MessageID")]
    message_id: String,
    #[serde(flatten)]
    correspondents: Correspondents,
    /// The envelope's sender.
    return_path: String,
    subject: String,
    list_unsubscribe: ListUnsubscribe,
    /// As the mail says, or when it arrived; RFC 3339.
    date: String,
    /// Mailpit's; always empty here, like the user name of the SMTP client.
    tags: [String; 0],
    username: &'static str,
    text: String,
    #[serde(rename = "HTML")]
    html: String,
    size: usize,
    inline: Vec<Attachment>,
    attachments: Vec<Attachment>,
}

/// Mailpit's, always empty: no mail of ours has the header, and the headers of others are under `/headers`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListUnsubscribe {
    header: &'static str,
    links: [String; 0],
    errors: &'static str,
    header_post: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attachment {
    #[serde(rename = "PartID")]
    part_id: String,
    file_name: String,
    content_type: String,
    #[serde(rename = "ContentID")]
    content_id: String,
    size: usize,
}

impl MailContent {
    pub(in crate::inbox) fn of(
        id: String,
        raw: &[u8],
        envelope: &Envelope,
        received: OffsetDateTime,
    ) -> Self {
        let message = parse(raw);
        let (inline, attachments) = message.attachments.iter().partition(|&&part| is_inline(&message, part));
        Self {
            id,
            message_id: message_id(&message),
            correspondents: Correspondents::of(&message, envelope),
            return_path: envelope.sender.clone(),
            subject: subject(&message),
            list_unsubscribe: ListUnsubscribe::default(),
            date: date(&message, received),
            tags: [],
            username: "",
            text: text(&message).unwrap_or_default().to_owned(),
            html: html(&message).unwrap_or_default().to_owned(),
            size: raw.len(),
            inline: described(&message, inline),
            attachments: described(&message, attachments),
        }
    }
}

fn date(message: &Message<'_>, received: OffsetDateTime) -> String {
    let written = message.date().filter(|date| date.is_valid()).map(DateTime::to_rfc3339);
    written.unwrap_or_else(|| received.format(&Rfc3339).unwrap_or_default())
}

/// A part that the HTML refers to, rather than one to save.
fn is_inline(message: &Message<'_>, part: u32) -> bool {
    let part = message.part(part);
    part.is_some_and(|part| {
        let disposition = part.content_disposition();
        part.content_id().is_some() && !disposition.is_some_and(|how| how.is_attachment())
    })
}

fn described(message: &Message<'_>, parts: Vec<u32>) -> Vec<Attachment> {
    parts.into_iter().filter_map(|id| Some(Attachment::of(id, message.part(id)?))).collect()
}

impl Attachment {
    fn of(id: u32, part: &MessagePart<'_>) -> Self {
        Self {
            part_id: id.to_string(),
            file_name: part.attachment_name().unwrap_or_default().to_owned(),
            content_type: content_type(part),
            content_id: part.content_id().unwrap_or_default().to_owned(),
            size: part.contents().len(),
        }
    }
}

/// The media type without its parameters; RFC 2046 §5.2.4 names the fallback.
pub(super) fn content_type(part: &MessagePart<'_>) -> String {
    part.content_type().map_or_else(
        || "application/octet-stream".to_owned(),
        |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")).to_lowercase(),
    )
}
