//! What waits in the store, for whoever watches it.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Nothing is counted further: enough to be alarmed by, and found in some tens of milliseconds.
pub const MOST_COUNTED: u32 = 100_000;

/// What waits to be done by anybody: every replica sees the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Accepted requests that nobody has taken up.
    pub requests: u64,
    /// How long the oldest of them has waited; zero if there is none.
    pub oldest_request: Duration,
    /// Events that were never published.
    pub events: u64,
    /// How long the oldest of them has waited; zero if there is none.
    pub oldest_event: Duration,
}

/// How long ago something began; never less than nothing, whatever the clocks say.
pub(super) fn age(now: OffsetDateTime, since: Option<OffsetDateTime>) -> Duration {
    since.map_or(Duration::ZERO, |since| (now - since).max(Duration::ZERO))
}

/// When an event was made: its id begins with that (UUIDv7).
pub(super) fn made_at(event: Uuid) -> Option<OffsetDateTime> {
    let (seconds, nanos) = event.get_timestamp()?.to_unix();
    let seconds = i64::try_from(seconds).ok()?;
    let whole = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    Some(whole + Duration::nanoseconds(nanos.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::entropy::{OsEntropy, new_id};
    use time::macros::datetime;

    #[test]
    fn an_id_tells_when_it_was_made_and_no_age_is_negative() {
        let made = datetime!(2026-11-26 12:00:00.123 UTC);
        assert_eq!(made_at(new_id(&OsEntropy, made)), Some(made));
        assert_eq!(made_at(Uuid::nil()), None);
        assert_eq!(age(made, Some(made - Duration::SECOND)), Duration::SECOND);
        assert_eq!(age(made, Some(made + Duration::SECOND)), Duration::ZERO);
        assert_eq!(age(made, None), Duration::ZERO);
    }
}
