//! What the list shows of a mail, and what the search looks through; both made once, when it arrives.

use super::mailbox::{Correspondents, Mailbox};
use super::{Envelope, html, message_id, parse, subject, text};
use crate::inbox::address_key::address_key;
use mail_parser::Message;
use mail_parser::decoders::html::html_to_text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most characters of a snippet, as in Mailpit.
const SNIPPET_CHARACTERS: usize = 250;
/// The most bytes of a mail's text that the search looks through.
const SOUGHT_BYTES: usize = 64 * 1024;

/// The part of Mailpit's `MessageSummary` that never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::inbox) struct Summary {
    #[serde(rename = "MessageID")]
    message_id: String,
    #[serde(flatten)]
    correspondents: Correspondents,
    subject: String,
    attachments: usize,
    snippet: String,
}

/// Everything that is stored beside a raw mail.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::inbox) struct Digest {
    pub(in crate::inbox) summary: Summary,
    /// In the form addresses are compared in.
    pub(in crate::inbox) addressees: BTreeSet<String>,
    pub(in crate::inbox) sought_from: String,
    pub(in crate::inbox) sought_to: String,
    pub(in crate::inbox) sought_subject: String,
    /// The three above, and the text.
    pub(in crate::inbox) sought_text: String,
}

impl Digest {
    pub(in crate::inbox) fn of(raw: &[u8], envelope: &Envelope) -> Self {
        let message = parse(raw);
        let people = Correspondents::of(&message, envelope);
        let words = words(&message);
        let sought_from = sought([&people.from]);
        let sought_to = sought(people.addressees());
        let sought_subject = subject(&message).to_lowercase();
        let text = up_to(&words, SOUGHT_BYTES).to_lowercase();
        Self {
            addressees: addressees(&people, envelope),
            sought_text: [&*sought_from, &sought_to, &sought_subject, &text].join("\n"),
            sought_from,
            sought_to,
            sought_subject,
            summary: Summary {
                message_id: message_id(&message),
                correspondents: people,
                subject: subject(&message),
                attachments: message.attachment_count(),
                snippet: words.chars().take(SNIPPET_CHARACTERS).collect(),
            },
        }
    }
}

/// The header's and the envelope's: a mail is for both.
fn addressees(people: &Correspondents, envelope: &Envelope) -> BTreeSet<String> {
    let header = people.addressees().map(|mailbox| mailbox.address.as_str());
    header.chain(envelope.recipients.iter().map(String::as_str)).map(address_key).collect()
}

fn sought<'m>(mailboxes: impl IntoIterator<Item = &'m Mailbox>) -> String {
    let lines = mailboxes.into_iter().map(|mailbox| format!("{} {}", mailbox.name, mailbox.address));
    lines.collect::<Vec<_>>().join("\n").to_lowercase()
}

/// The mail's words with single spaces between them.
fn words(message: &Message<'_>) -> String {
    let text = text(message).map(str::to_owned).or_else(|| html(message).map(html_to_text));
    text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn up_to(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
