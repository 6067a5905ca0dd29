//! Replies.

use std::fmt;

/// One reply: the code, the enhanced code (RFC 3463) unless the reply has none, and words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) enhanced: &'static str,
    pub(super) text: &'static str,
}

impl Reply {
    pub(super) const fn new(code: u16, enhanced: &'static str, text: &'static str) -> Self {
        Self { code, enhanced, text }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, enhanced, text } = self;
        if enhanced.is_empty() {
            write!(f, "{code} {text}\r\n")
        } else {
            write!(f, "{code} {enhanced} {text}\r\n")
        }
    }
}

pub(super) const GREETING: Reply = Reply::new(220, "", "localhost ESMTP inbox, every address is welcome");
pub(super) const HELO: Reply = Reply::new(250, "", "localhost");
pub(super) const SENDER_OK: Reply = Reply::new(250, "2.1.0", "sender ok");
pub(super) const RECIPIENT_OK: Reply = Reply::new(250, "2.1.5", "recipient ok");
pub(super) const GO_AHEAD: Reply = Reply::new(354, "", "go ahead, end with a line that is a dot");
pub(super) const STORED: Reply = Reply::new(250, "2.0.0", "stored");
pub(super) const OK: Reply = Reply::new(250, "2.0.0", "ok");
pub(super) const BYE: Reply = Reply::new(221, "2.0.0", "bye");
pub(super) const NOT_VERIFIED: Reply = Reply::new(252, "2.1.5", "every address is welcome");

pub(super) const SHUTTING_DOWN: Reply = Reply::new(421, "4.3.2", "shutting down");
pub(super) const TOO_SLOW: Reply = Reply::new(421, "4.4.2", "silent for too long");
pub(super) const NOT_STORED: Reply = Reply::new(451, "4.3.0", "the mail could not be stored");
pub(super) const TOO_MANY_RECIPIENTS: Reply = Reply::new(452, "4.5.3", "too many recipients");

pub(super) const UNKNOWN: Reply = Reply::new(500, "5.5.2", "no such command");
pub(super) const LINE_TOO_LONG: Reply = Reply::new(500, "5.5.2", "the line is too long");
pub(super) const BARE_LF: Reply = Reply::new(500, "5.5.2", "lines end with CR LF");
pub(super) const NOT_HERE: Reply = Reply::new(502, "5.5.1", "the inbox does not have this command");
pub(super) const NO_ARGUMENT: Reply = Reply::new(501, "5.5.4", "this command has no argument");
pub(super) const NEEDS_NAME: Reply = Reply::new(501, "5.5.4", "the client's name is missing");
pub(super) const NEEDS_SENDER: Reply = Reply::new(501, "5.5.4", "MAIL FROM:<address> is wanted");
pub(super) const NEEDS_RECIPIENT: Reply = Reply::new(501, "5.5.4", "RCPT TO:<address> is wanted");
pub(super) const BAD_SENDER: Reply = Reply::new(501, "5.1.7", "not an address");
pub(super) const BAD_RECIPIENT: Reply = Reply::new(501, "5.1.3", "not an address");
pub(super) const BAD_PARAMETER: Reply = Reply::new(501, "5.5.4", "a parameter has a bad value");
pub(super) const UNKNOWN_PARAMETER: Reply = Reply::new(555, "5.5.4", "a parameter is unknown");
pub(super) const NEEDS_SMTPUTF8: Reply =
    Reply::new(553, "5.6.7", "an address like this needs the parameter SMTPUTF8 on MAIL");
pub(super) const HELLO_FIRST: Reply = Reply::new(503, "5.5.1", "say EHLO first");
pub(super) const MAIL_FIRST: Reply = Reply::new(503, "5.5.1", "say MAIL first");
pub(super) const RCPT_FIRST: Reply = Reply::new(503, "5.5.1", "no recipient was accepted");
pub(super) const MAIL_AGAIN: Reply = Reply::new(503, "5.5.1", "one mail at a time");
pub(super) const TOO_BIG: Reply = Reply::new(552, "5.3.4", "the mail is too big");
pub(super) const LONG_TEXT_LINE: Reply =
    Reply::new(554, "5.6.0", "a line has more than 998 octets (RFC 5321 section 4.5.3.1.6)");
pub(super) const BARE_LF_IN_TEXT: Reply =
    Reply::new(554, "5.6.0", "a line does not end with CR LF (RFC 5321 section 2.3.8)");
