//! What the relay host took.

use mail_parser::MessageParser;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

/// A mail that the relay host took.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// The envelope's recipient.
    pub(crate) to: String,
    /// Message-ID, without angle brackets.
    pub(crate) message_id: String,
    /// The links in it: to a new password, and to "this was not me".
    pub(crate) links: Vec<String>,
    /// What its client called itself in EHLO.
    pub(crate) from: String,
    /// When the final dot came.
    pub(crate) at: Instant,
    /// The same by the clock of the copies.
    pub(crate) time: OffsetDateTime,
}

impl Taken {
    /// Reads a message; `None` if it is none.
    pub(super) fn read(raw: &[u8], to: &str, from: &str, time: OffsetDateTime) -> Option<Self> {
        let message = MessageParser::default().parse(raw)?;
        let text = message.body_text(0)?;
        let links = text.split_whitespace().filter(|word| word.contains("/r/") || word.contains("/revoke/"));
        Some(Self {
            to: to.to_owned(),
            message_id: message.message_id()?.to_owned(),
            links: links.map(str::to_owned).collect(),
            from: from.to_owned(),
            at: Instant::now(),
            time,
        })
    }

    /// The link to a new password.
    pub(crate) fn reset_link(&self) -> Option<&str> {
        self.links.iter().map(String::as_str).find(|link| link.contains("/r/"))
    }

    /// The id of the event that the mail is made from; nil, if it is none of ours.
    pub(crate) fn event_id(&self) -> Uuid {
        self.message_id.split('@').next().unwrap_or_default().parse().unwrap_or_default()
    }
}

/// All of them.
#[derive(Debug)]
pub(super) struct Mails {
    taken: Mutex<Vec<Taken>>,
    greylisted: Mutex<BTreeSet<String>>,
    arrivals: mpsc::UnboundedSender<Taken>,
}

impl Mails {
    pub(super) fn new(arrivals: mpsc::UnboundedSender<Taken>) -> Self {
        Self { taken: Mutex::default(), greylisted: Mutex::default(), arrivals }
    }

    pub(super) fn keep(&self, mail: Taken) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.iter().all(|known| known.message_id != mail.message_id) {
            // Nobody completes any more when the run is over.
            let _ = self.arrivals.send(mail.clone());
        }
        taken.push(mail);
    }

    pub(super) fn all(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether there is one to this recipient.
    pub(super) fn has_one_to(&self, recipient: &str) -> bool {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|mail| mail.to == recipient)
    }

    /// Whether this recipient is named for the first time.
    pub(super) fn is_new(&self, recipient: &str) -> bool {
        self.greylisted.lock().unwrap_or_else(PoisonError::into_inner).insert(recipient.to_owned())
    }
}
