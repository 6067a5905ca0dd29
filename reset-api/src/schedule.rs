//! The schedule of an address: how long to wait between accepted requests, and how long a link lives.
//!
//! One table, used twice: by the throttle, which answers the asker, and by the gate in SQL, which holds the
//! promise of one mail a cool-down whatever the throttle forgot. Waits grow so that a stranger causes some ten
//! mails a day, and a link lives at least as long as its wait, so whoever is refused has a link live or on its way.

use time::{Duration, OffsetDateTime};

/// The waits after the first, second, … accepted request, in seconds; the last repeats.
const WAITS: [i64; 12] =
    [60, 60, 60, 2 * 60, 4 * 60, 8 * 60, 16 * 60, 32 * 60, 3_600, 2 * 3_600, 4 * 3_600, 6 * 3_600];
/// The shortest life of a link.
const LEAST_LIFETIME: Duration = Duration::minutes(30);
/// How long an address must be left alone for its schedule to start over. A whole day, not some multiple of the wait:
/// otherwise asking every two minutes would forever be a first request, and cause 720 mails a day.
pub(crate) const QUIET: Duration = Duration::hours(24);
/// How much earlier than the throttle the gate opens, for clocks and for the way through the queue.
pub const GATE_SLACK: Duration = Duration::seconds(5);

/// A place in the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Step(u8);

/// What an address's schedule says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted; the step now in force.
    Accept(Step),
    /// Too early; the instant from which it would be accepted.
    Refuse {
        /// See above.
        until: OffsetDateTime,
    },
}

impl Step {
    /// The step of a first request.
    pub const FIRST: Self = Self(0);

    /// The step with that number; the last one for a number beyond it.
    #[must_use]
    pub fn from_number(number: u8) -> Self {
        Self(number.min(LAST))
    }

    /// The step's number, from 0.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// How long to wait after a request accepted at this step.
    #[must_use]
    pub fn wait(self) -> Duration {
        Duration::seconds(WAITS[usize::from(self.0)])
    }

    /// How long a link of this step lives once its mail is delivered.
    #[must_use]
    pub fn link_lifetime(self) -> Duration {
        self.wait().max(LEAST_LIFETIME)
    }

    fn next(self) -> Self {
        Self::from_number(self.0 + 1)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "twelve")]
const LAST: u8 = (WAITS.len() - 1) as u8;

/// The wait of each step, for a server that judges in our place.
pub(crate) fn waits() -> impl Iterator<Item = Duration> {
    WAITS.into_iter().map(Duration::seconds)
}

/// Judges a request made at `now`, given the step and time of the last accepted one. `slack` opens earlier.
#[must_use]
pub fn judge(last: Option<(Step, OffsetDateTime)>, now: OffsetDateTime, slack: Duration) -> Verdict {
    let Some((step, at)) = last else { return Verdict::Accept(Step::FIRST) };
    let opens = at + step.wait() - slack;
    if now < opens {
        Verdict::Refuse { until: opens }
    } else if now >= at + QUIET {
        Verdict::Accept(Step::FIRST)
    } else {
        Verdict::Accept(step.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn asking_as_early_as_allowed_climbs_the_whole_schedule() {
        let (mut step, mut at) = (Step::FIRST, START);
        let mut waits = vec![];
        for _ in 0..14 {
            waits.push(step.wait().whole_seconds());
            assert_eq!(
                judge(Some((step, at)), at + step.wait() - Duration::microseconds(1), Duration::ZERO),
                Verdict::Refuse { until: at + step.wait() }
            );
            at += step.wait();
            let Verdict::Accept(next) = judge(Some((step, at - step.wait())), at, Duration::ZERO) else {
                panic!()
            };
            step = next;
        }
        assert_eq!(waits, [60, 60, 60, 120, 240, 480, 960, 1920, 3600, 7200, 14400, 21600, 21600, 21600]);
    }

    #[test]
    fn a_day_of_quiet_starts_over() {
        let last = Some((Step::from_number(5), START));
        assert_eq!(judge(last, START + QUIET, Duration::ZERO), Verdict::Accept(Step::FIRST));
        let just_before = START + QUIET - Duration::microseconds(1);
        assert_eq!(judge(last, just_before, Duration::ZERO), Verdict::Accept(Step::from_number(6)));
    }

    #[test]
    fn a_link_outlives_the_wait_of_its_step() {
        for number in 0..=LAST {
            let step = Step::from_number(number);
            assert!(step.link_lifetime() >= step.wait() && step.link_lifetime() >= LEAST_LIFETIME);
        }
    }

    #[test]
    fn a_stranger_causes_some_ten_mails_a_day_whatever_the_rhythm() {
        for rhythm in [1, 30, 60, 61, 119, 120, 121, 240, 600, 3_600, 7_200, 43_200] {
            let (mut last, mut at, mut mails) = (None, START, 0);
            while at < START + Duration::days(1) {
                if let Verdict::Accept(step) = judge(last, at, Duration::ZERO) {
                    last = Some((step, at));
                    mails += 1;
                }
                at += Duration::seconds(rhythm);
            }
            assert!(mails <= 14, "{mails} mails when asking every {rhythm} s");
        }
    }
}
