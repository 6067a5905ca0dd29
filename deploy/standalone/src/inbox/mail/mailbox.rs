//! The addresses in a mail's header, and those that are in its envelope only.

use super::Envelope;
use crate::inbox::address_key::address_key;
use mail_parser::{Address, Message};
use serde::{Deserialize, Serialize};

/// A name and an address, written as Mailpit writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::inbox) struct Mailbox {
    /// The display name, decoded; may be empty.
    pub(in crate::inbox) name: String,
    /// The address as written.
    pub(in crate::inbox) address: String,
}

/// Everybody a mail names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::inbox) struct Correspondents {
    /// The first author; the envelope's sender where the header names none.
    pub(in crate::inbox) from: Mailbox,
    /// The header's To.
    pub(in crate::inbox) to: Vec<Mailbox>,
    /// The header's Cc.
    pub(in crate::inbox) cc: Vec<Mailbox>,
    /// The header's Bcc, and every recipient of the envelope that the header does not name.
    pub(in crate::inbox) bcc: Vec<Mailbox>,
    /// The header's Reply-To.
    pub(in crate::inbox) reply_to: Vec<Mailbox>,
}

impl Correspondents {
    pub(super) fn of(message: &Message<'_>, envelope: &Envelope) -> Self {
        let from = mailboxes(message.from()).into_iter().next();
        let from = from.unwrap_or_else(|| Mailbox { address: envelope.sender.clone(), ..Mailbox::default() });
        let (to, cc) = (mailboxes(message.to()), mailboxes(message.cc()));
        let mut bcc = mailboxes(message.bcc());
        let named: Vec<_> = to.iter().chain(&cc).chain(&bcc).map(|m| address_key(&m.address)).collect();
        let hidden = envelope.recipients.iter().filter(|address| !named.contains(&address_key(address)));
        bcc.extend(hidden.map(|address| Mailbox { address: address.clone(), ..Mailbox::default() }));
        Self { from, to, cc, bcc, reply_to: mailboxes(message.reply_to()) }
    }

    /// Everybody the mail is for.
    pub(super) fn addressees(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }
}

fn mailboxes(header: Option<&Address<'_>>) -> Vec<Mailbox> {
    let entries = header.into_iter().flat_map(Address::iter);
    let mailboxes = entries.map(|entry| Mailbox {
        name: entry.name().unwrap_or_default().to_owned(),
        address: entry.address().unwrap_or_default().to_owned(),
    });
    mailboxes.filter(|mailbox| !mailbox.address.is_empty() || !mailbox.name.is_empty()).collect()
}
