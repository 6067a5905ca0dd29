//! A relay host's circuit: while it cannot be reached, or takes nothing, no mail is sent to it, and one mail at a time finds
//! out whether it is back. One that takes long over that is followed by another, so that a slow mail holds up no others.

use common::backoff::Backoff;
use common::entropy::Entropy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How long the circuit stays open after each failure in a row.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(500), ceiling: Duration::from_secs(30) };

/// So many mails in a row at which the relay host falters are its failure. One alone may be that mail's.
const FALTERS: u32 = 3;

/// How often is asked whether a trial is over.
pub(crate) const TRIAL_LOOK: Duration = Duration::from_millis(250);

/// However many permits there are: a mail whose trial hangs after its dot may have to be sent twice.
const MOST_TRIALS: usize = 4;

/// How long a trial is waited for, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trials {
    /// So long a mail is alone on trial; the next one finds out, too, if that is not decided then.
    pub(crate) patience: Duration,
    /// So many may be under way at a time in one outage, at least one.
    pub(crate) at_once: usize,
}

impl Trials {
    /// However many relay hosts hold on to their trials, half of the permits stay free, or as many as there can.
    pub(crate) fn new(patience: Duration, permits: u16, relay_hosts: usize) -> Self {
        let share = usize::from(permits) / 2 / relay_hosts.max(1);
        Self { patience, at_once: share.clamp(1, MOST_TRIALS) }
    }

    fn room(self) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(self.at_once))
    }
}

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
    trials: Trials,
    state: Mutex<Numbered>,
}

/// The state, and how often it has changed, each trial included: what was admitted before may end long after.
#[derive(Debug)]
struct Numbered {
    state: State,
    changes: u64,
    /// How many more trials this outage may have under way.
    room: Arc<Semaphore>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed {
        /// Mails in a row at which it faltered.
        falters: u32,
    },
    /// A mail is on trial.
    HalfOpen {
        failures: u32,
        since: Instant,
    },
    Open {
        failures: u32,
        until: Instant,
    },
}

/// The right to ask the relay host. The newest trial, dropped undecided, is tried again by another mail, after a pause.
pub(crate) struct Admitted<'a> {
    circuit: &'a Circuit,
    changes: u64,
    _trial: Option<OwnedSemaphorePermit>,
}

impl Circuit {
    pub(crate) fn new(relay_host: &str, entropy: Arc<dyn Entropy>, trials: Trials) -> Self {
        let state = Mutex::new(Numbered { state: State::HEALTHY, changes: 0, room: trials.room() });
        Self { relay_host: relay_host.to_owned(), entropy, trials, state }
    }

    pub(crate) fn relay_host(&self) -> &str {
        &self.relay_host
    }

    /// What may come at `now`. The question changes nothing.
    pub(crate) fn gate(&self, now: Instant) -> Gate {
        self.gate_of(&self.lock(), now)
    }

    /// Lets one mail in at `now`, or not. An open circuit whose time is over becomes half open, for one at a time.
    pub(crate) fn admit(&self, now: Instant) -> Option<Admitted<'_>> {
        let mut numbered = self.lock();
        let trial = match self.gate_of(&numbered, now) {
            Gate::Open => None,
            Gate::Ajar => Some(self.begin_trial(&mut numbered, now)?),
            Gate::Shut(_) => return None,
        };
        Some(Admitted { circuit: self, changes: numbered.changes, _trial: trial })
    }

    fn gate_of(&self, numbered: &Numbered, now: Instant) -> Gate {
        match numbered.state {
            State::Closed { .. } => Gate::Open,
            State::Open { until, .. } if now < until => Gate::Shut(until),
            // Whoever is on trial decides; another mail would only be turned away.
            State::HalfOpen { since, .. } if now < since + self.trials.patience => {
                Gate::Shut(now + TRIAL_LOOK)
            }
            // One of those that hang must end before.
            _ if numbered.room.available_permits() == 0 => Gate::Shut(now + TRIAL_LOOK),
            State::Open { .. } | State::HalfOpen { .. } => Gate::Ajar,
        }
    }

    /// From now on it is this trial's failure that counts, and no longer that of those before it.
    fn begin_trial(&self, numbered: &mut Numbered, now: Instant) -> Option<OwnedSemaphorePermit> {
        let (failures, follows) = match numbered.state {
            State::Closed { .. } => return None,
            State::Open { failures, .. } => (failures, false),
            State::HalfOpen { failures, .. } => (failures, true),
        };
        let trial = numbered.room.clone().try_acquire_owned().ok()?;
        if follows {
            tracing::info!(relay_host = self.relay_host, "a trial takes long: another mail finds out, too");
        }
        numbered.turn_to(State::HalfOpen { failures, since: now });
        Some(trial)
    }

    /// Whether a mail had better come here at `now`: it may, and follows no other that is on trial.
    pub(crate) fn is_preferable(&self, now: Instant) -> bool {
        self.standing() != Standing::HalfOpen && !matches!(self.gate(now), Gate::Shut(_))
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
        // Trials that still hang are mails like any others now.
        numbered.room = self.trials.room();
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
        self.state = state;
        self.changes += 1;
    }
}

impl Admitted<'_> {
    /// The relay host could not be reached. Mails that were on their way when the circuit opened fail too, and trials that
    /// others have followed; they do not lengthen the pause, nor end the trial that came after them.
    pub(crate) fn failed(&self, now: Instant) {
        let mut numbered = self.circuit.lock();
        let failures = match numbered.state {
            _ if numbered.changes != self.changes => return,
            State::Closed { .. } => 1,
            State::HalfOpen { failures, .. } => failures.saturating_add(1),
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
        if let State::HalfOpen { failures, .. } = numbered.state
            && numbered.changes == self.changes
        {
            let until = Instant::now() + BACKOFF.wait(failures, &*self.circuit.entropy);
            numbered.turn_to(State::Open { failures, until });
        }
    }
}

#[cfg(test)]
mod tests;
