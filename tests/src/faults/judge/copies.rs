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
    Unanswered,
    /// The worker died, or stood still beyond its lease, after the dot and before anybody knew.
    WorkerGone,
    /// The dedup store was away or forgot around that time.
    NoDedup,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unanswered => "answer lost",
            Self::WorkerGone => "worker lost",
            Self::NoDedup => "dedup lost",
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
    /// Each copy needs a cause of its own: one is good for one.
    pub(super) fn of(mails: &[&Taken], event: Option<&Event>, diary: &Diary) -> Self {
        let mut copies = Self::default();
        let possible: Vec<_> = mails.windows(2).map(|pair| causes(pair[0], pair[1], event, diary)).collect();
        for (number, cause) in assigned(&possible, &mut Vec::new()).into_iter().enumerate() {
            let (before, copy) = (mails[number], mails[number + 1]);
            let is_copy = (&copy.to, &copy.links) == (&mails[0].to, &mails[0].links);
            match cause {
                Some(cause) if is_copy => copies.permitted.push(cause),
                _ => copies.other.push(tell(number + 2, before, copy, event, is_copy)),
            }
        }
        copies
    }
}

/// A cause for as many as can be, the earlier ones first.
fn assigned(possible: &[Vec<Cause>], used: &mut Vec<Cause>) -> Vec<Option<Cause>> {
    let Some((first, rest)) = possible.split_first() else { return Vec::new() };
    let free: Vec<_> = first.iter().copied().filter(|cause| !used.contains(cause)).map(Some).collect();
    let choices = free.into_iter().chain([None]).map(|choice| {
        used.extend(choice);
        let mut all = vec![choice];
        all.extend(assigned(rest, used));
        used.truncate(used.len() - usize::from(choice.is_some()));
        all
    });
    // Of equally good ones the first; `max_by_key` would take the last.
    let best: Vec<_> = choices.collect();
    best.into_iter().rev().max_by_key(|all| all.iter().flatten().count()).unwrap_or_default()
}

fn tell(number: usize, before: &Taken, copy: &Taken, event: Option<&Event>, is_copy: bool) -> String {
    let why = if is_copy { "nothing permits it" } else { "it is another mail under the same Message-ID" };
    format!(
        "copy {number} to {} ({} by {} after {:?} by {}): {why}; reported {:?}",
        copy.to,
        copy.message_id,
        before.from,
        copy.at.duration_since(before.at),
        copy.from,
        event.map(|event| &event.reports)
    )
}

/// What may have caused the second of two copies.
fn causes(first: &Taken, second: &Taken, event: Option<&Event>, diary: &Diary) -> Vec<Cause> {
    let was_known = event.is_some_and(|event| event.was_accepted_by(second.time));
    let sender = (0..COPIES).find(|number| worker_name(*number) == first.from);
    let answer = event.is_some_and(|event| event.had("ambiguous"));
    let worker =
        sender.is_some_and(|sender| diary.worker_lost_between(sender, first.event_id(), first.at, second.at));
    let dedup = diary.dedup_lost_between(first.at, second.at, LEASE);
    let all =
        [(Cause::Unanswered, answer), (Cause::WorkerGone, worker && !was_known), (Cause::NoDedup, dedup)];
    all.into_iter().filter(|(_, holds)| *holds).map(|(cause, _)| cause).collect()
}
