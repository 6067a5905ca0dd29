//! Rendering: an unsealed mail event becomes a message, in its brand and its language.
//!
//! Words come from Fluent (`wording`), facts are made presentable (`facts`), both are put into a typed context
//! (`context`), templates place them (`templates`), and `message` wraps the parts in MIME. `trial` proves at
//! start that every mail there is can be rendered.

mod context;
mod facts;
mod message;
mod templates;
mod trial;
mod wording;

use crate::mail::OutgoingMail;
use common::brand::{Brand, Brands};
use common::event::RequestFacts;
use common::locale::Locale;
use common::sealing::MailSecrets;
use common::templates::{TemplateError, TemplateFiles};
use common::wording::Strings;
use context::Content;
use templates::Templates;
use time::OffsetDateTime;
use uuid::Uuid;

pub use templates::built_in;
pub use wording::FLUENT_FILES;

/// The mails there are; a template folder each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// The link that resets a password.
    ResetLink,
    /// The notice that a password was changed.
    PasswordChanged,
}

impl MailKind {
    /// Every mail.
    pub const ALL: [Self; 2] = [Self::ResetLink, Self::PasswordChanged];

    /// The name of its template folder.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ResetLink => "reset_link",
            Self::PasswordChanged => "password_changed",
        }
    }
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

impl From<TemplateError> for RenderError {
    fn from(error: TemplateError) -> Self {
        Self(error.to_string())
    }
}

/// What a reader sees, before it is encoded. Lines end in LF.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedParts {
    /// The subject; one line.
    pub subject: String,
    /// The HTML document.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

impl std::fmt::Debug for RenderedParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RenderedParts({:?}, links redacted)", self.subject)
    }
}

/// Compiled templates of every mail.
#[derive(Debug)]
pub struct Renderer {
    strings: Strings,
    templates: Templates,
}

impl Renderer {
    /// Compiles these templates, and renders each mail once for each brand and language.
    ///
    /// # Errors
    /// [`RenderError`] names every template that does not compile, or every mail that cannot be rendered or breaks
    /// a limit of length.
    pub fn new(files: &TemplateFiles, brands: &Brands) -> Result<Self, RenderError> {
        let renderer = Self::speaking(wording::shipped()?, files, brands)?;
        trial::render_everything(&renderer, brands)?;
        Ok(renderer)
    }

    /// The same in other words, which need not keep to a limit of length.
    ///
    /// # Errors
    /// [`RenderError`] names every template that does not compile.
    pub fn speaking(strings: Strings, files: &TemplateFiles, brands: &Brands) -> Result<Self, RenderError> {
        Ok(Self { templates: Templates::compile(files, brands, &strings)?, strings })
    }

    /// Renders one mail. The same input gives the same bytes.
    ///
    /// # Errors
    /// [`RenderError`]; no secret is in it.
    pub fn render(&self, mail: &MailToRender<'_>) -> Result<OutgoingMail, RenderError> {
        message::wrap(mail, self.parts(mail)?)
    }

    /// A mail of that kind with made-up facts, to be looked at.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn sample(
        &self,
        kind: MailKind,
        brand: &Brand,
        locale: &Locale,
        at: OffsetDateTime,
    ) -> Result<(RenderedParts, OutgoingMail), RenderError> {
        trial::sample(self, kind, brand, locale, at)
    }

    /// Renders what a reader sees of a mail, without wrapping it in a message.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn parts(&self, mail: &MailToRender<'_>) -> Result<RenderedParts, RenderError> {
        self.templates.fill(mail.kind, mail.brand, &Content::of(mail, &self.strings)?)
    }
}
