//! A relay host's circuit: while it cannot be reached, or takes nothing, no mail is sent to it, and one mail at a time finds
//! out whether it is back.

use common::backoff::Backoff;
use common::entropy::Entropy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long the circuit stays open after each failure in a row.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(500), ceiling: Duration::from_secs(30) };

/// So many mails in a row at which the relay host falters are its failure. One alone may be that mail's.
const FALTERS: u32 = 3;

/// How often is asked whether a trial is over.
const TRIAL_LOOK: Duration = Duration::from_millis(250);

/// What may come to the relay host now; the better for mails, the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gate {
    /// Any mail: the circuit is closed.
    Open,
    /// One mail, to find out.
    Ajar,
    /// Nothing before then.
    Shut(Instant),
}

/// What state the circuit is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Mails are sent.
    Closed,
    /// One mail at a time finds out.
    HalfOpen,
    /// No mail is sent.
    Open,
}

impl Standing {
    /// Its word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::HalfOpen => "half_open",
            Self::Open => "open",
        }
    }
}

/// Opens when the relay host cannot be reached or takes nothing, closes when it takes a mail or refuses one for its own sake.
pub(crate) struct Circuit {
    relay_host: String,
    entropy: Arc<dyn Entropy>,
    state: Mutex<Numbered>,
}

/// The state, and how often it has changed: what was admitted before may end long after.
#[derive(Debug, Clone, Copy)]
struct Numbered {
    state: State,
    changes: u64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed {
        /// Mails in a row at which it faltered.
        falters: u32,
    },
    /// One mail is on trial.
    HalfOpen {
        failures: u32,
    },
    Open {
        failures: u32,
        until: Instant,
    },
}

/// The right to ask the relay host. A trial that is dropped undecided is tried again by another mail, after a pause.
pub(crate) struct Admitted<'a> {
    circuit: &'a Circuit,
    changes: u64,
}

impl Circuit {
    pub(crate) fn new(relay_host: &str, entropy: Arc<dyn Entropy>) -> Self {
        let state = Mutex::new(Numbered { state: State::HEALTHY, changes: 0 });
        Self { relay_host: relay_host.to_owned(), entropy, state }
    }

    pub(crate) fn relay_host(&self) -> &str {
        &self.relay_host
    }

    /// What may come at `now`. The question changes nothing.
    pub(crate) fn gate(&self, now: Instant) -> Gate {
        match self.lock().state {
            State::Closed { .. } => Gate::Open,
            State::Open { until, .. } if now < until => Gate::Shut(until),
            State::Open { .. } => Gate::Ajar,
            // Whoever is on trial decides; another mail would only be turned away.
            State::HalfOpen { .. } => Gate::Shut(now + TRIAL_LOOK),
        }
    }

    /// Lets one mail in at `now`, or not. An open circuit whose time is over becomes half open, for one at a time.
    pub(crate) fn admit(&self, now: Instant) -> Option<Admitted<'_>> {
        let mut numbered = self.lock();
        match numbered.state {
            State::Closed { .. } => {}
            State::Open { failures, until } if now >= until => numbered.turn_to(State::HalfOpen { failures }),
            State::Open { .. } | State::HalfOpen { .. } => return None,
        }
        Some(Admitted { circuit: self, changes: numbered.changes })
    }

    /// Its state.
    pub(crate) fn standing(&self) -> Standing {
        match self.lock().state {
            State::Closed { .. } => Standing::Closed,
            State::HalfOpen { .. } => Standing::HalfOpen,
            State::Open { .. } => Standing::Open,
        }
    }

    /// The relay host took a mail, or refused one for that mail's own sake; whether that ended an outage.
    pub(crate) fn talked(&self) -> bool {
        let mut numbered = self.lock();
        if let State::Closed { falters } = &mut numbered.state {
            *falters = 0;
            return false;
        }
        tracing::info!(relay_host = self.relay_host, "the relay host is back");
        numbered.turn_to(State::HEALTHY);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    const HEALTHY: Self = Self::Closed { falters: 0 };
}

impl Numbered {
    fn turn_to(&mut self, state: State) {
        *self = Self { state, changes: self.changes + 1 };
    }
}

impl Admitted<'_> {
    /// The relay host could not be reached. Mails that were on their way when the circuit opened fail too; they do not
    /// lengthen the pause, nor end the trial that follows it.
    pub(crate) fn failed(&self, now: Instant) {
        let mut numbered = self.circuit.lock();
        let failures = match numbered.state {
            _ if numbered.changes != self.changes => return,
            State::Closed { .. } => 1,
            State::HalfOpen { failures } => failures.saturating_add(1),
            State::Open { .. } => return,
        };
        let wait = BACKOFF.wait(failures, &*self.circuit.entropy);
        tracing::warn!(
            relay_host = self.circuit.relay_host,
            failures,
            ?wait,
            "the relay host cannot be used"
        );
        numbered.turn_to(State::Open { failures, until: now + wait });
    }

    /// The relay host took no mail and gave no reason that is this mail's. Whether that is its failure: when it happens
    /// again and again, when this was to find out whether it is back, or when it has failed meanwhile.
    pub(crate) fn faltered(&self, now: Instant) -> bool {
        let mut numbered = self.circuit.lock();
        let is_of_now = numbered.changes == self.changes;
        let is_failure = match &mut numbered.state {
            State::Closed { falters } if is_of_now => {
                *falters = falters.saturating_add(1);
                *falters >= FALTERS
            }
            State::Closed { .. } => false,
            State::HalfOpen { .. } | State::Open { .. } => true,
        };
        drop(numbered);
        if is_failure {
            self.failed(now);
        }
        is_failure
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        let mut numbered = self.circuit.lock();
        if let State::HalfOpen { failures } = numbered.state
            && numbered.changes == self.changes
        {
            let until = Instant::now() + BACKOFF.wait(failures, &*self.circuit.entropy);
            numbered.turn_to(State::Open { failures, until });
        }
    }
}

#[cfg(test)]
mod tests;
