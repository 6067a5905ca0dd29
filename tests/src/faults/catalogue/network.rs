//! Bad networks between the copies and their servers, by proxies in this process.
//!
//! The relay host is left out of half-open networks: the worker waits three minutes for the answer to a final dot.

use super::Faults::Drawn;
use super::{Scenario, UNKNOWN};
use crate::dice::Dice;
use crate::faults::plan::{Fault, Rhythm, Server};
use crate::faults::proxy::Trouble;
use crate::faults::scene::Surroundings;
use std::time::Duration;

const SPELLS: Rhythm = Rhythm::of(500..1_500, 1_000..3_000, 8);
const MOMENTS: Rhythm = Rhythm::of(300..1_000, 50..500, 20);

const fn proxied(
    name: &'static str,
    what: &'static str,
    rhythm: Rhythm,
    draw: fn(&mut Dice) -> Fault,
) -> Scenario {
    let surroundings = Surroundings { proxied: true, ..Surroundings::PLAIN };
    Scenario { surroundings, ..Scenario::of(name, what, rhythm, Drawn(draw)) }
}

fn any(dice: &mut Dice) -> Server {
    Server::ALL[dice.one_of(Server::ALL.len())]
}

pub(super) const ALL: &[Scenario] = &[
    proxied(
        "network-half-open",
        "nothing arrives at Postgres, Redis or RabbitMQ, and nobody is told",
        Rhythm::of(500..1_500, 3_000..6_000, 3),
        |dice| {
            Fault::Network([Server::Postgres, Server::Redis, Server::RabbitMq][dice.one_of(3)], Trouble::Deaf)
        },
    ),
    proxied("network-slow", "everything to a server comes later", SPELLS, |dice| {
        let delay = dice.within(&(Duration::from_millis(20)..Duration::from_millis(200)));
        Fault::Network(any(dice), Trouble::Slow(delay))
    }),
    proxied("network-reset", "every connection to a server is reset", MOMENTS, |dice| {
        Fault::Network(any(dice), Trouble::Reset)
    })
    .that_ends_some_as(UNKNOWN),
    proxied("network-cut", "every connection to a server is cut after some bytes", SPELLS, |dice| {
        Fault::Network(any(dice), Trouble::Cut)
    })
    .that_ends_some_as(UNKNOWN),
];
