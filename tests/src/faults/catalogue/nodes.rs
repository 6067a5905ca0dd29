//! A RabbitMQ of three nodes loses one of them.

use super::Faults::Same;
use super::Scenario;
use crate::faults::plan::{BrokerFault, Fault, Leading, Rhythm};
use crate::faults::scene::Surroundings;

/// Twice, and long enough for the others to choose a new leader meanwhile.
const DOWN: Rhythm = Rhythm::of(1_500..3_000, 3_000..5_000, 2);

const fn of_three(name: &'static str, what: &'static str, fault: BrokerFault) -> Scenario {
    let surroundings = Surroundings { more_nodes: 2, ..Surroundings::PLAIN };
    Scenario { surroundings, ..Scenario::of(name, what, DOWN, Same(Fault::RabbitMq(fault))) }
}

pub(super) const ALL: &[Scenario] = &[
    of_three(
        "rabbitmq-leader-killed",
        "kill -9 of the node that leads the queue of mails, of three",
        BrokerFault::KillNode(Leading::Leader),
    ),
    of_three(
        "rabbitmq-follower-killed",
        "kill -9 of a node that follows, of three",
        BrokerFault::KillNode(Leading::Follower),
    ),
    of_three(
        "rabbitmq-leader-cut-off",
        "the leader and the other two nodes no longer hear each other",
        BrokerFault::CutOffNode(Leading::Leader),
    ),
    of_three(
        "rabbitmq-follower-cut-off",
        "a follower and the other two nodes no longer hear each other",
        BrokerFault::CutOffNode(Leading::Follower),
    ),
];
