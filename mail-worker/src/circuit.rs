//! The relay host's circuit: while it cannot be reached, no mail is taken, and one mail at a time finds out
//! whether it is back.

use common::backoff::Backoff;
use common::entropy::Entropy;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long the circuit stays open after each failure in a row.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(500), ceiling: Duration::from_secs(30) };

/// How much may be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// As much as there are permits: the circuit is closed.
    All,
    /// One mail, to find out: the circuit is half open.
    One,
    /// Nothing before then: the circuit is open.
    NothingUntil(Instant),
}

/// What state the circuit is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Mails are taken.
    Closed,
    /// One mail at a time finds out.
    HalfOpen,
    /// No mail is taken.
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
    entropy: Arc<dyn Entropy>,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed,
    HalfOpen { failures: u32 },
    Open { failures: u32, until: Instant },
}

impl Circuit {
    pub(crate) fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, state: Mutex::new(State::Closed) }
    }

    /// How much may be taken at `now`. An open circuit whose time is over becomes half open by this question.
    pub(crate) fn passage(&self, now: Instant) -> Passage {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed => Passage::All,
            State::Open { until, .. } if now < until => Passage::NothingUntil(until),
            State::Open { failures, .. } => {
                *state = State::HalfOpen { failures };
                Passage::One
            }
            State::HalfOpen { .. } => Passage::One,
        }
    }

    /// Its state; unlike [`Circuit::passage`], the question changes nothing.
    pub(crate) fn standing(&self) -> Standing {
        match *self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Closed => Standing::Closed,
            State::HalfOpen { .. } => Standing::HalfOpen,
            State::Open { .. } => Standing::Open,
        }
    }

    /// The relay host could not be reached, or asked to slow down. Mails that were on their way when the circuit
    /// opened fail too; they do not lengthen the pause.
    pub(crate) fn failed(&self, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = match *state {
            State::Closed => 1,
            State::HalfOpen { failures } => failures.saturating_add(1),
            State::Open { .. } => return,
        };
        let wait = BACKOFF.wait(failures, &*self.entropy);
        tracing::warn!(failures, ?wait, "the relay host cannot be used: taking pauses");
        *state = State::Open { failures, until: now + wait };
    }

    /// The relay host took a mail, or refused one for that mail's own sake.
    pub(crate) fn talked(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*state, State::Closed) {
            tracing::info!("the relay host is back");
        }
        *state = State::Closed;
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
        (Circuit::new(Arc::new(Longest)), Instant::now())
    }

    #[test]
    fn a_failure_stops_taking_and_later_one_mail_finds_out() {
        let (circuit, start) = circuit();
        assert_eq!(circuit.passage(start), Passage::All);
        circuit.failed(start);
        let until = start + Duration::from_secs(1);
        assert_eq!(circuit.passage(start), Passage::NothingUntil(until));
        assert_eq!(circuit.standing(), Standing::Open);
        assert_eq!(circuit.passage(until), Passage::One);
        assert_eq!(circuit.standing(), Standing::HalfOpen);
        assert_eq!(circuit.passage(until), Passage::One, "an undecided trial leaves it half open");
        circuit.talked();
        assert_eq!(circuit.passage(until), Passage::All);
    }

    #[test]
    fn mails_already_on_their_way_do_not_lengthen_the_pause() {
        let (circuit, start) = circuit();
        for _ in 0..16 {
            circuit.failed(start);
        }
        assert_eq!(circuit.passage(start), Passage::NothingUntil(start + Duration::from_secs(1)));
    }

    #[test]
    fn failed_trials_lengthen_the_pause_up_to_half_a_minute() {
        let (circuit, mut now) = circuit();
        let mut pauses = Vec::new();
        for _ in 0..8 {
            circuit.failed(now);
            let Passage::NothingUntil(until) = circuit.passage(now) else {
                panic!("the circuit is not open")
            };
            pauses.push((until - now).as_secs());
            now = until;
            assert_eq!(circuit.passage(now), Passage::One);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
    }
}
