//! Renders everything once at start, so that no mail is the first to find a mistake.

use super::context::{Content, MAX_SUBJECT};
use super::{MailKind, MailToRender, RenderError, RenderedParts, Renderer, message};
use crate::mail::OutgoingMail;
use common::address::EmailAddress;
use common::brand::{Brand, Brands};
use common::event::RequestFacts;
use common::locale::{Locale, SPOKEN};
use common::one_line::is_invisible;
use common::sealing::MailSecrets;
use common::token::Token;
use common::wording::Strings;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The most characters of the preheader's point: what a list of mails shows beside the subject.
const MAX_PREHEADER_POINT: usize = 35;
/// The most bytes of HTML; a mail far above it is cut by some clients.
const MAX_HTML_BYTES: usize = 30 * 1024;

/// Renders each mail for each brand and language.
///
/// # Errors
/// Every mistake, one after the other.
pub(super) fn render_everything(renderer: &Renderer, brands: &Brands) -> Result<(), RenderError> {
    let mut mistakes = Vec::new();
    for brand in brands.iter() {
        for kind in MailKind::ALL {
            for locale in SPOKEN.iter().filter_map(|tag| Locale::parse(tag).ok()) {
                if let Err(RenderError(mistake)) = try_one(renderer, kind, brand, &locale) {
                    mistakes.push(format!("{} of {} in {locale}: {mistake}", kind.name(), brand.name));
                }
            }
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(RenderError(mistakes.join("; "))) }
}

/// The content of a sample mail, for the names in it.
pub(super) fn content(kind: MailKind, brand: &Brand, strings: &Strings) -> Result<Content, RenderError> {
    Content::of(&mail(kind, brand, &Locale::english(), &facts(), &secrets()?), strings)
}

/// A sample of a mail, to be looked at.
pub(super) fn sample(
    renderer: &Renderer,
    kind: MailKind,
    brand: &Brand,
    locale: &Locale,
    at: OffsetDateTime,
) -> Result<(RenderedParts, OutgoingMail), RenderError> {
    let facts = RequestFacts {
        at,
        browser: "Firefox".to_owned(),
        system: "Android".to_owned(),
        link_lifetime: Duration::minutes(30),
        ..facts()
    };
    let secrets = MailSecrets { link_base: "https://account.example".to_owned(), ..secrets()? };
    let mail = MailToRender { occurred_at: at, ..mail(kind, brand, locale, &facts, &secrets) };
    let parts = renderer.parts(&mail)?;
    Ok((parts.clone(), message::wrap(&mail, parts)?))
}

fn try_one(renderer: &Renderer, kind: MailKind, brand: &Brand, locale: &Locale) -> Result<(), RenderError> {
    let (facts, secrets) = (facts(), secrets()?);
    let mail = mail(kind, brand, locale, &facts, &secrets);
    let content = Content::of(&mail, &renderer.strings)?;
    let parts = renderer.templates.fill(kind, brand, &content)?;
    limit("subject", parts.subject.chars().count(), MAX_SUBJECT)?;
    limit("preheader's point", content.frame().preheader_point.chars().count(), MAX_PREHEADER_POINT)?;
    limit("HTML", parts.html.len(), MAX_HTML_BYTES)?;
    limit("text", parts.text.len(), MAX_HTML_BYTES)?;
    require_one_line(&parts.subject)?;
    content.links().into_iter().try_for_each(|link| require_link(&parts, link))?;
    message::wrap(&mail, parts).map(|_| ())
}

fn require_one_line(subject: &str) -> Result<(), RenderError> {
    if subject.is_empty() || subject.chars().any(is_invisible) {
        return Err(RenderError("the subject is not one line of visible characters".to_owned()));
    }
    Ok(())
}

/// Without its link a mail is of no use to anybody, and without "not me" to nobody but a thief.
fn require_link(parts: &RenderedParts, (name, link): (&str, &str)) -> Result<(), RenderError> {
    for (part, text) in [("HTML", &parts.html), ("text", &parts.text)] {
        if !text.contains(link) {
            return Err(RenderError(format!("the {part} lacks the link {{{{{name}}}}}")));
        }
    }
    Ok(())
}

fn limit(what: &str, length: usize, most: usize) -> Result<(), RenderError> {
    if length <= most {
        return Ok(());
    }
    Err(RenderError(format!("the {what} has a length of {length}, and at most {most} is allowed")))
}

fn mail<'a>(
    kind: MailKind,
    brand: &'a Brand,
    locale: &'a Locale,
    facts: &'a RequestFacts,
    secrets: &'a MailSecrets,
) -> MailToRender<'a> {
    let (event_id, occurred_at) = (Uuid::nil(), OffsetDateTime::UNIX_EPOCH);
    MailToRender { event_id, occurred_at, kind, brand, locale, facts, secrets }
}

/// Long facts, so that limits hold for shorter ones too.
fn facts() -> RequestFacts {
    RequestFacts {
        at: OffsetDateTime::UNIX_EPOCH,
        browser: "Internet Explorer Mobile".to_owned(),
        system: "Windows Phone OS".to_owned(),
        device: String::new(),
        link_lifetime: Duration::minutes(32),
    }
}

fn secrets() -> Result<MailSecrets, RenderError> {
    let token = || Token::parse(&"A".repeat(43)).map_err(|error| RenderError(error.to_string()));
    Ok(MailSecrets {
        recipient: EmailAddress::parse("someone@example.org")
            .map_err(|error| RenderError(error.to_string()))?,
        link_base: format!("https://{}.example", "a".repeat(120)),
        reset_token: Some(token()?),
        revoke_token: token()?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{FLUENT_FILES, built_in};
    use super::*;

    #[test]
    fn a_subject_that_a_phone_would_cut_is_refused_at_start() {
        let bundle = include_str!("../../../common/brands/tapo.toml");
        let bundle =
            bundle.replace("account_name = \"TP-Link ID\"", "account_name = \"TP-Link Universal Login\"");
        let brands = Brands::parse([("bundle", &bundle[..])]).unwrap();
        // Neither with the account's name nor without it.
        let heading = "reset-link-heading = Reset your password";
        let files = FLUENT_FILES
            .map(|(tag, text)| (tag, text.replace(heading, &format!("{heading} right away, pretty please"))));
        let strings = Strings::parse(files.iter().map(|(tag, text)| (*tag, &text[..]))).unwrap();
        let renderer = Renderer::speaking(strings, &built_in(), &brands).unwrap();
        let RenderError(told) = render_everything(&renderer, &brands).unwrap_err();
        assert_eq!(
            told,
            "reset_link of Tapo in en: the subject has a length of 45, and at most 40 is allowed"
        );
    }
}
