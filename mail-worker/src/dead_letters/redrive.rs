//! Which letters can go back into the queue they were taken from, and as what.

use crate::message;
use crate::outcome::Undeliverable;
use bytes::Bytes;
use common::event::{Envelope, EventKind, type_name};
use common::queue::dead_letters::DeadLetter;
use common::queue::{Delivery, Message, Route, Source};
use time::OffsetDateTime;

/// What lay with us and not with the mail: whoever mends it can have the mail sent. What a mail server refused for good,
/// and what came too late, nobody mends.
const MENDABLE: [Undeliverable; 5] = [
    Undeliverable::Unsealable,
    Undeliverable::UnknownKey,
    Undeliverable::UnknownApp,
    Undeliverable::RenderFailed,
    Undeliverable::WorkerFailed,
];

/// Why the broker itself sets a message aside (RabbitMQ, "Dead Letter Exchanges"). None of it is about the mail, nobody
/// reported it, and dedup knows what was tried.
const MOVED: [&str; 4] = ["delivery_limit", "expired", "rejected", "maxlen"];

/// A letter as it goes back into a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redriven {
    pub(crate) route: Route,
    pub(crate) message: Message,
}

/// Why a letter cannot be redriven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It was a report that could not be read, and reading it again cannot help.
    NoMail,
    /// It is no event that can be read.
    Unreadable,
    /// What it died of is final.
    Final,
    /// A final dot of it was never answered: the mail may be out.
    MayBeOut,
    /// Its time is over, and its link's with it.
    TooLate,
}

impl Refusal {
    /// In a word, for a program.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NoMail => "no_mail",
            Self::Unreadable => "unreadable",
            Self::Final => "final",
            Self::MayBeOut => "may_be_out",
            Self::TooLate => "too_late",
        }
    }

    /// For a person.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::NoMail => "it is no mail",
            Self::Unreadable => "it cannot be read, by whomever",
            Self::Final => "what it died of is final",
            Self::MayBeOut => "a mail server never answered its final dot: it may be out",
            Self::TooLate => "its time is over",
        }
    }
}

pub(crate) fn refusal(letter: &DeadLetter, now: OffsetDateTime) -> Option<Refusal> {
    redriven(letter, now).err()
}

/// The letter as it was before it died: of a mail, the same event with a fresh count of attempts.
pub(crate) fn redriven(letter: &DeadLetter, now: OffsetDateTime) -> Result<Redriven, Refusal> {
    if letter.source == Some(Source::Reports) {
        return report(letter);
    }
    let envelope = read(letter).ok_or(Refusal::Unreadable)?;
    if !MENDABLE.iter().any(|why| why.reason() == letter.reason) && !was_moved(letter) {
        return Err(Refusal::Final);
    }
    if envelope.tally.unanswered_dots > 0 {
        return Err(Refusal::MayBeOut);
    }
    if envelope.deliver_by <= now {
        return Err(Refusal::TooLate);
    }
    Ok(Redriven { route: Route::Mail, message: message(&envelope, envelope.redriven().encode().into()) })
}

/// A report is good for as long as it can be read, and as often: it is recorded once.
fn report(letter: &DeadLetter) -> Result<Redriven, Refusal> {
    if !was_moved(letter) {
        return Err(Refusal::NoMail);
    }
    let envelope = Envelope::decode(letter.body.clone()).map_err(|_| Refusal::Unreadable)?;
    if !matches!(envelope.kind, EventKind::DeliveryReport | EventKind::OperatorAction) {
        return Err(Refusal::Unreadable);
    }
    Ok(Redriven { route: Route::Reports, message: message(&envelope, letter.body.clone()) })
}

fn was_moved(letter: &DeadLetter) -> bool {
    MOVED.contains(&letter.reason.as_str())
}

fn message(envelope: &Envelope, body: Bytes) -> Message {
    Message { id: envelope.event_id, type_name: type_name(envelope.kind), body }
}

/// As a worker reads it.
fn read(letter: &DeadLetter) -> Option<Envelope> {
    let delivery = Delivery { id: letter.id, body: letter.body.clone(), redelivered: false, tag: 0 };
    message::read(&delivery).ok().map(|mail| mail.envelope)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use common::event::{EventKind, MailEvent, RequestFacts, Tally};
    use common::sealing::Sealed;
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-01-01 12:00 UTC);

    pub(in crate::dead_letters) fn envelope() -> Envelope {
        let event = MailEvent {
            app_id: "tapo".to_owned(),
            locale: "en".to_owned(),
            facts: RequestFacts {
                at: NOW,
                browser: String::new(),
                system: String::new(),
                device: String::new(),
                link_lifetime: Duration::minutes(30),
            },
            sealed: Sealed { key_id: 1, bytes: vec![1] },
        };
        Envelope {
            event_id: Uuid::from_u128(7),
            kind: EventKind::ResetLinkIssued,
            occurred_at: NOW,
            deliver_by: NOW + Duration::hours(4),
            attempt: 3,
            traceparent: String::new(),
            former_attempt: String::new(),
            tally: Tally { redrives: 1, full_mailboxes: 2, crashes: 3, ..Tally::default() },
            body: event.encode(),
        }
    }

    pub(in crate::dead_letters) fn letter(envelope: &Envelope, reason: &str) -> DeadLetter {
        DeadLetter {
            id: envelope.event_id,
            type_name: "ResetLinkIssued".to_owned(),
            source: Some(Source::Mail),
            reason: reason.to_owned(),
            died_at: Some(NOW),
            last_words: String::new(),
            body: envelope.encode().into(),
            tag: 1,
        }
    }

    #[test]
    fn what_lay_with_us_goes_out_again_counted_anew_and_sealed_as_before() {
        let ours = ["unsealable", "unknown_key", "unknown_app", "render_failed", "worker_failed"];
        for reason in ours.into_iter().chain(["delivery_limit", "expired", "rejected", "maxlen"]) {
            let Redriven { route, message } = redriven(&letter(&envelope(), reason), NOW).unwrap();
            assert_eq!(route, Route::Mail);
            assert_eq!((message.id, message.type_name), (Uuid::from_u128(7), "ResetLinkIssued"));
            let again = Envelope::decode(message.body).unwrap();
            let tally = Tally { redrives: 2, ..Tally::default() };
            assert_eq!(again, Envelope { attempt: 0, tally, ..envelope() }, "{reason}");
        }
    }

    #[test]
    fn what_is_final_may_be_out_or_is_too_late_stays() {
        let refusal = |letter: &DeadLetter| redriven(letter, NOW).unwrap_err();
        for reason in ["refused", "expired_before_delivery", "undecodable", ""] {
            assert_eq!(refusal(&letter(&envelope(), reason)), Refusal::Final, "{reason}");
        }
        let dotted = Tally { unanswered_dots: 1, ..Tally::default() };
        let dotted = Envelope { tally: dotted, ..envelope() };
        assert_eq!(refusal(&letter(&dotted, "worker_failed")), Refusal::MayBeOut);
        let late = Envelope { deliver_by: NOW, ..envelope() };
        assert_eq!(refusal(&letter(&late, "unsealable")), Refusal::TooLate);
        let report = Envelope { kind: EventKind::DeliveryReport, ..envelope() };
        assert_eq!(refusal(&letter(&report, "unsealable")), Refusal::Unreadable);
        let garbage = DeadLetter { body: vec![0xFF; 9].into(), ..letter(&envelope(), "unsealable") };
        assert_eq!(refusal(&garbage), Refusal::Unreadable);
        let of_reports = DeadLetter { source: Some(Source::Reports), ..letter(&envelope(), "unsealable") };
        assert_eq!(refusal(&of_reports), Refusal::NoMail);
    }

    #[test]
    fn a_report_that_the_broker_set_aside_goes_back_as_it_was() {
        let of_reports = |kind, reason| {
            let envelope = Envelope { kind, deliver_by: NOW, ..envelope() };
            DeadLetter { source: Some(Source::Reports), ..letter(&envelope, reason) }
        };
        for kind in [EventKind::DeliveryReport, EventKind::OperatorAction] {
            let kept = of_reports(kind, "delivery_limit");
            let Redriven { route, message } = redriven(&kept, NOW).unwrap();
            assert_eq!((route, message.id, &message.body), (Route::Reports, Uuid::from_u128(7), &kept.body));
            assert_eq!(redriven(&of_reports(kind, "undecodable"), NOW), Err(Refusal::NoMail));
        }
        let mail = of_reports(EventKind::ResetLinkIssued, "delivery_limit");
        assert_eq!(redriven(&mail, NOW), Err(Refusal::Unreadable));
    }
}
