//! What the templates of a mail may mention: a struct a mail, because strict templates alone let a misspelt
//! condition through.

use super::{MailKind, MailToRender, RenderError, facts};
use common::token::Token;
use common::wording::{Strings, Wording, WordingError};
use serde::Serialize;

/// The values of one mail, flat: a template says `{{heading}}`.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Content {
    /// Of `reset_link`.
    ResetLink(ResetLink),
    /// Of `password_changed`.
    PasswordChanged(Frame),
}

/// What every mail has.
#[derive(Serialize)]
pub(super) struct Frame {
    lang: String,
    dir: &'static str,
    /// The side where lines begin, for clients that take the direction off the document.
    start: &'static str,
    pub(super) subject: String,
    pub(super) preheader_point: String,
    preheader_rest: String,
    brand_name: String,
    heading: String,
    intro: String,
    button_text: String,
    button_url: String,
    facts_heading: String,
    /// Stands after a label, where there is no table.
    colon: String,
    app_label: String,
    app: String,
    device_label: String,
    device: String,
    time_label: String,
    time: String,
    not_you_heading: String,
    not_you: String,
    plain_url_hint: String,
    support_hint: String,
    support_text: String,
    support_url: String,
    legal: String,
}

/// What the mail with the link has besides.
#[derive(Serialize)]
pub(super) struct ResetLink {
    #[serde(flatten)]
    frame: Frame,
    works_once: String,
    revoke_text: String,
    revoke_url: String,
}

/// The most characters of a subject: what a phone shows in one line.
pub(super) const MAX_SUBJECT: usize = 40;

/// The keys of the strings that each mail has in its own words.
struct Keys {
    subject: &'static str,
    preheader_point: &'static str,
    preheader_rest: &'static str,
    heading: &'static str,
    intro: &'static str,
    button: &'static str,
    facts_heading: &'static str,
    not_you: &'static str,
}

const RESET_LINK: Keys = Keys {
    subject: "reset-link-subject",
    preheader_point: "reset-link-preheader-point",
    preheader_rest: "reset-link-preheader-rest",
    heading: "reset-link-heading",
    intro: "reset-link-intro",
    button: "reset-link-button",
    facts_heading: "reset-link-facts-heading",
    not_you: "reset-link-not-you",
};

const PASSWORD_CHANGED: Keys = Keys {
    subject: "password-changed-subject",
    preheader_point: "password-changed-preheader-point",
    preheader_rest: "password-changed-preheader-rest",
    heading: "password-changed-heading",
    intro: "password-changed-intro",
    button: "password-changed-button",
    facts_heading: "password-changed-facts-heading",
    not_you: "password-changed-not-you",
};

impl Content {
    /// The values of that mail in its language.
    pub(super) fn of(mail: &MailToRender<'_>, strings: &Strings) -> Result<Self, RenderError> {
        let mut wording = strings.wording(mail.locale);
        wording.know("account", mail.brand.account_name.clone());
        wording.know("brand", mail.brand.name.clone());
        wording.know("apps", wording.list(&mail.brand.apps)?);
        // Masked: it tells apart the accounts of somebody who has two, and a forwarded mail gives nothing away.
        wording.know("address", mail.locale.spoken().isolate(mail.secrets.recipient.masked()));
        let revoke_url = link(mail, "revoke", &mail.secrets.revoke_token);
        match mail.kind {
            MailKind::ResetLink => {
                wording.know("lifetime", facts::lifetime(&wording, mail.facts.link_lifetime)?);
                reset_link(mail, &wording, revoke_url).map(Self::ResetLink)
            }
            MailKind::PasswordChanged => {
                frame(mail, &wording, &PASSWORD_CHANGED, revoke_url).map(Self::PasswordChanged)
            }
        }
    }

    /// The links that the mail is for, by their names in templates.
    pub(super) fn links(&self) -> Vec<(&'static str, &str)> {
        let button = ("button_url", &self.frame().button_url[..]);
        match self {
            Self::ResetLink(content) => vec![button, ("revoke_url", &content.revoke_url)],
            // Its button is "not me".
            Self::PasswordChanged(_) => vec![button],
        }
    }

    /// The part that every mail has.
    pub(super) fn frame(&self) -> &Frame {
        match self {
            Self::ResetLink(content) => &content.frame,
            Self::PasswordChanged(frame) => frame,
        }
    }
}

fn reset_link(
    mail: &MailToRender<'_>,
    wording: &Wording<'_>,
    revoke_url: String,
) -> Result<ResetLink, RenderError> {
    let no_token = || RenderError("the mail has no reset token".to_owned());
    let reset_token = mail.secrets.reset_token.as_ref().ok_or_else(no_token)?;
    Ok(ResetLink {
        frame: frame(mail, wording, &RESET_LINK, link(mail, "r", reset_token))?,
        works_once: wording.say("reset-link-works-once")?,
        revoke_text: wording.say("reset-link-revoke")?,
        revoke_url,
    })
}

fn frame(
    mail: &MailToRender<'_>,
    wording: &Wording<'_>,
    keys: &Keys,
    button_url: String,
) -> Result<Frame, RenderError> {
    let language = mail.locale.spoken();
    let (dir, start) = if language.is_right_to_left() { ("rtl", "right") } else { ("ltr", "left") };
    Ok(Frame {
        lang: language.to_string(),
        dir,
        start,
        subject: subject(wording, keys)?,
        preheader_point: wording.say(keys.preheader_point)?,
        preheader_rest: wording.say(keys.preheader_rest)?,
        brand_name: mail.brand.name.clone(),
        heading: wording.say(keys.heading)?,
        intro: wording.say(keys.intro)?,
        button_text: wording.say(keys.button)?,
        button_url,
        facts_heading: wording.say(keys.facts_heading)?,
        colon: wording.say("colon")?,
        app_label: wording.say("app-label")?,
        app: mail.brand.name.clone(),
        device_label: wording.say("device-label")?,
        device: facts::device(wording, mail.brand, mail.facts)?,
        time_label: wording.say("time-label")?,
        time: facts::instant(wording, mail.facts.at)?,
        not_you_heading: wording.say("not-you-heading")?,
        not_you: wording.say(keys.not_you)?,
        plain_url_hint: wording.say("plain-url-hint")?,
        support_hint: wording.say("support-hint")?,
        support_text: wording.say("support-text")?,
        support_url: mail.brand.support_url.clone(),
        legal: mail.brand.legal(mail.locale).to_owned(),
    })
}

/// With the account's name, unless a phone would cut it then: the heading says what it is about in any case.
fn subject(wording: &Wording<'_>, keys: &Keys) -> Result<String, WordingError> {
    let whole = wording.say(keys.subject)?;
    if whole.chars().count() <= MAX_SUBJECT { Ok(whole) } else { wording.say(keys.heading) }
}

fn link(mail: &MailToRender<'_>, path: &str, token: &Token) -> String {
    let base = mail.secrets.link_base.trim_end_matches('/');
    format!("{base}/{path}/{}", *token.expose_for_link())
}
