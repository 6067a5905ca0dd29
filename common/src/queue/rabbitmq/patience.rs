//! How long is waited for the broker. lapin waits for ever.

use std::time::Duration;

/// How long is waited for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a new connection, from the first packet until it is open.
    pub connect: Duration,
    /// For the answer to one request, and for an ack to be written.
    pub answer: Duration,
    /// For all messages of a round to be written and confirmed.
    pub confirm: Duration,
    /// For a connection that is away, before the caller is told so.
    pub reconnect: Duration,
    /// Two sides that hear nothing from each other for twice this long think the other dead.
    pub heartbeat: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self::PRODUCTION
    }
}

impl Patience {
    /// A publish that waits for the round before it takes at most 22 s; the relay's lease is held against that.
    pub const PRODUCTION: Self = Self {
        connect: Duration::from_secs(10),
        answer: Duration::from_secs(10),
        confirm: Duration::from_secs(10),
        reconnect: Duration::from_secs(1),
        heartbeat: Duration::from_secs(10),
    };

    /// How long a publish may take in all: the round before, its own, and the connection.
    #[must_use]
    pub const fn publish(&self) -> Duration {
        self.confirm.saturating_add(self.reconnect).saturating_mul(2)
    }
}
