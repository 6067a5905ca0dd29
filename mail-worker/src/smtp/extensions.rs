//! What the relay host offers in its answer to EHLO (RFC 5321 §4.1.1.1).

use super::reply::ReplyLines;
use lettre::transport::smtp::authentication::Mechanism;

/// The extensions that we use. Keywords are of any case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    /// RFC 2920.
    pub(super) pipelining: bool,
    /// RFC 3207.
    pub(super) starttls: bool,
    /// RFC 6152.
    pub(super) eight_bit_mime: bool,
    /// RFC 6531.
    pub(super) smtp_utf8: bool,
    /// RFC 1870.
    pub(super) size: Option<SizeLimit>,
    /// AUTH PLAIN and AUTH LOGIN (RFC 4954 §3).
    pub(super) plain: bool,
    pub(super) login: bool,
}

/// How large a message may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SizeLimit {
    /// SIZE without a number, or with 0: no fixed limit.
    Unstated,
    /// At most so many bytes.
    Bytes(u64),
}

impl Extensions {
    /// Reads an EHLO reply; its first line is the greeting.
    pub(super) fn from_ehlo(reply: &ReplyLines) -> Self {
        let mut extensions = Self::default();
        for line in reply.lines().skip(1) {
            extensions.add(&line.to_ascii_uppercase());
        }
        extensions
    }

    fn add(&mut self, line: &str) {
        // Old servers write AUTH=LOGIN beside, or instead of, AUTH LOGIN.
        let mut words =
            line.split(|c: char| c.is_ascii_whitespace() || c == '=').filter(|word| !word.is_empty());
        match words.next() {
            Some("PIPELINING") => self.pipelining = true,
            Some("STARTTLS") => self.starttls = true,
            Some("8BITMIME") => self.eight_bit_mime = true,
            Some("SMTPUTF8") => self.smtp_utf8 = true,
            Some("SIZE") => self.size = Some(size_limit(words.next())),
            Some("AUTH") => words.for_each(|mechanism| self.add_mechanism(mechanism)),
            _ => {}
        }
    }

    fn add_mechanism(&mut self, name: &str) {
        match name {
            "PLAIN" => self.plain = true,
            "LOGIN" => self.login = true,
            _ => {}
        }
    }

    /// PLAIN before LOGIN, which takes two round trips more.
    pub(super) fn mechanism(&self) -> Option<Mechanism> {
        match (self.plain, self.login) {
            (true, _) => Some(Mechanism::Plain),
            (false, true) => Some(Mechanism::Login),
            (false, false) => None,
        }
    }
}

fn size_limit(word: Option<&str>) -> SizeLimit {
    match word.and_then(|number| number.parse().ok()) {
        None | Some(0) => SizeLimit::Unstated,
        Some(bytes) => SizeLimit::Bytes(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reply::ReplyReader;
    use super::*;
    use proptest::prelude::*;

    fn offered(lines: &[&str]) -> Extensions {
        let mut reader = ReplyReader::default();
        reader.push(b"250-relay.example greets you").unwrap();
        for line in lines {
            reader.push(format!("250-{line}").as_bytes()).unwrap();
        }
        Extensions::from_ehlo(&reader.push(b"250 HELP").unwrap().unwrap())
    }

    #[test]
    fn keywords_are_read_in_any_case() {
        let all =
            offered(&["PIPELINING", "size 1000", "starttls", "8BitMime", "SMTPUTF8", "AUTH LOGIN PLAIN"]);
        assert!(all.pipelining && all.starttls && all.eight_bit_mime && all.smtp_utf8);
        assert_eq!(all.size, Some(SizeLimit::Bytes(1000)));
        assert_eq!(all.mechanism(), Some(Mechanism::Plain));
    }

    #[test]
    fn odd_lines_mean_nothing_more_than_they_say() {
        assert_eq!(offered(&["", " ", "XPIPELINING", "AUTH", "AUTH GSSAPI"]), Extensions::default());
        assert_eq!(offered(&["AUTH=LOGIN"]).mechanism(), Some(Mechanism::Login));
        for line in ["SIZE", "SIZE 0", "SIZE x", "SIZE 99999999999999999999999"] {
            assert_eq!(offered(&[line]).size, Some(SizeLimit::Unstated), "{line}");
        }
    }

    #[test]
    fn the_greeting_is_not_an_extension() {
        let reply = ReplyReader::default().push(b"250 STARTTLS").unwrap().unwrap();
        assert_eq!(Extensions::from_ehlo(&reply), Extensions::default());
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,40}") {
            offered(&[&line]);
        }
    }
}
