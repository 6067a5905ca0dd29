//! When the workers did without dedup, by their own logs: on a busy machine Redis may be too slow for them without any fault.

use crate::faults::diary::{Diary, Loss};
use common::clock::{Clock as _, SystemClock};
use std::path::Path;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

/// What a worker says when it does without.
const AWAY: &str = "the dedup store is away";
/// What it says when it has it again.
const BACK: &str = "the dedup store is back";

/// Notes every absence that the workers tell of.
pub(super) fn note(logs: &Path, diary: &Diary) -> anyhow::Result<()> {
    let (now, wall) = (Instant::now(), SystemClock.now());
    let instant = |time: OffsetDateTime| now.checked_sub(Duration::try_from(wall - time).unwrap_or_default());
    for file in std::fs::read_dir(logs)? {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.starts_with("mail-worker") || !name.ends_with(".stderr") {
            continue;
        }
        for (from, until) in absences(&std::fs::read_to_string(&path)?, wall) {
            if let (Some(from), Some(until)) = (instant(from), instant(until)) {
                diary.note(Loss::Dedup, from, until);
            }
        }
    }
    Ok(())
}

/// From when until when; one that a log does not end lasts until `end`.
fn absences(log: &str, end: OffsetDateTime) -> Vec<(OffsetDateTime, OffsetDateTime)> {
    let (mut absences, mut away) = (Vec::new(), None);
    for line in log.lines() {
        let time = line.split_whitespace().next().and_then(|word| OffsetDateTime::parse(word, &Rfc3339).ok());
        let Some(time) = time else { continue };
        if line.contains(AWAY) {
            away.get_or_insert(time);
        } else if line.contains(BACK) {
            absences.extend(away.take().map(|from| (from, time)));
        }
    }
    absences.extend(away.map(|from| (from, end)));
    absences
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn an_absence_lasts_from_the_line_that_tells_of_it_to_the_one_that_ends_it() {
        let log = "2026-11-26T15:50:37Z ERROR mail_worker::claims: the dedup store is away: mails go out\n\
                   a line without a time\n\
                   2026-11-26T15:50:39Z  INFO mail_worker::claims: the dedup store is back missed=2\n\
                   2026-11-26T15:50:42Z ERROR mail_worker::claims: the dedup store is away: mails go out\n";
        let end = datetime!(2026-11-26 16:00 UTC);
        let first = (datetime!(2026-11-26 15:50:37 UTC), datetime!(2026-11-26 15:50:39 UTC));
        assert_eq!(absences(log, end), [first, (datetime!(2026-11-26 15:50:42 UTC), end)]);
    }
}
