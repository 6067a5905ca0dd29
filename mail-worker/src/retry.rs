//! When a mail is tried again.

use common::queue::RETRY_TIERS as TIERS;
use std::time::Duration;
use time::OffsetDateTime;

/// The wait when it was not the mail's fault, and the first of the schedule.
pub(crate) const SHORTEST: Duration = TIERS[0];
/// The wait after an answer to the final dot was lost: long enough for a relay host to have finished with it.
pub(crate) const AFTER_AMBIGUOUS: Duration = TIERS[1];

/// The wait after `attempt` failed, counted from 1: 10 s, 1 min, 5 min, then 15 min, or the longest tier that still
/// ends before `deliver_by`. `None`: not even the shortest does.
pub(crate) fn next_wait(attempt: u32, now: OffsetDateTime, deliver_by: OffsetDateTime) -> Option<Duration> {
    let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    fitting(TIERS[step.min(TIERS.len() - 1)], now, deliver_by)
}

/// `wait`, or the longest shorter tier that still ends before `deliver_by`.
pub(crate) fn fitting(wait: Duration, now: OffsetDateTime, deliver_by: OffsetDateTime) -> Option<Duration> {
    let tiers = TIERS.into_iter().rev().filter(|tier| *tier <= wait);
    tiers.into_iter().find(|tier| now + *tier < deliver_by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn waits_follow_the_schedule_while_there_is_time() {
        let waits: Vec<u64> = (1..=6)
            .filter_map(|n| next_wait(n, NOW, NOW + Duration::from_secs(4 * 3600)))
            .map(|w| w.as_secs())
            .collect();
        assert_eq!(waits, [10, 60, 300, 900, 900, 900]);
    }

    #[test]
    fn a_mail_without_ten_seconds_left_is_not_tried_again() {
        assert_eq!(next_wait(4, NOW, NOW + SHORTEST), None);
        assert_eq!(next_wait(4, NOW, NOW + Duration::from_millis(10_001)), Some(SHORTEST));
    }

    proptest! {
        #[test]
        fn no_wait_ends_past_deliver_by_and_none_longer_would_have_fitted(
            attempt in prop_oneof![0_u32..8, any::<u32>()],
            left_millis in -10_000_i64..4 * 3_600_000,
        ) {
            let deliver_by = NOW + time::Duration::milliseconds(left_millis);
            let scheduled = TIERS[(attempt.max(1) as usize - 1).min(3)];
            let fits = |tier: &Duration| NOW + *tier < deliver_by;
            match next_wait(attempt, NOW, deliver_by) {
                None => prop_assert!(!TIERS.iter().any(fits)),
                Some(wait) => {
                    prop_assert!(fits(&wait));
                    prop_assert!(wait <= scheduled);
                    prop_assert!(!TIERS.iter().any(|tier| fits(tier) && *tier > wait && *tier <= scheduled));
                }
            }
        }
    }
}
