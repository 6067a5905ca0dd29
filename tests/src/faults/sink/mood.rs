//! How a relay host misbehaves: where, how, and how often.

use crate::dice::drawn;
use std::time::Duration;

/// Where in the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Greeting,
    Hello,
    Mail,
    Rcpt,
    Data,
    Dot,
}

/// What it does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Does not listen at all.
    Refuse,
    /// The same; when it is well again, the first mails, one for each worker, are answered so much later than others.
    RefuseThenStall(Duration),
    /// Says this instead of yes.
    Say(&'static str),
    /// Says this the first time that a recipient is named, and yes afterwards.
    Greylist(&'static str),
    /// Says this when a recipient is named whom it has a mail for, and yes to any other.
    RefuseAgain(&'static str),
    /// Closes the connection. At the dot, it has kept every other mail by then.
    Drop,
    /// Says yes so much later.
    Late(Duration),
    /// Says nothing until it is well again, and closes then.
    Silence,
    /// Says yes a byte at a time, with a pause after each.
    Drip(Duration),
    /// Shows a certificate that nobody trusts.
    WrongCertificate,
    /// Offers no STARTTLS.
    NoStartTls,
}

/// All of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mood {
    pub(crate) at: Stage,
    pub(crate) deed: Deed,
    /// How many of a thousand it happens to.
    pub(crate) share: u64,
}

impl Deed {
    /// Whether nobody listens meanwhile.
    pub(super) fn refuses(self) -> bool {
        matches!(self, Self::Refuse | Self::RefuseThenStall(_))
    }
}

impl Mood {
    /// Whether it happens before a connection is of use.
    pub(super) fn is_about_new_ones(&self) -> bool {
        matches!(self.at, Stage::Greeting | Stage::Hello)
    }

    /// Whether it happens to the one of this name, under this seed.
    pub(super) fn befalls(&self, at: Stage, seed: u64, name: &str) -> bool {
        self.at == at && drawn(seed, name) % 1_000 < self.share
    }
}
