//! A relay host's circuit: while it cannot be reached, no mail is sent to it, and one mail at a time finds out whether it is
//! back.

use common::backoff::Backoff;
use common::entropy::Entropy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long the circuit stays open after each failure in a row.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(500), ceiling: Duration::from_secs(30) };

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

/// Opens when the relay host cannot be reached, closes when it talks.
pub(crate) struct Circuit {
    relay_host: String,
    entropy: Arc<dyn Entropy>,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed,
    HalfOpen { failures: u32, on_trial: bool },
    Open { failures: u32, until: Instant },
}

/// The right to ask the relay host. A trial that is dropped undecided leaves the place to the next.
pub(crate) struct Admitted<'a>(Option<&'a Circuit>);

impl Circuit {
    pub(crate) fn new(relay_host: &str, entropy: Arc<dyn Entropy>) -> Self {
        Self { relay_host: relay_host.to_owned(), entropy, state: Mutex::new(State::Closed) }
    }

    pub(crate) fn relay_host(&self) -> &str {
        &self.relay_host
    }

    /// What may come at `now`. The question changes nothing.
    pub(crate) fn gate(&self, now: Instant) -> Gate {
        match *self.lock() {
            State::Closed => Gate::Open,
            State::Open { until, .. } if now < until => Gate::Shut(until),
            State::Open { .. } | State::HalfOpen { .. } => Gate::Ajar,
        }
    }

    /// Lets one mail in at `now`, or not. An open circuit whose time is over becomes half open, for one at a time.
    pub(crate) fn admit(&self, now: Instant) -> Option<Admitted<'_>> {
        let mut state = self.lock();
        match *state {
            State::Closed => return Some(Admitted(None)),
            State::HalfOpen { on_trial: true, .. } => return None,
            State::Open { until, .. } if now < until => return None,
            State::Open { failures, .. } | State::HalfOpen { failures, .. } => {
                *state = State::HalfOpen { failures, on_trial: true };
            }
        }
        Some(Admitted(Some(self)))
    }

    /// Its state.
    pub(crate) fn standing(&self) -> Standing {
        match *self.lock() {
            State::Closed => Standing::Closed,
            State::HalfOpen { .. } => Standing::HalfOpen,
            State::Open { .. } => Standing::Open,
        }
    }

    /// The relay host could not be reached, or asked to slow down. Mails that were on their way when the circuit
    /// opened fail too; they do not lengthen the pause.
    pub(crate) fn failed(&self, now: Instant) {
        let mut state = self.lock();
        let failures = match *state {
            State::Closed => 1,
            State::HalfOpen { failures, .. } => failures.saturating_add(1),
            State::Open { .. } => return,
        };
        let wait = BACKOFF.wait(failures, &*self.entropy);
        tracing::warn!(relay_host = self.relay_host, failures, ?wait, "the relay host cannot be used");
        *state = State::Open { failures, until: now + wait };
    }

    /// The relay host took a mail, or refused one for that mail's own sake; whether that ended an outage.
    pub(crate) fn talked(&self) -> bool {
        let before = std::mem::replace(&mut *self.lock(), State::Closed);
        let was_out = !matches!(before, State::Closed);
        if was_out {
            tracing::info!(relay_host = self.relay_host, "the relay host is back");
        }
        was_out
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        let Some(circuit) = self.0 else { return };
        if let State::HalfOpen { on_trial, .. } = &mut *circuit.lock() {
            *on_trial = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every wait is the longest that may be.
    struct Longest;

    impl Entropy for Longest {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xFF);
        }
    }

    fn circuit() -> (Circuit, Instant) {
        (Circuit::new("mx.example:25", Arc::new(Longest)), Instant::now())
    }

    #[test]
    fn a_failure_shuts_it_and_later_one_mail_at_a_time_finds_out() {
        let (circuit, start) = circuit();
        assert!(circuit.admit(start).is_some() && circuit.admit(start).is_some());
        circuit.failed(start);
        let until = start + Duration::from_secs(1);
        assert_eq!(circuit.gate(start), Gate::Shut(until));
        assert!(circuit.admit(start).is_none());
        assert_eq!(circuit.standing(), Standing::Open);
        assert_eq!(circuit.gate(until), Gate::Ajar);
        let trial = circuit.admit(until);
        assert!(trial.is_some() && circuit.admit(until).is_none(), "one is on trial");
        assert_eq!(circuit.standing(), Standing::HalfOpen);
        drop(trial);
        assert!(circuit.admit(until).is_some(), "an undecided trial leaves its place to the next");
        assert!(circuit.talked(), "that was an outage");
        assert_eq!(circuit.gate(until), Gate::Open);
        assert!(!circuit.talked(), "and now it is over");
    }

    #[test]
    fn mails_already_on_their_way_do_not_lengthen_the_pause() {
        let (circuit, start) = circuit();
        for _ in 0..16 {
            circuit.failed(start);
        }
        assert_eq!(circuit.gate(start), Gate::Shut(start + Duration::from_secs(1)));
    }

    #[test]
    fn failed_trials_lengthen_the_pause_up_to_half_a_minute() {
        let (circuit, mut now) = circuit();
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let trial = circuit.admit(now).unwrap();
            circuit.failed(now);
            drop(trial);
            let Gate::Shut(until) = circuit.gate(now) else { panic!("the circuit is not open") };
            pauses.push((until - now).as_secs());
            now = until;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
    }
}
