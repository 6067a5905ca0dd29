//! Links: what became of requests behind the ask path, what happens to tokens, and how soon their mails were taken.

use crate::reset::ResetError;
use crate::store::Issued;
use common::metrics::{label, seconds};
use opentelemetry::metrics::{Counter, Histogram, Meter};
use std::time::Duration;

/// The upper bounds of the time from a request to its mail's 250, in seconds; the promises are about 10 and 60.
const MAIL_ACCEPT_SECONDS: [f64; 12] =
    [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0];

/// Something that happens to a reset token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenEvent {
    /// It was made, and its mail is on its way.
    Issued,
    /// Somebody, or a mail scanner, looked at its live link.
    Opened,
    /// It set a password.
    Used,
    /// The same password was posted again on it: a double tap, which sets nothing.
    Repeated,
    /// Its owner said "this was not me", here or in the notice of a change. Counted once an act, which ends every link of
    /// the account.
    Revoked,
    /// Nobody used it in time.
    Expired,
}

impl TokenEvent {
    /// Each of them.
    pub const ALL: [Self; 6] =
        [Self::Issued, Self::Opened, Self::Used, Self::Repeated, Self::Revoked, Self::Expired];

    fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Opened => "opened",
            Self::Used => "used",
            Self::Repeated => "repeated",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// Why a token was not accepted.
const REFUSALS: [&str; 4] = ["unknown", "expired", "used", "revoked"];

/// Counts what happens to links.
#[derive(Debug, Clone)]
pub struct LinkMetrics {
    issuing: Counter<u64>,
    tokens: Counter<u64>,
    refused: Counter<u64>,
    overdue: Counter<u64>,
    mail_accept: Histogram<f64>,
}

impl LinkMetrics {
    /// The instruments.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        let counter = |name: &'static str, unit: &'static str, description: &'static str| {
            meter.u64_counter(name).with_unit(unit).with_description(description).build()
        };
        let metrics = Self {
            issuing: counter(
                "reset.issuing.requests",
                "{request}",
                "Accepted requests that were taken up, by what became of them.",
            ),
            tokens: counter("reset.tokens", "{token}", "What happened to reset tokens."),
            refused: counter("reset.tokens.refused", "{token}", "Tokens that were not live, by why."),
            overdue: counter(
                "reset.outbox.overdue",
                "{event}",
                "Events that ended undelivered, out of time.",
            ),
            mail_accept: meter
                .f64_histogram("mail.accept")
                .with_unit("s")
                .with_description("From a request to the first 250 for its mail, as reported.")
                .with_boundaries(MAIL_ACCEPT_SECONDS.to_vec())
                .build(),
        };
        metrics.begin_with_nothing();
        metrics
    }

    fn begin_with_nothing(&self) {
        self.issued(&Issued::default());
        for event in TokenEvent::ALL {
            self.happened(event, 0);
        }
        self.overdue(0);
        for reason in REFUSALS {
            self.refused.add(0, &[label("reason", reason)]);
        }
    }

    /// Requests were taken up.
    pub fn issued(&self, done: &Issued) {
        for (outcome, count) in [
            ("issued", done.issued),
            ("unknown", done.unknown),
            ("coalesced", done.coalesced),
            ("suppressed", done.suppressed),
            ("undeliverable", done.undeliverable),
            ("revoked", done.revoked),
        ] {
            self.issuing.add(count, &[label("outcome", outcome)]);
        }
    }

    /// It happened to so many tokens.
    pub fn happened(&self, event: TokenEvent, count: u64) {
        self.tokens.add(count, &[label("event", event.name())]);
    }

    /// So many events ended undelivered.
    pub fn overdue(&self, count: u64) {
        self.overdue.add(count, &[]);
    }

    /// A token was not live; any other error is none of its own.
    pub fn refused(&self, error: &ResetError) {
        let reason = match error {
            ResetError::TokenUnknown => "unknown",
            ResetError::TokenExpired => "expired",
            ResetError::TokenUsed => "used",
            ResetError::TokenRevoked => "revoked",
            _ => return,
        };
        self.refused.add(1, &[label("reason", reason)]);
    }

    /// A mail server has taken the mail of a request, so long after it.
    pub fn mail_accepted(&self, after: Duration) {
        self.mail_accept.record(seconds(after), &[]);
    }
}
