//! A mail as its owner reads it.

use super::World;
use serde_json::Value;

/// How many characters a token has in a link.
const TOKEN_CHARACTERS: usize = 43;

/// A mail from the inbox.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The address of From.
    pub from: String,
    /// The name before it.
    pub from_name: String,
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
}

/// The one thing to press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

impl Mail {
    pub(super) fn read(content: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            from: text(&content["From"]["Address"]),
            from_name: text(&content["From"]["Name"]),
            subject: text(&content["Subject"]),
            html: text(&content["HTML"]),
            text: text(&content["Text"]),
        }
    }

    /// The button of the HTML part.
    ///
    /// # Panics
    /// If there is none, or more than one.
    #[must_use]
    pub fn button(&self) -> Button {
        let mut buttons = self.html.split("<a class=\"button\" href=\"").skip(1);
        let button = buttons.next().expect("a button");
        assert_eq!(buttons.next(), None, "one button only");
        let (url, rest) = button.split_once('"').expect("the end of the address");
        let (_, rest) = rest.split_once('>').expect("the end of the tag");
        let (text, _) = rest.split_once('<').expect("the end of the text");
        Button { text: text.to_owned(), url: url.to_owned() }
    }
}

impl World {
    /// The token of the reset link that a mail's button leads to.
    ///
    /// # Panics
    /// If the mail has no such link, or its text part another one.
    #[must_use]
    pub fn link_in(&self, mail: &Mail) -> String {
        let url = mail.button().url;
        assert!(mail.text.contains(&url), "the text part has the same link");
        token_of(&url, "/r/")
    }

    /// The token of the "not me" link of either mail.
    ///
    /// # Panics
    /// If the mail has none.
    #[must_use]
    pub fn not_me_link_in(&self, mail: &Mail) -> String {
        let url = mail.text.split_whitespace().find(|word| word.contains("/revoke/"));
        token_of(url.expect("a \"not me\" link"), "/revoke/")
    }
}

/// The last part of a link of ours.
fn token_of(url: &str, path: &str) -> String {
    assert!(url.len() <= 200, "a link that mail programs leave whole: {url}");
    let (base, token) = url.split_once(path).unwrap_or_else(|| panic!("{url} does not lead to {path}"));
    assert!(base.starts_with("http://127.0.0.1:") || base.starts_with("https://"), "{base}");
    assert_eq!(token.len(), TOKEN_CHARACTERS, "{url}");
    assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{url}");
    token.to_owned()
}
