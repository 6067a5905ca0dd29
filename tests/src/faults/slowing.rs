//! Whether the workers slow down while the relay host throttles every mail.

use super::load::{Answer, Asked};
use super::plan::Timed;
use anyhow::ensure;
use tokio::time::Instant;

/// Workers that do not slow down have the relay host throttle each mail once, at the pace at which mails are asked for,
/// and those that it throttled ten seconds before once more. At half of that, or less, they have slowed down.
///
/// # Errors
/// If the relay host had to throttle more often.
pub(super) fn have_slowed_down(
    throttled: u64,
    faults: &[Timed],
    begun: Instant,
    asked: &[Asked],
) -> anyhow::Result<()> {
    let during = |one: &Asked| {
        let at = one.begun.duration_since(begun);
        faults.iter().any(|fault| (fault.at..fault.at + fault.lasts).contains(&at))
    };
    let mails = asked.iter().filter(|one| one.answer == Answer::Accepted && during(one)).count() as u64;
    ensure!(
        throttled * 2 <= mails,
        "the relay host had to throttle {throttled} times while {mails} mails were asked for: nobody slowed down"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::plan::Fault;
    use std::time::Duration;

    #[test]
    fn workers_that_are_throttled_for_every_mail_have_not_slowed_down() {
        let begun = Instant::now();
        let seconds = Duration::from_secs;
        let one = |at| Asked { address: String::new(), begun: begun + seconds(at), answer: Answer::Accepted };
        let refused = Asked { answer: Answer::Unanswered, ..one(5) };
        let asked: Vec<_> = (0..10).map(one).chain([refused]).collect();
        let faults = [Timed { at: seconds(3), lasts: seconds(4), fault: Fault::CallersLeave(0) }];
        let slowed_down = |throttled| have_slowed_down(throttled, &faults, begun, &asked).is_ok();
        assert_eq!([0, 2, 3, 4].map(slowed_down), [true, true, false, false]);
    }
}
