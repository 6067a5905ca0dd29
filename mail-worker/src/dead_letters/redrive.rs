//! Which letters can be redriven, and as what. Of a mail that is what can be told without the database: whether its link can
//! still live, reset-api knows, and sends it or does not.

use crate::message;
use crate::outcome::Undeliverable;
use common::event::{Envelope, EventKind, MOST_REDRIVEN_BYTES, type_name};
use common::queue::dead_letters::DeadLetter;
use common::queue::{Delivery, Message, Source};
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

/// A letter as it is redriven; either is for reset-api.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Redriven {
    /// The mail in its next life.
    Mail(Envelope),
    /// The report as it was.
    Report(Message),
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
    /// No mail of ours is so large, and it could not be told of.
    TooLarge,
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
            Self::TooLarge => "too_large",
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
            Self::TooLarge => "it is larger than any mail of ours",
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
    let redriven = envelope.redriven();
    if redriven.encode().len() > MOST_REDRIVEN_BYTES {
        return Err(Refusal::TooLarge);
    }
    Ok(Redriven::Mail(redriven))
}

/// A report is good for as long as it can be read, and as often: it is recorded once. A redrive that could not be read may
/// have met a reset-api older than redrives, and it holds the only copy of its mail.
fn report(letter: &DeadLetter) -> Result<Redriven, Refusal> {
    let envelope = Envelope::decode(letter.body.clone()).ok();
    let kind = envelope.as_ref().map(|envelope| envelope.kind);
    if !was_moved(letter) && kind != Some(EventKind::MailRedriven) {
        return Err(Refusal::NoMail);
    }
    let envelope = envelope.ok_or(Refusal::Unreadable)?;
    match envelope.kind {
        EventKind::DeliveryReport | EventKind::OperatorAction | EventKind::MailRedriven => {
            let (id, type_name, body) = (envelope.event_id, type_name(envelope.kind), letter.body.clone());
            Ok(Redriven::Report(Message { id, type_name, body }))
        }
        _ => Err(Refusal::Unreadable),
    }
}

fn was_moved(letter: &DeadLetter) -> bool {
    MOVED.contains(&letter.reason.as_str())
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
            let tally = Tally { redrives: 2, ..Tally::default() };
            let again = Envelope { attempt: 0, tally, ..envelope() };
            assert_eq!(redriven(&letter(&envelope(), reason), NOW), Ok(Redriven::Mail(again)), "{reason}");
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
        let sealed = Sealed { key_id: 1, bytes: vec![1; MOST_REDRIVEN_BYTES] };
        let event = MailEvent { sealed, ..MailEvent::decode(envelope().body).unwrap() };
        let large = Envelope { body: event.encode(), ..envelope() };
        assert_eq!(refusal(&letter(&large, "unsealable")), Refusal::TooLarge);
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
        let as_it_was = |kept: &DeadLetter, type_name| {
            let message = Message { id: Uuid::from_u128(7), type_name, body: kept.body.clone() };
            assert_eq!(redriven(kept, NOW), Ok(Redriven::Report(message)), "{}", kept.reason);
        };
        for kind in [EventKind::DeliveryReport, EventKind::OperatorAction] {
            as_it_was(&of_reports(kind, "delivery_limit"), type_name(kind));
            assert_eq!(redriven(&of_reports(kind, "undecodable"), NOW), Err(Refusal::NoMail));
        }
        for reason in ["delivery_limit", "undecodable"] {
            as_it_was(&of_reports(EventKind::MailRedriven, reason), "MailRedriven");
        }
        let mail = of_reports(EventKind::ResetLinkIssued, "delivery_limit");
        assert_eq!(redriven(&mail, NOW), Err(Refusal::Unreadable));
    }
}
