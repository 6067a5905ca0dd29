//! Reads one bundle and reports every mistake in it, so that whoever writes one mends it in one go.

use super::{AppId, Brand, Colour, Colours, LEAST_CONTRAST, Mailbox, NativeApp};
use crate::address::EmailAddress;
use crate::locale::SPOKEN;
use crate::one_line::is_invisible;
use std::collections::BTreeMap;
use std::fmt::Display;
use toml::{Table, Value};

/// The most characters of a text in a bundle; the legal line is the longest.
const MAX_CHARACTERS: usize = 300;

/// What could be read of a bundle.
pub(super) struct Read {
    /// Whose it is, even if something else is wrong.
    pub(super) app_id: Option<AppId>,
    /// The brand, if nothing is wrong.
    pub(super) brand: Option<Brand>,
}

/// Reads a bundle; each mistake goes to `mistakes`, with `label` in front.
pub(super) fn read(label: &str, text: &str, mistakes: &mut Vec<String>) -> Read {
    match text.parse::<Table>() {
        Ok(table) => {
            let mut section = Section { at: format!("{label}: "), table, mistakes };
            let app_id = section.text("app_id", AppId::parse);
            Read { brand: section.brand(app_id.clone()), app_id }
        }
        Err(error) => {
            let line = error.span().map_or(1, |at| 1 + text[..at.start].matches('\n').count());
            mistakes.push(format!("{label}: line {line}: {}", error.message()));
            Read { app_id: None, brand: None }
        }
    }
}
/// A table of a bundle. Keys are taken out as they are read; what is left at the end is unknown.
struct Section<'m> {
    /// What stands before a key in a mistake.
    at: String,
    table: Table,
    mistakes: &'m mut Vec<String>,
}

impl Section<'_> {
    fn mistake(&mut self, key: &str, what: impl Display) {
        self.mistakes.push(format!("{}{key}: {what}", self.at));
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let value = self.table.remove(key);
        if value.is_none() {
            self.mistake(key, "is missing");
        }
        value
    }

    fn text<T, E: Display>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        let value = self.take(key)?;
        self.parsed(key, &value, &parse)
    }

    /// `Some(None)` if it is not there.
    fn optional<T, E: Display>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        if self.table.contains_key(key) { self.text(key, parse).map(Some) } else { Some(None) }
    }

    /// A list of at least one text.
    fn texts<T, E: Display>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<Vec<T>> {
        match self.take(key)? {
            Value::Array(values) if !values.is_empty() => {
                let read: Vec<_> = values.iter().map(|value| self.parsed(key, value, &parse)).collect();
                read.into_iter().collect()
            }
            _ => {
                self.mistake(key, "is a list of at least one text");
                None
            }
        }
    }

    fn parsed<T, E: Display>(
        &mut self,
        key: &str,
        value: &Value,
        parse: &impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let Some(text) = value.as_str() else {
            self.mistake(key, "is a text");
            return None;
        };
        parse(text).map_err(|error| self.mistake(key, error)).ok()
    }

    fn section(&mut self, key: &str) -> Option<Section<'_>> {
        match self.take(key)? {
            Value::Table(table) => {
                Some(Section { at: format!("{}{key}.", self.at), table, mistakes: self.mistakes })
            }
            _ => {
                self.mistake(key, "is a table");
                None
            }
        }
    }

    fn refuse_the_rest(&mut self) {
        for key in std::mem::take(&mut self.table).keys() {
            self.mistake(key, "is not a known key");
        }
    }

    fn brand(mut self, app_id: Option<AppId>) -> Option<Brand> {
        // Everything is read before the first `?`: a mistake must not hide the ones after it.
        let name = self.text("name", line);
        let account_name = self.text("account_name", line);
        let apps = self.texts("apps", line);
        let colours = self.section("colours").and_then(Section::colours);
        let from = self.section("from").and_then(Section::mailbox);
        let reply_to = self.section("reply_to").and_then(Section::mailbox);
        let support_url = self.text("support_url", https_url);
        let return_url = self.text("return_url", https_url);
        let legal = self.section("legal").and_then(Section::legal);
        // The web site has no devices of its own.
        let devices =
            if self.table.contains_key("devices") { self.texts("devices", line) } else { Some(Vec::new()) };
        let has_app = self.table.contains_key("native_app");
        let native_app = if has_app {
            self.section("native_app").and_then(Section::native_app).map(Some)
        } else {
            Some(None)
        };
        let bounce_domain = self.optional("bounce_domain", domain);
        let feedback_sender = self.optional("feedback_sender", feedback_sender);
        self.refuse_the_rest();
        Some(Brand {
            app_id: app_id?,
            name: name?,
            account_name: account_name?,
            apps: apps?,
            colours: colours?,
            from: from?,
            reply_to: reply_to?,
            support_url: support_url?,
            return_url: return_url?,
            legal: legal?,
            devices: devices?,
            native_app: native_app?,
            bounce_domain: bounce_domain?,
            feedback_sender: feedback_sender?,
        })
    }

    fn mailbox(mut self) -> Option<Mailbox> {
        let name = self.text("name", line);
        let address = self.text("address", EmailAddress::parse);
        self.refuse_the_rest();
        Some(Mailbox { name: name?, address: address? })
    }

    /// The legal line in every language the product speaks, and in no other.
    fn legal(mut self) -> Option<BTreeMap<String, String>> {
        let lines: Vec<_> =
            SPOKEN.iter().map(|tag| Some(((*tag).to_owned(), self.text(tag, line)?))).collect();
        self.refuse_the_rest();
        lines.into_iter().collect()
    }

    fn native_app(mut self) -> Option<NativeApp> {
        let apple = self.text("apple", line);
        let android_package = self.text("android_package", line);
        let android_certificates = self.texts("android_certificates", fingerprint);
        self.refuse_the_rest();
        Some(NativeApp {
            apple: apple?,
            android_package: android_package?,
            android_certificates: android_certificates?,
        })
    }

    fn colours(mut self) -> Option<Colours> {
        let button = self.text("button", Colour::parse);
        let button_text = self.text("button_text", Colour::parse);
        let dark_button = self.text("dark_button", Colour::parse);
        let dark_button_text = self.text("dark_button_text", Colour::parse);
        self.require_contrast("button_text", button, button_text);
        self.require_contrast("dark_button_text", dark_button, dark_button_text);
        self.refuse_the_rest();
        Some(Colours {
            button: button?,
            button_text: button_text?,
            dark_button: dark_button?,
            dark_button_text: dark_button_text?,
        })
    }

    fn require_contrast(&mut self, key: &str, back: Option<Colour>, text: Option<Colour>) {
        let contrast = back.zip(text).map(|(back, text)| back.contrast(text));
        if let Some(contrast) = contrast.filter(|contrast| *contrast < LEAST_CONTRAST) {
            self.mistake(key, format!("the contrast is {contrast:.2}, and less than {LEAST_CONTRAST}"));
        }
    }
}

/// A text that fits into a header and into a paragraph alike.
fn line(text: &str) -> Result<String, &'static str> {
    let fits = !text.is_empty()
        && text == text.trim()
        && text.chars().count() <= MAX_CHARACTERS
        && !text.chars().any(is_invisible);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("is one line of 1 to 300 characters, with no space around it and no invisible character")
    }
}

/// As `keytool` and Google's console write it; what is written otherwise matches no app, and nobody would say so.
fn fingerprint(text: &str) -> Result<String, &'static str> {
    let is_byte = |pair: &str| {
        pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
    };
    if text.split(':').count() == 32 && text.split(':').all(is_byte) {
        Ok(text.to_owned())
    } else {
        Err("is the SHA-256 fingerprint of a certificate: 32 pairs of 0-9 and A-F with colons between")
    }
}

/// A URL that can stand in an attribute and in a line of text as it is.
fn https_url(text: &str) -> Result<String, &'static str> {
    let host_and_path = text.strip_prefix("https://").unwrap_or_default();
    let plain = |b: u8| b.is_ascii_graphic() && !b"\"'<>\\`{}".contains(&b);
    if !host_and_path.is_empty() && !host_and_path.starts_with('/') && host_and_path.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("is a URL that starts with https:// and needs no escaping")
    }
}

/// A domain that mail can come to.
fn domain(text: &str) -> Result<String, String> {
    let address = EmailAddress::parse(&format!("bounce@{text}"));
    address
        .map(|address| address.domain().to_owned())
        .map_err(|_| "is no domain of a mail address".to_owned())
}

/// As Gmail's feedback loop wants it: the same in every mail of a sender, 5 to 15 characters.
fn feedback_sender(text: &str) -> Result<String, &'static str> {
    let fits = (5..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(text.to_owned()) } else { Err("is 5 to 15 of A-Z, a-z, 0-9 and -") }
}
