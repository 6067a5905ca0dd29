//! A mail as the transaction needs it: commands, and the message ready for the wire.

use super::Fault;
use super::extensions::{Extensions, SizeLimit};
use super::failure::Failure;
use crate::mail::OutgoingMail;
use common::address::EmailAddress;
use lettre::Address;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};

/// A mail that can be transmitted.
pub(super) struct Letter {
    sender: Address,
    recipient: Address,
    /// Before dot-stuffing, as RFC 1870 §5 counts.
    size: usize,
    is_eight_bit: bool,
    /// The message, dot-stuffed, and the final dot.
    stuffed: Vec<u8>,
}

impl Letter {
    /// Refuses bare CR and LF: they must not be transmitted (RFC 5321 §2.3.8), and relay hosts that disagree about them
    /// let a second mail be smuggled in.
    pub(super) fn new(mail: &OutgoingMail) -> Result<Self, Failure> {
        if has_bare_line_end(&mail.message) {
            return Err(Failure::Stopped(Fault::Permanent, "the message holds a bare cr or lf"));
        }
        Ok(Self {
            sender: to_lettre(&mail.sender),
            recipient: to_lettre(&mail.recipient),
            size: mail.message.len(),
            is_eight_bit: !mail.message.is_ascii(),
            stuffed: stuff(&mail.message),
        })
    }

    /// MAIL with the parameters that this mail needs.
    ///
    /// What the relay host does not offer and the mail needs is permanent: its next attempt is made of the same bytes,
    /// and we do not rewrite what may be signed.
    pub(super) fn mail_command(&self, offered: &Extensions) -> Result<String, Failure> {
        let mut parameters = Vec::new();
        if let Some(limit) = offered.size {
            if matches!(limit, SizeLimit::Bytes(most) if most < u64::try_from(self.size).unwrap_or(u64::MAX))
            {
                return Err(permanent("the message is larger than the relay host takes"));
            }
            parameters.push(MailParameter::Size(self.size));
        }
        if self.is_eight_bit {
            if !offered.eight_bit_mime {
                return Err(permanent(
                    "the message has 8-bit bytes and the relay host takes 7-bit ones only",
                ));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if self.needs_utf8() {
            if !offered.smtp_utf8 {
                return Err(permanent("an address is not ascii and the relay host does not offer smtputf8"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        Ok(Mail::new(Some(self.sender.clone()), parameters).to_string())
    }

    pub(super) fn rcpt_command(&self) -> String {
        Rcpt::new(self.recipient.clone(), Vec::new()).to_string()
    }

    pub(super) fn data_command() -> String {
        Data.to_string()
    }

    pub(super) fn message_and_dot(&self) -> &[u8] {
        &self.stuffed
    }

    fn needs_utf8(&self) -> bool {
        [&self.sender, &self.recipient].iter().any(|address| !address.user().is_ascii())
    }
}

fn permanent(why: &'static str) -> Failure {
    Failure::Stopped(Fault::Permanent, why)
}

/// Our own parser was stricter: a dot-atom and A-labels.
fn to_lettre(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local_part(), address.domain())
}

fn has_bare_line_end(message: &[u8]) -> bool {
    let mut previous = 0;
    for &byte in message {
        if (byte == b'\n') != (previous == b'\r') {
            return true;
        }
        previous = byte;
    }
    previous == b'\r'
}

/// Doubles the dot that begins a line (RFC 5321 §4.5.2), ends the last line and adds the final dot.
fn stuff(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len() + message.len() / 32 + 5);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }
    if !message.is_empty() && !message.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed.extend_from_slice(b".\r\n");
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mail(recipient: &str, message: &[u8]) -> OutgoingMail {
        OutgoingMail {
            sender: EmailAddress::parse("noreply@reset.example").unwrap(),
            recipient: EmailAddress::parse(recipient).unwrap(),
            message: message.to_vec(),
        }
    }

    fn command(recipient: &str, message: &[u8], offered: &Extensions) -> String {
        match Letter::new(&mail(recipient, message)).unwrap().mail_command(offered) {
            Ok(command) => command,
            Err(failure) => failure.to_string(),
        }
    }

    /// What a server makes of it.
    fn unstuff(stuffed: &[u8]) -> Vec<u8> {
        let body = stuffed.strip_suffix(b".\r\n").unwrap();
        body.split_inclusive(|b| *b == b'\n')
            .flat_map(|l| l.strip_prefix(b".").unwrap_or(l).to_vec())
            .collect()
    }

    #[test]
    fn parameters_are_those_offered_and_needed() {
        let everything = Extensions {
            size: Some(SizeLimit::Unstated),
            eight_bit_mime: true,
            smtp_utf8: true,
            ..Extensions::default()
        };
        let nothing = Extensions::default();
        let from = "MAIL FROM:<noreply@reset.example>";
        assert_eq!(command("ada@example.org", b"hi\r\n", &nothing), format!("{from}\r\n"));
        assert_eq!(command("ada@example.org", b"hi\r\n", &everything), format!("{from} SIZE=4\r\n"));
        let all = command("jürgen@example.org", "grüße\r\n".as_bytes(), &everything);
        assert_eq!(all, format!("{from} SIZE=9 BODY=8BITMIME SMTPUTF8\r\n"));
    }

    #[test]
    fn what_is_needed_and_not_offered_is_refused() {
        let nothing = Extensions::default();
        assert!(command("ada@example.org", "grüße\r\n".as_bytes(), &nothing).contains("8-bit"));
        assert!(command("jürgen@example.org", b"hi\r\n", &nothing).contains("smtputf8"));
        let small = Extensions { size: Some(SizeLimit::Bytes(3)), ..Extensions::default() };
        assert!(command("ada@example.org", b"hi\r\n", &small).contains("larger"));
    }

    #[test]
    fn bare_line_ends_are_refused() {
        for message in ["a\nb", "a\rb", "\n", "\r", "a\r\r\n", "a\n\r\n", "x\r\n.\n", "x\n.\r\ny", "a\r"] {
            assert!(Letter::new(&mail("ada@example.org", message.as_bytes())).is_err(), "{message:?}");
        }
    }

    #[test]
    fn dots_at_line_starts_are_doubled() {
        for (message, stuffed) in [
            ("", ".\r\n"),
            (".", "..\r\n.\r\n"),
            ("a.\r\n.b\r\n..\r\n", "a.\r\n..b\r\n...\r\n.\r\n"),
            ("a\r\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"),
        ] {
            assert_eq!(stuff(message.as_bytes()), stuffed.as_bytes(), "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn a_server_gets_back_what_was_stuffed(lines in proptest::collection::vec("[.a]{0,4}", 0..8)) {
            let message: Vec<u8> = lines.iter().flat_map(|line| format!("{line}\r\n").into_bytes()).collect();
            let stuffed = stuff(&message);
            prop_assert_eq!(unstuff(&stuffed), message);
            let inner = &stuffed[..stuffed.len() - 3];
            prop_assert!(!inner.starts_with(b".\r\n") && !inner.windows(5).any(|w| w == b"\r\n.\r\n"));
        }
    }
}
