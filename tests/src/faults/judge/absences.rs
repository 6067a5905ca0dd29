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
        for (from, until) in absences(&std::fs::read_to_string(&path)?) {
            if let (Some(from), Some(until)) = (instant(from), instant(until)) {
                diary.note(Loss::Dedup, from, until);
            }
        }
    }
    Ok(())
}

/// From when until when. A log is one process's: an absence that it does not end was over with its last line, since a
/// mail that went out later would be told of.
fn absences(log: &str) -> Vec<(OffsetDateTime, OffsetDateTime)> {
    let (mut absences, mut away, mut last) = (Vec::new(), None, None);
    for line in log.lines() {
        let time = line.split_whitespace().next().and_then(|word| OffsetDateTime::parse(word, &Rfc3339).ok());
        let Some(time) = time else { continue };
        last = Some(time);
        if line.contains(AWAY) {
            away.get_or_insert(time);
        } else if line.contains(BACK) {
            absences.extend(away.take().map(|from| (from, time)));
        }
    }
    absences.extend(away.zip(last));
    absences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;
    use time::macros::datetime;

    #[test]
    fn an_absence_lasts_from_the_line_that_tells_of_it_to_the_one_that_ends_it() {
        let log = "2026-11-26T15:50:37Z ERROR mail_worker::claims: the dedup store is away: mails go out\n\
                   a line without a time\n\
                   2026-11-26T15:50:39Z  INFO mail_worker::claims: the dedup store is back missed=2\n\
                   2026-11-26T15:50:42Z  INFO mail_worker::handle: handled a mail\n";
        let first = (datetime!(2026-11-26 15:50:37 UTC), datetime!(2026-11-26 15:50:39 UTC));
        assert_eq!(absences(log), [first]);
    }

    #[test]
    fn an_absence_that_a_worker_did_not_live_to_end_is_over_with_its_last_line() {
        let log = "2026-11-26T15:50:42Z ERROR mail_worker::claims: the dedup store is away: mails go out\n\
                   2026-11-26T15:50:43Z  INFO mail_worker::handle: handled a mail\n\
                   half a li";
        let (from, until) = (datetime!(2026-11-26 15:50:42 UTC), datetime!(2026-11-26 15:50:43 UTC));
        assert_eq!(absences(log), [(from, until)]);
    }

    #[test]
    fn what_killed_workers_missed_permits_nothing_for_the_rest_of_the_run() {
        let folder = Folder::new().unwrap();
        let long_ago = SystemClock.now() - time::Duration::minutes(30);
        let line = format!(
            "{} ERROR mail_worker::claims: the dedup store is away\n",
            long_ago.format(&Rfc3339).unwrap()
        );
        std::fs::write(folder.path().join("mail-worker-1.1.stderr"), line).unwrap();
        let diary = Diary::default();
        note(folder.path(), &diary).unwrap();
        let minutes = |ago: u64| Instant::now().checked_sub(Duration::from_secs(60 * ago)).unwrap();
        let lost = |first, second| diary.dedup_lost_between(minutes(first), minutes(second), Duration::ZERO);
        assert_eq!([lost(31, 29), lost(20, 10)], [true, false]);
    }
}
