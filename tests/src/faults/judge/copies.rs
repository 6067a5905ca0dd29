//! Whether a second copy of a mail has a cause that permits it.

use super::records::Event;
use crate::cluster::worker_name;
use crate::faults::diary::Diary;
use crate::faults::scene::{COPIES, LEASE};
use crate::faults::sink::Taken;
use std::fmt;

/// Why a second copy may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::faults) enum Cause {
    /// The timeline says so: the dot was answered by nobody.
    AnswerLost,
    /// The worker died, or stood still beyond its lease, after the dot and before anybody knew.
    WorkerLost,
    /// The dedup store was away or forgot around that time.
    DedupLost,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnswerLost => "answer lost",
            Self::WorkerLost => "worker lost",
            Self::DedupLost => "dedup lost",
        })
    }
}

/// The copies of one mail beyond the first.
#[derive(Debug, Default)]
pub(super) struct Copies {
    pub(super) permitted: Vec<Cause>,
    /// Each that nothing permits, in words.
    pub(super) other: Vec<String>,
}

impl Copies {
    pub(super) fn of(mails: &[&Taken], event: Option<&Event>, diary: &Diary) -> Self {
        let mut copies = Self::default();
        let first = mails[0];
        for (number, pair) in mails.windows(2).enumerate() {
            let (before, copy) = (pair[0], pair[1]);
            let what = |why: &str| {
                let reports = event.map(|event| &event.reports);
                let after = copy.at.duration_since(before.at);
                format!(
                    "copy {} to {} ({} by {} after {after:?} by {}): {why}; reported {reports:?}",
                    number + 2,
                    copy.to,
                    copy.message_id,
                    before.from,
                    copy.from
                )
            };
            match cause(before, copy, event, diary) {
                _ if (&copy.to, &copy.links) != (&first.to, &first.links) => {
                    copies.other.push(what("it is another mail under the same Message-ID"));
                }
                _ if number > 0 => copies.other.push(what("one too many")),
                None => copies.other.push(what("nothing permits it")),
                Some(cause) => copies.permitted.push(cause),
            }
        }
        copies
    }
}

fn cause(first: &Taken, second: &Taken, event: Option<&Event>, diary: &Diary) -> Option<Cause> {
    let was_known = event.is_some_and(|event| event.was_accepted_by(second.time));
    let sender = (0..COPIES).find(|number| worker_name(*number) == first.from);
    if event.is_some_and(|event| event.had("ambiguous")) {
        Some(Cause::AnswerLost)
    } else if !was_known && sender.is_some_and(|sender| diary.worker_lost_between(sender, first.at, second.at)) {
        Some(Cause::WorkerLost)
    } else if diary.dedup_lost_between(first.at, second.at, LEASE) {
        Some(Cause::DedupLost)
    } else {
        None
    }
}
