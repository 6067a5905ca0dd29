//! The relay host refuses, drops, delays, keeps silent, or cannot be trusted.
//!
//! What is shorter here than in the world: a greylisted mail may come again at once, where it would be minutes, because a
//! retry waits ten seconds at least; silence ends by the relay host closing, before the worker's own 30 to 180 s are over.

use super::Faults::Same;
use super::{REFUSED, Scenario, UNKNOWN};
use crate::faults::plan::{Fault, Rhythm};
use crate::faults::scene::Surroundings;
use crate::faults::sink::{Deed, Mood, Stage};
use std::time::Duration;

/// Twice, and short of the ten seconds after which a refused mail comes again.
const TWICE: Rhythm = Rhythm::of(1_500..3_000, 2_500..4_000, 2);
/// Once, for most of the load.
const ONCE: Rhythm = Rhythm::of(1_000..2_000, 9_000..11_000, 1);
const SOME: u64 = 300;
/// Of new connections, of which there are few.
const MOST: u64 = 700;

const fn some(name: &'static str, what: &'static str, at: Stage, deed: Deed) -> Scenario {
    Scenario::of(name, what, TWICE, Same(Fault::Smtp(Mood { at, deed, share: SOME })))
}

const fn most(name: &'static str, what: &'static str, at: Stage, deed: Deed) -> Scenario {
    Scenario::of(name, what, TWICE, Same(Fault::Smtp(Mood { at, deed, share: MOST })))
}

const fn all(name: &'static str, what: &'static str, rhythm: Rhythm, at: Stage, deed: Deed) -> Scenario {
    Scenario::of(name, what, rhythm, Same(Fault::Smtp(Mood { at, deed, share: 1_000 })))
}

/// The worker must speak TLS.
const fn over_tls(scenario: Scenario) -> Scenario {
    Scenario { surroundings: Surroundings { tls: true, ..Surroundings::PLAIN }, ..scenario }
}

/// There is a second relay host.
const fn of_two(scenario: Scenario) -> Scenario {
    Scenario { surroundings: Surroundings { second_relay: true, ..Surroundings::PLAIN }, ..scenario }
}

pub(super) const ALL: &[Scenario] = &[
    all("smtp-refused", "nobody listens", TWICE, Stage::Greeting, Deed::Refuse),
    all(
        "smtp-slow-trial",
        "nobody listens; afterwards each worker's first mail is answered after a minute, and no other may wait for it",
        Rhythm::of(1_000..2_000, 2_500..4_000, 1),
        Stage::Greeting,
        Deed::RefuseThenStall(Duration::from_secs(60)),
    )
    .slowest_within(Duration::from_secs(45)),
    all(
        "smtp-421-greeting",
        "421 instead of a greeting",
        TWICE,
        Stage::Greeting,
        Deed::Say("421 4.3.2 busy"),
    ),
    most("smtp-4xx-hello", "421 to EHLO", Stage::Hello, Deed::Say("421 4.3.2 busy")),
    some("smtp-4xx-mail", "451 to MAIL", Stage::Mail, Deed::Say("451 4.3.0 later")),
    some("smtp-4xx-rcpt", "450 to RCPT", Stage::Rcpt, Deed::Say("450 4.2.1 later")),
    some("smtp-4xx-data", "451 to DATA", Stage::Data, Deed::Say("451 4.3.0 later")),
    some("smtp-4xx-dot", "451 to the final dot", Stage::Dot, Deed::Say("451 4.3.0 later")),
    all(
        "smtp-throttled",
        "454 4.7.0 to MAIL, which must slow the workers down",
        ONCE,
        Stage::Mail,
        Deed::Say("454 4.7.0 Throttling failure"),
    )
    .that_slows_down(),
    most("smtp-5xx-greeting", "554 instead of a greeting", Stage::Greeting, Deed::Say("554 5.3.2 closed")),
    some("smtp-5xx-mail", "550 to MAIL", Stage::Mail, Deed::Say("550 5.1.0 not from you"))
        .that_ends_some_as(REFUSED),
    some("smtp-5xx-rcpt", "550 5.1.1 to RCPT", Stage::Rcpt, Deed::Say("550 5.1.1 no such user"))
        .that_ends_some_as(&["refused", "suppressed"]),
    some("smtp-5xx-data", "554 to DATA", Stage::Data, Deed::Say("554 5.3.0 no")).that_ends_some_as(REFUSED),
    some("smtp-5xx-dot", "554 5.7.1 to the final dot", Stage::Dot, Deed::Say("554 5.7.1 spam"))
        .that_ends_some_as(REFUSED),
    all(
        "smtp-greylist",
        "450 to the first try of every mail",
        ONCE,
        Stage::Rcpt,
        Deed::Greylist("450 4.7.1 greylisted, come again"),
    ),
    most("smtp-drop-greeting", "closes instead of a greeting", Stage::Greeting, Deed::Drop),
    most("smtp-drop-hello", "closes at EHLO", Stage::Hello, Deed::Drop),
    some("smtp-drop-mail", "closes at MAIL", Stage::Mail, Deed::Drop),
    some("smtp-drop-rcpt", "closes at RCPT", Stage::Rcpt, Deed::Drop),
    some("smtp-drop-data", "closes at DATA", Stage::Data, Deed::Drop),
    some("smtp-drop-dot", "closes at the final dot, having kept every other mail", Stage::Dot, Deed::Drop)
        .that_ends_some_as(UNKNOWN),
    some(
        "smtp-late-dot",
        "the 250 to the final dot comes late",
        Stage::Dot,
        Deed::Late(Duration::from_millis(2_500)),
    ),
    some("smtp-silent-rcpt", "nothing after RCPT", Stage::Rcpt, Deed::Silence),
    some("smtp-silent-dot", "nothing after the final dot", Stage::Dot, Deed::Silence),
    some(
        "smtp-slow-drip",
        "the 250 to the final dot drips",
        Stage::Dot,
        Deed::Drip(Duration::from_millis(120)),
    ),
    over_tls(all(
        "smtp-bad-certificate",
        "a stranger's certificate",
        TWICE,
        Stage::Hello,
        Deed::WrongCertificate,
    )),
    of_two(
        all("relay-first-dead", "of two relay hosts the first is away", ONCE, Stage::Greeting, Deed::Refuse)
            .while_it(Mood { at: Stage::Greeting, deed: Deed::Refuse, share: 1_000 }),
    ),
    of_two(all(
        "relay-fails-over",
        "of two relay hosts the first goes away and comes back",
        TWICE,
        Stage::Greeting,
        Deed::Refuse,
    )),
    of_two(all(
        "relay-full",
        "of two relay hosts the first has a full disk: 452 4.3.1 to MAIL",
        TWICE,
        Stage::Mail,
        Deed::Say("452 4.3.1 insufficient system storage"),
    )),
    of_two(all(
        "relay-silent",
        "of two relay hosts the first says nothing after DATA",
        TWICE,
        Stage::Data,
        Deed::Silence,
    )),
    over_tls(all("smtp-no-starttls", "STARTTLS is not offered", TWICE, Stage::Hello, Deed::NoStartTls)),
];
