//! Rendering: an unsealed mail event becomes a message, in its brand and its language.

use crate::mail::OutgoingMail;
use common::brand::{Brand, Brands};
use common::event::RequestFacts;
use common::locale::Locale;
use common::sealing::MailSecrets;
use time::OffsetDateTime;
use uuid::Uuid;

/// The mails there are; a template folder each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// The link that resets a password.
    ResetLink,
    /// The notice that a password was changed.
    PasswordChanged,
}

/// Everything a mail is made of.
#[derive(Debug)]
pub struct MailToRender<'a> {
    /// Names the Message-ID and the MIME boundaries: the same at every attempt.
    pub event_id: Uuid,
    /// The Date header.
    pub occurred_at: OffsetDateTime,
    /// Which mail.
    pub kind: MailKind,
    /// How it looks and who it is from.
    pub brand: &'a Brand,
    /// Its language.
    pub locale: &'a Locale,
    /// What it tells of the request.
    pub facts: &'a RequestFacts,
    /// Recipient and links.
    pub secrets: &'a MailSecrets,
}

/// A mail could not be rendered. Permanent, until the templates are mended.
#[derive(Debug, thiserror::Error)]
#[error("could not render: {0}")]
pub struct RenderError(String);

/// Compiled templates of every mail.
#[derive(Debug)]
pub struct Renderer {}

impl Renderer {
    /// Compiles everything that is built in.
    ///
    /// # Errors
    /// [`RenderError`] names the template that does not compile.
    pub fn new(_brands: &Brands) -> Result<Self, RenderError> {
        Ok(Self {})
    }

    /// Renders one mail. The same input gives the same bytes.
    ///
    /// # Errors
    /// [`RenderError`]; no secret is in it.
    pub fn render(&self, _mail: &MailToRender<'_>) -> Result<OutgoingMail, RenderError> {
        Err(RenderError(String::new()))
    }
}
