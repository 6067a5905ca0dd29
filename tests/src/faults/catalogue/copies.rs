//! Copies that die or stand still, and callers who go away.

use super::Faults::{AbortAt, Drawn};
use super::{COPIES, Scenario, UNKNOWN};
use crate::cluster::Role;
use crate::faults::plan::{Fault, Rhythm};
use crate::faults::sink::{Deed, Mood, Stage};
use common::abort::AbortPoint;

/// Again and again, each dead for a moment.
const LOOP: Rhythm = Rhythm::of(300..1_200, 100..800, 100);
/// Again and again; each waits so long for its point.
const ABORTS: Rhythm = Rhythm::of(50..400, 3_000..4_500, 100);
/// Half of the mails are to come again.
const GREYLISTS: Mood =
    Mood { at: Stage::Rcpt, deed: Deed::Greylist("451 4.7.1 greylisted, come again"), share: 500 };
/// Whoever has a mail already is refused another.
const REFUSES_AGAIN: Mood =
    Mood { at: Stage::Rcpt, deed: Deed::RefuseAgain("550 5.7.1 not again"), share: 1_000 };

const fn abort(name: &'static str, point: AbortPoint) -> Scenario {
    Scenario::of(name, "a copy aborts at this point of the flow, again and again", ABORTS, AbortAt(point))
}

pub(super) const ALL: &[Scenario] = &[
    Scenario::of(
        "worker-killed",
        "kill -9 of a mail-worker at random moments, in a loop",
        LOOP,
        Drawn(|dice| Fault::Kill(Role::Worker, dice.one_of(COPIES))),
    )
    .that_ends_some_as(UNKNOWN),
    Scenario::of(
        "api-killed",
        "kill -9 of a reset-api at random moments, in a loop",
        LOOP,
        Drawn(|dice| Fault::Kill(Role::Api, dice.one_of(COPIES))),
    ),
    abort("abort-before-accept", AbortPoint::BeforeAccept),
    abort("abort-after-accept", AbortPoint::AfterAccept),
    abort("abort-after-issue", AbortPoint::AfterIssue),
    abort("abort-after-publish", AbortPoint::AfterPublish),
    abort("abort-after-confirm", AbortPoint::AfterConfirm),
    abort("abort-before-data", AbortPoint::BeforeData),
    abort("abort-after-dot", AbortPoint::AfterDot).that_ends_some_as(UNKNOWN),
    Scenario {
        // A second try comes ten seconds after the first.
        stays_in_its_mood: true,
        ..Scenario::of(
            "abort-after-dot-refused",
            "a copy aborts behind the final dot, and the second try is refused for good",
            ABORTS,
            AbortAt(AbortPoint::AfterDot),
        )
        .while_it(REFUSES_AGAIN)
        .that_ends_some_as(&["refused", "unknown"])
    },
    abort("abort-after-reply", AbortPoint::AfterReply),
    abort("abort-after-sent", AbortPoint::AfterSent),
    abort("abort-after-report", AbortPoint::AfterReport),
    abort("abort-after-retry-publish", AbortPoint::AfterRetryPublish).while_it(GREYLISTS),
    Scenario::of(
        "worker-frozen",
        "SIGSTOP of a mail-worker for longer than its lease, then SIGCONT",
        Rhythm::of(500..1_500, 6_000..8_000, 2),
        Drawn(|dice| Fault::Freeze(Role::Worker, dice.one_of(COPIES))),
    )
    .that_ends_some_as(UNKNOWN),
    Scenario::of(
        "api-frozen",
        "SIGSTOP of a reset-api, then SIGCONT",
        Rhythm::of(500..1_500, 4_000..8_000, 2),
        Drawn(|dice| Fault::Freeze(Role::Api, dice.one_of(COPIES))),
    ),
    Scenario::of(
        "callers-cancelled",
        "a thousand calls given up at random moments",
        Rhythm::of(500..1_500, 1..2, 1),
        Drawn(|dice| Fault::CallersLeave(dice.roll())),
    ),
];
