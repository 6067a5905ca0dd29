//! One DKIM-Signature field over a message.

use super::Lifetime;
use super::canonical;
use super::key::{Key, SigningFailed};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use time::Duration;

/// How long a signature holds once the mail must have been handed over: longer than any relay host queues a mail.
const WORTH: Duration = Duration::days(7);
/// The most characters of a line of base64.
const LINE: usize = 72;

/// The fields that are signed if the message has them: who, to whom, what, when, and what clients go by.
const SIGNED: [&str; 12] = [
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "content-language",
    "feedback-id",
    "mime-version",
    "content-type",
];

/// A key, and where receivers find its public half: `<selector>._domainkey.<domain>`.
#[derive(Debug)]
pub(super) struct Signer {
    pub(super) domain: String,
    pub(super) selector: String,
    pub(super) key: Key,
}

/// A message taken apart for signing.
pub(super) struct Signable {
    /// Name and value of each field, in order; the value still folded.
    fields: Vec<(String, String)>,
    /// The digest of the relaxed body.
    body_hash: String,
}

impl Signable {
    /// `None` if it is not a message of ASCII or UTF-8 fields, an empty line, and a body.
    pub(super) fn of(message: &[u8]) -> Option<Self> {
        let end = message.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(message.get(..end)?).ok()?;
        let body = canonical::body(message.get(end + 4..)?);
        Some(Self { fields: fields(head)?, body_hash: STANDARD.encode(Sha256::digest(body)) })
    }

    /// The fields to name in h=. Each is named once more than it stands there: adding one breaks the signature, and a
    /// second From is how a signed mail is made to show somebody else.
    fn named(&self) -> Vec<&'static str> {
        let count =
            |name: &str| self.fields.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name)).count();
        let named = SIGNED.into_iter().filter(|name| count(name) > 0);
        named.flat_map(|name| std::iter::repeat_n(name, count(name) + 1)).collect()
    }

    /// The relaxed fields named, from the bottom up (RFC 6376 §5.4.2); a name too many stands for nothing.
    fn relaxed(&self, named: &[&str]) -> String {
        let mut left: Vec<_> = self.fields.iter().collect();
        let mut relaxed = String::new();
        for name in named {
            if let Some(at) = left.iter().rposition(|(found, _)| found.eq_ignore_ascii_case(name)) {
                let (name, value) = left.remove(at);
                relaxed.push_str(&canonical::header(name, value));
                relaxed.push_str("\r\n");
            }
        }
        relaxed
    }
}

impl Signer {
    /// The whole field with its line end, to be put above the message.
    pub(super) fn field(&self, message: &Signable, lifetime: Lifetime) -> Result<String, SigningFailed> {
        let named = message.named();
        let begun = format!(
            " v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n t={}; x={};\r\n h={};\r\n bh={};\r\n b=",
            self.key.algorithm(),
            self.domain,
            self.selector,
            lifetime.occurred_at.unix_timestamp(),
            (lifetime.deliver_by + WORTH).unix_timestamp(),
            named.join(":\r\n  "),
            message.body_hash,
        );
        let signed = format!("{}{}", message.relaxed(&named), canonical::header("DKIM-Signature", &begun));
        let signature = folded(&STANDARD.encode(self.key.sign(signed.as_bytes())?));
        Ok(format!("DKIM-Signature:{begun}{signature}\r\n"))
    }
}

fn fields(head: &str) -> Option<Vec<(String, String)>> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut()?;
            value.push_str("\r\n");
            value.push_str(line);
        } else {
            let (name, value) = line.split_once(':')?;
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    Some(fields)
}

/// Base64 in lines; receivers leave out the space between.
fn folded(base64: &str) -> String {
    let mut folded = String::with_capacity(base64.len() + base64.len() / LINE * 3);
    for (position, character) in base64.chars().enumerate() {
        if position > 0 && position % LINE == 0 {
            folded.push_str("\r\n ");
        }
        folded.push(character);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8463 appendix A.2: the seed wrapped as RFC 8410 §7 does.
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    const MESSAGE: &str = "From: Joe SixPack <joe@football.example.com>\r\n\
        To: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\n\
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\
        \r\n\
        Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

    #[test]
    fn the_example_of_rfc_8463_is_signed_as_it_says() {
        let message = Signable::of(MESSAGE.as_bytes()).unwrap();
        assert_eq!(message.body_hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
        let named = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"];
        let begun = " v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; \
            i=@football.example.com;\r\n q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : \
            message-id : from : subject : date;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
        let signed = message.relaxed(&named) + &canonical::header("DKIM-Signature", begun);
        let signature = Key::from_pem(KEY).unwrap().sign(signed.as_bytes()).unwrap();
        assert_eq!(
            STANDARD.encode(signature),
            "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
        );
    }

    #[test]
    fn every_field_is_named_once_more_than_it_is_there() {
        let named = Signable::of(MESSAGE.as_bytes()).unwrap().named();
        assert_eq!(named.iter().filter(|name| **name == "from").count(), 2);
        assert_eq!(named.len(), 10);
    }

    #[test]
    fn a_field_is_folded_and_says_when() {
        let signer = Signer {
            domain: "d.example".to_owned(),
            selector: "s".to_owned(),
            key: Key::from_pem(KEY).unwrap(),
        };
        let message = Signable::of(MESSAGE.as_bytes()).unwrap();
        let occurred_at = time::macros::datetime!(2026-11-24 14:05:31.9 UTC);
        let lifetime = Lifetime { occurred_at, deliver_by: occurred_at + Duration::hours(4) };
        let field = signer.field(&message, lifetime).unwrap();
        assert!(field.contains("t=1795529131; x=1796148331;"), "{field}");
        assert!(field.split("\r\n").all(|line| line.len() <= 78), "{field}");
        assert!(field.split("\r\n").skip(1).all(|line| line.is_empty() || line.starts_with(' ')), "{field}");
        assert_eq!(signer.field(&message, lifetime).unwrap(), field);
    }

    #[test]
    fn what_is_no_message_is_not_signed() {
        for text in ["", "From: a\r\n", "no colon\r\n\r\nbody", " folded: first\r\n\r\n"] {
            assert!(Signable::of(text.as_bytes()).is_none(), "{text:?}");
        }
    }
}
