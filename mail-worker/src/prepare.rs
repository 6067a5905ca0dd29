//! From a mail event to the bytes of a mail: unseal, find the brand, render, sign.

use crate::dkim::{Dkim, Lifetime};
use crate::mail::OutgoingMail;
use crate::message::MailMessage;
use crate::outcome::Undeliverable;
use crate::render::{MailToRender, Renderer};
use common::brand::{AppId, Brand, Brands};
use common::locale::Locale;
use common::sealing::{MailSecrets, SealContext, UnsealError, UnsealingKeys};

/// Everything a mail is made with.
pub(crate) struct Preparer {
    pub(crate) keys: UnsealingKeys,
    pub(crate) brands: Brands,
    pub(crate) renderer: Renderer,
    pub(crate) dkim: Dkim,
}

/// Why a mail cannot be made, and words for the timeline without any secret.
pub(crate) type Unmakeable = (Undeliverable, String);

impl Preparer {
    /// Makes the mail: the same bytes each time, as long as templates, brands and keys are the same, and so is an error.
    pub(crate) fn make(&self, message: &MailMessage) -> Result<OutgoingMail, Unmakeable> {
        let secrets = self.unseal(message)?;
        let brand = self.brand(&message.event.app_id)?;
        let mail = MailToRender {
            event_id: message.envelope.event_id,
            occurred_at: message.envelope.occurred_at,
            kind: message.kind,
            brand,
            locale: &Locale::parse(&message.event.locale).unwrap_or_else(|_| Locale::english()),
            facts: &message.event.facts,
            secrets: &secrets,
        };
        let failed = |error: &dyn std::error::Error| (Undeliverable::RenderFailed, error.to_string());
        let mut outgoing = self.renderer.render(&mail).map_err(|error| failed(&error))?;
        let (occurred_at, deliver_by) = (message.envelope.occurred_at, message.envelope.deliver_by);
        let lifetime = Lifetime { occurred_at, deliver_by };
        let signed = self.dkim.sign(&brand.app_id, &mut outgoing, lifetime);
        signed.map_err(|error| failed(&error))?;
        Ok(outgoing)
    }

    fn unseal(&self, message: &MailMessage) -> Result<MailSecrets, Unmakeable> {
        let context = SealContext {
            event_id: message.envelope.event_id,
            kind: message.envelope.kind,
            app_id: &message.event.app_id,
            locale: &message.event.locale,
            deliver_by: message.envelope.deliver_by,
        };
        let opened = self.keys.unseal(&context, &message.event.sealed);
        opened.map_err(|error| {
            let is_lacking = matches!(error, UnsealError::UnknownKey(_));
            let why = if is_lacking { Undeliverable::UnknownKey } else { Undeliverable::Unsealable };
            (why, error.to_string())
        })
    }

    fn brand(&self, app_id: &str) -> Result<&Brand, Unmakeable> {
        let app = AppId::parse(app_id).map_err(|error| (Undeliverable::UnknownApp, error.to_string()))?;
        let unknown = || (Undeliverable::UnknownApp, format!("there is no brand for {}", app.as_str()));
        self.brands.get(&app).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests;
