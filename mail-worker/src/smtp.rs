//! The SMTP client: our own connection over lettre's command types and reply parser.
//!
//! lettre's connection cannot tell a failure before the final dot from one after it, keeps plaintext that arrived
//! before TLS, and stalls on Nagle's algorithm; telling these apart is what this client is for.
//!
//! [`Transport`] takes a connection from the pool or dials one (TCP, greeting, EHLO, TLS, AUTH), has a transaction
//! on it (MAIL, RCPT, DATA, the message and its dot in one write), and gives it back after a 250 to the dot only:
//! after anything else, a dropped future included, the connection is gone, so that no reply is ever taken for
//! another mail's.

mod auth;
mod classify;
mod connection;
mod credentials;
mod dial;
mod extensions;
mod failure;
mod letter;
mod pool;
mod queue_id;
mod reply;
mod settings;
mod tls;
mod transport;
mod url;
mod wire;

pub use credentials::Credentials;
pub(crate) use queue_id::queue_id;
pub use settings::{ConnectionLimits, RelayHost, RootsError, Settings, SettingsError, Timeouts, TlsMode};
pub use transport::Transport;
pub use url::SmtpUrlError;

use async_trait::async_trait;
use common::event::DeliveryStage;

/// A relay host's reply, as the timeline keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three-digit code.
    pub code: u16,
    /// The enhanced status code (RFC 3463) such as `5.1.1`, or empty.
    pub enhanced: String,
    /// The text, one line, control characters and bidi marks escaped; addresses, links and what may be a token masked;
    /// at most 512 bytes.
    pub text: String,
}

/// A relay host took the mail: it answered 250 to the final dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// `host:port`.
    pub relay_host: String,
    /// Its words, which often name its queue id: see [`queue_id`].
    pub reply: Reply,
}

/// Whose fault a failure is, and so what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The relay host could not be reached or would not talk, before MAIL FROM: no attempt is used.
    RelayHost,
    /// The relay host asks to slow down: no attempt is used.
    Throttling,
    /// The relay host talks, and then falls silent before the final dot or refuses for a reason of its own, such as a full
    /// disk (RFC 3463 §3.4): it surely does not have the mail, and another relay host may take it at once.
    Faltering,
    /// This mail, for now.
    Transient,
    /// This mail, for ever.
    Permanent,
    /// This mail, for ever, because its address does not exist (5.1.1, 5.1.2, 5.1.10).
    BadAddress,
    /// The final dot was sent and no answer came: the relay host may have the mail.
    Ambiguous,
    /// We stopped before the final dot because the lease on the mail was lost.
    Withdrawn,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 8] = [
        Self::RelayHost,
        Self::Throttling,
        Self::Faltering,
        Self::Transient,
        Self::Permanent,
        Self::BadAddress,
        Self::Ambiguous,
        Self::Withdrawn,
    ];

    /// Its name in metrics and spans.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RelayHost => "relay_host",
            Self::Throttling => "throttling",
            Self::Faltering => "faltering",
            Self::Transient => "transient",
            Self::Permanent => "permanent",
            Self::BadAddress => "bad_address",
            Self::Ambiguous => "ambiguous",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A mail was not, or not surely, taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault:?} at {stage:?} of {relay_host}: {detail}")]
pub struct SendError {
    /// `host:port`.
    pub relay_host: String,
    /// How far it came.
    pub stage: DeliveryStage,
    /// Whose fault it is.
    pub fault: Fault,
    /// The reply that said so, if there was one.
    pub reply: Option<Reply>,
    /// What happened, without addresses or secrets.
    pub detail: String,
}

/// Told how far a transaction has come.
#[async_trait]
pub trait Progress: Send + Sync {
    /// Sender and recipient are accepted; DATA follows, or went out with them when the relay host takes pipelining.
    async fn before_data(&self);
    /// The message and its final dot follow, in one write. `Err`: the right to send is lost, do not. A failure after
    /// this and without [`Progress::after_dot`] is a failure before the dot: the relay host cannot have the mail.
    async fn before_dot(&self) -> Result<(), Withdrawn>;
    /// The final dot is written; its answer not read.
    async fn after_dot(&self);
}

/// The right to send a mail was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn;
