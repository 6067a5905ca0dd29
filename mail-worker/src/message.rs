//! Reading a message that anybody may have written to the queue.

use crate::render::MailKind;
use common::event::{Envelope, EventKind, MailEvent, Tally};
use common::queue::Delivery;
use uuid::Uuid;

/// A message that is a mail event, its sealed part still closed.
#[derive(Debug)]
pub(crate) struct MailMessage {
    pub(crate) envelope: Envelope,
    pub(crate) kind: MailKind,
    pub(crate) event: MailEvent,
}

impl MailMessage {
    /// Which attempt this is, from 1.
    pub(crate) fn attempt(&self) -> u32 {
        self.envelope.attempt.saturating_add(1)
    }
}

/// A message that is no mail event and never will be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// The event it claims to be, or nil.
    pub(crate) event_id: Uuid,
    /// What it says of its earlier attempts: its life is told from it.
    pub(crate) tally: Tally,
    /// What is wrong with it.
    pub(crate) why: String,
}

/// Reads a delivery.
pub(crate) fn read(delivery: &Delivery) -> Result<MailMessage, Unreadable> {
    let envelope = Envelope::decode(delivery.body.clone()).map_err(|error| Unreadable {
        event_id: delivery.id,
        tally: Tally::default(),
        why: error.to_string(),
    })?;
    let Envelope { event_id, tally, .. } = envelope;
    let unreadable = |why| Unreadable { event_id, tally, why };
    let kind = mail_kind(envelope.kind)
        .ok_or_else(|| unreadable(format!("{} is not a mail", envelope.kind.as_str_name())))?;
    let event = MailEvent::decode(envelope.body.clone()).map_err(|error| unreadable(error.to_string()))?;
    Ok(MailMessage { envelope, kind, event })
}

fn mail_kind(kind: EventKind) -> Option<MailKind> {
    match kind {
        EventKind::ResetLinkIssued => Some(MailKind::ResetLink),
        EventKind::PasswordChangedNotice => Some(MailKind::PasswordChanged),
        EventKind::Unspecified
        | EventKind::DeliveryReport
        | EventKind::PasswordChanged
        | EventKind::OperatorAction
        | EventKind::MailRedriven => None,
    }
}
