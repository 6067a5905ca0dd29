//! A mail ready to be sent: an SMTP envelope and the bytes of the message.

use common::address::EmailAddress;

/// What the SMTP client transmits.
#[derive(Clone)]
pub struct OutgoingMail {
    /// The envelope sender (MAIL FROM), to which bounces go.
    pub sender: EmailAddress,
    /// The envelope recipient (RCPT TO).
    pub recipient: EmailAddress,
    /// The message with CRLF line ends, not dot-stuffed, without the final dot.
    pub message: Vec<u8>,
}

impl std::fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutgoingMail({:?}, {} bytes)", self.recipient, self.message.len())
    }
}
