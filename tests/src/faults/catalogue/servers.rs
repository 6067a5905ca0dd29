//! RabbitMQ, Postgres and Redis die, stand still, forget, or refuse.

use super::Faults::Same;
use super::Scenario;
use crate::faults::plan::{BrokerFault, CacheFault, DatabaseFault, Fault, Rhythm};
use crate::faults::sink::{Deed, Mood, Stage};
use std::time::Duration;

/// Down twice, for some seconds.
const DOWN: Rhythm = Rhythm::of(1_500..3_000, 1_000..4_000, 2);
/// Away once, for most of the load.
const AWAY: Rhythm = Rhythm::of(1_500..3_000, 7_000..9_000, 1);
/// A retry queue whose target refused a message offers it again after three minutes (RabbitMQ's
/// `dead_letter_worker_publisher_confirm_timeout`).
const BROKER_ASKS_AGAIN: Duration = Duration::from_secs(400);
/// Mails pile up in the queue.
const BUSY: Mood = Mood { at: Stage::Greeting, deed: Deed::Say("421 4.3.2 busy"), share: 1_000 };
/// It happens in a moment, again and again.
const MOMENTS: Rhythm = Rhythm::of(800..2_500, 1..2, 100);

const fn rabbitmq(name: &'static str, what: &'static str, rhythm: Rhythm, fault: BrokerFault) -> Scenario {
    Scenario::of(name, what, rhythm, Same(Fault::RabbitMq(fault)))
}

/// The broker loses what it has confirmed, and that is much: the relay host takes nothing meanwhile.
const fn forgetful(scenario: Scenario) -> Scenario {
    Scenario { forgetful_broker: true, ..scenario.while_it(BUSY) }
}

const fn postgres(name: &'static str, what: &'static str, rhythm: Rhythm, fault: DatabaseFault) -> Scenario {
    Scenario::of(name, what, rhythm, Same(Fault::Postgres(fault)))
}

const fn redis(name: &'static str, what: &'static str, rhythm: Rhythm, fault: CacheFault) -> Scenario {
    Scenario::of(name, what, rhythm, Same(Fault::Redis(fault)))
}

pub(super) const ALL: &[Scenario] = &[
    rabbitmq("rabbitmq-killed", "kill -9, and started again with its disk", DOWN, BrokerFault::Kill),
    rabbitmq("rabbitmq-away", "kill -9, and away for most of the load", AWAY, BrokerFault::Kill),
    rabbitmq("rabbitmq-frozen", "SIGSTOP, then SIGCONT", AWAY, BrokerFault::Freeze),
    rabbitmq("rabbitmq-alarm", "short of memory: it takes nothing", AWAY, BrokerFault::Alarm),
    forgetful(rabbitmq(
        "rabbitmq-queue-deleted",
        "the queue of mails is deleted under its consumers",
        Rhythm::of(2_000..4_000, 1..2, 3),
        BrokerFault::DeleteQueue,
    )),
    forgetful(rabbitmq(
        "rabbitmq-wiped",
        "stopped, its disk wiped, started empty",
        Rhythm::of(3_000..5_000, 1_000..3_000, 1),
        BrokerFault::Wipe,
    )),
    rabbitmq(
        "rabbitmq-unroutable",
        "nothing that is published reaches the queue of mails",
        DOWN,
        BrokerFault::Unroutable,
    ),
    Scenario {
        drains_within: BROKER_ASKS_AGAIN,
        ..rabbitmq("rabbitmq-full", "the queue of mails refuses what is new", DOWN, BrokerFault::Full)
            .while_it(BUSY)
    },
    postgres("postgres-killed", "kill -9, and started again", DOWN, DatabaseFault::Kill),
    postgres(
        "postgres-terminated-backends",
        "every session is ended by the server, again and again",
        MOMENTS,
        DatabaseFault::Terminate,
    ),
    postgres("postgres-frozen", "SIGSTOP, then SIGCONT", AWAY, DatabaseFault::Freeze),
    postgres("postgres-locked", "a lock on requests and outbox is held", AWAY, DatabaseFault::Lock),
    postgres("postgres-exhausted", "every connection is taken by others", AWAY, DatabaseFault::Exhaust),
    redis("redis-killed", "kill -9, and started again with its data", DOWN, CacheFault::Kill),
    redis("redis-emptied", "kill -9, and started again without its data", MOMENTS, CacheFault::Empty),
    redis("redis-flushed", "FLUSHALL, again and again", MOMENTS, CacheFault::Flush),
    redis("redis-frozen", "SIGSTOP, then SIGCONT", DOWN, CacheFault::Freeze),
    redis("redis-scripts-flushed", "SCRIPT FLUSH, again and again", MOMENTS, CacheFault::FlushScripts),
    redis("redis-read-only", "it becomes a replica that refuses writes", DOWN, CacheFault::ReadOnly),
];
