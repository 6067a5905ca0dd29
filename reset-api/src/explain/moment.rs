//! Instants as they are told: to the second, in UTC, with the day where it is another one.

use time::{OffsetDateTime, UtcOffset};

/// `14:03:20 UTC`, or `2026-11-25 14:03:20 UTC` on another day than `now`.
pub(crate) fn moment(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let (at, now) = (at.to_offset(UtcOffset::UTC), now.to_offset(UtcOffset::UTC));
    let time = format!("{:02}:{:02}:{:02} UTC", at.hour(), at.minute(), at.second());
    if at.date() == now.date() { time } else { format!("{} {time}", at.date()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn an_instant_of_another_day_has_its_day() {
        let now = datetime!(2026-11-26 00:10:00 UTC);
        assert_eq!(moment(datetime!(2026-11-26 00:05:09.9 UTC), now), "00:05:09 UTC");
        assert_eq!(moment(datetime!(2026-11-26 01:05:09 +1), now), "00:05:09 UTC");
        assert_eq!(moment(datetime!(2026-11-25 23:59:59 UTC), now), "2026-11-25 23:59:59 UTC");
    }
}
