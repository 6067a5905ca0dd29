//! What may go wrong, and when it does.

use super::proxy::Trouble;
use super::sink::Mood;
use crate::cluster::Role;
use crate::dice::Dice;
use common::abort::AbortPoint;
use std::ops::Range;
use std::time::Duration;

/// Something that goes wrong, until it is put right.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// kill -9 of a copy, which is started again in the end.
    Kill(Role, usize),
    /// SIGSTOP of a copy, SIGCONT in the end.
    Freeze(Role, usize),
    /// A copy runs so that it aborts at that point, at that visit.
    Abort(AbortPoint, u32, usize),
    RabbitMq(BrokerFault),
    Postgres(DatabaseFault),
    Redis(CacheFault),
    /// The relay host misbehaves.
    Smtp(Mood),
    /// The way to a server is bad.
    Network(Server, Trouble),
    /// Clocks jump by so many hours, and back in the end: every copy's, or that one's. Those of the servers do not.
    Clock(Option<(Role, usize)>, i64),
    /// Callers who give up at any moment, with the seed of their moments.
    CallersLeave(u64),
}

/// What happens to RabbitMQ.
#[derive(Debug, Clone, Copy)]
pub(super) enum BrokerFault {
    /// kill -9; started again in the end, with its disk.
    Kill,
    Freeze,
    /// It is short of memory and takes nothing.
    Alarm,
    /// The queue of mails is deleted under its consumers.
    DeleteQueue,
    /// Stopped; started again in the end, without its disk.
    Wipe,
    /// Nothing that is published reaches the queue of mails.
    Unroutable,
    /// The queue of mails refuses what is new.
    Full,
    /// kill -9 of the node that leads the queue of mails, or of another one; started again in the end.
    KillNode(Leading),
    /// That node and the others no longer hear each other.
    CutOffNode(Leading),
}

/// Which of the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leading {
    Leader,
    Follower,
}

/// What happens to Postgres.
#[derive(Debug, Clone, Copy)]
pub(super) enum DatabaseFault {
    Kill,
    Freeze,
    /// Every session but the harness's is ended by the server.
    Terminate,
    /// Somebody holds a lock on the table of requests.
    Lock,
    /// Somebody holds every connection that the server allows.
    Exhaust,
}

/// What happens to Redis.
#[derive(Debug, Clone, Copy)]
pub(super) enum CacheFault {
    /// kill -9; started again in the end, with its data.
    Kill,
    /// The same, without its data.
    Empty,
    Freeze,
    Flush,
    FlushScripts,
    ReadOnly,
}

impl CacheFault {
    /// Whether a mark of dedup may get lost, or not be made. Scripts that are gone are sent along again.
    pub(super) fn may_lose_marks(self) -> bool {
        match self {
            Self::Kill | Self::Empty | Self::Freeze | Self::Flush | Self::ReadOnly => true,
            Self::FlushScripts => false,
        }
    }
}

/// A server that copies are connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    Postgres,
    Redis,
    RabbitMq,
    Smtp,
}

impl Server {
    pub(super) const ALL: [Self; 4] = [Self::Postgres, Self::Redis, Self::RabbitMq, Self::Smtp];
}

/// How often faults come, and how long each lasts.
#[derive(Debug, Clone)]
pub(super) struct Rhythm {
    pub(super) pause: Range<Duration>,
    pub(super) lasts: Range<Duration>,
    pub(super) most: usize,
}

impl Rhythm {
    pub(super) const fn of(pause: Range<u64>, lasts: Range<u64>, most: usize) -> Self {
        Self { pause: millis(pause), lasts: millis(lasts), most }
    }
}

const fn millis(range: Range<u64>) -> Range<Duration> {
    Duration::from_millis(range.start)..Duration::from_millis(range.end)
}

/// A fault with its moment, counted from the first request.
#[derive(Debug, Clone)]
pub(super) struct Timed {
    pub(super) at: Duration,
    pub(super) lasts: Duration,
    pub(super) fault: Fault,
}

/// The faults of a run, one after the other: the first soon, and none begins when the load is over.
pub(super) fn timetable(
    dice: &mut Dice,
    rhythm: &Rhythm,
    load: Duration,
    faults: impl Fn(&mut Dice) -> Fault,
) -> Vec<Timed> {
    let mut timetable = Vec::new();
    let mut at = dice.within(&rhythm.pause);
    while timetable.len() < rhythm.most && (at < load || timetable.is_empty()) {
        let lasts = dice.within(&rhythm.lasts);
        timetable.push(Timed { at, lasts, fault: faults(dice) });
        at += lasts + dice.within(&rhythm.pause);
    }
    timetable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(seed: u64) -> String {
        let rhythm = Rhythm::of(500..1_500, 100..900, 10);
        let kill = |dice: &mut Dice| Fault::Kill(Role::Worker, dice.one_of(2));
        format!("{:?}", timetable(&mut Dice::of(seed, "faults"), &rhythm, Duration::from_secs(12), kill))
    }

    #[test]
    fn scripts_that_are_flushed_lose_no_mark_and_so_permit_no_second_copy() {
        assert!(!CacheFault::FlushScripts.may_lose_marks());
        assert!(CacheFault::Flush.may_lose_marks());
    }

    #[test]
    fn the_same_seed_gives_the_same_faults_at_the_same_moments_and_another_seed_others() {
        assert_eq!(table(7), table(7));
        assert_ne!(table(7), table(8));
    }
}
