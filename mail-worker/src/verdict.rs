//! What follows from an outcome: how the message is settled, and what is reported of it. Pure decisions.

use crate::dedup::SentRecord;
use crate::outcome::{History, Outcome, Undeliverable};
use crate::report::Subject;
use crate::retry;
use crate::settle::Settlement;
use crate::smtp::{Fault, Reply, SendError, queue_id};
use common::clock::from_micros;
use common::event::{DeliveryOutcome, DeliveryReport, DeliveryStage, Tally};
use common::one_line::one_line;
use std::ops::RangeInclusive;
use std::time::Duration;
use time::OffsetDateTime;

/// How often a full mailbox (552, 5.2.2) is tried: its owner may clear it meanwhile, but not for hours on end.
const FULL_MAILBOX_ATTEMPTS: u32 = 3;
/// How often a mail may make the worker itself fail.
const CRASH_ATTEMPTS: u32 = 3;
/// A claim that is about to end is not asked for again at once; and no wait is longer than the shortest tier, because a
/// queue rounds up to the next one: the mails of a killed worker shall go on as soon as its lease is over.
const HOLD: RangeInclusive<Duration> = Duration::from_secs(1)..=retry::SHORTEST;

/// What to do about a message: report first, then settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) settlement: Settlement,
    /// None if there is nothing to tell: somebody else is on it, or nobody knows what it was.
    pub(crate) report: Option<DeliveryReport>,
}

impl Verdict {
    /// Whatever became of its last copy: an earlier one may have arrived, and with a final failure reset-api would end the
    /// link that is in it. It is not set aside either, because it may not be sent again.
    fn of_a_mail_that_may_be_out(self, subject: &Subject) -> Self {
        match self.report {
            Some(report) if report.is_final() => {
                let DeliveryReport { report_id, outcome, .. } =
                    subject.report(DeliveryOutcome::Unknown, report.at);
                settled(Settlement::Ack, DeliveryReport { report_id, outcome, ..report })
            }
            report => Self { report, ..self },
        }
    }
}

/// Decides.
pub(crate) fn judge(subject: &Subject, outcome: &Outcome, now: OffsetDateTime) -> Verdict {
    let verdict = decide(subject, outcome, now);
    if outcome.history() == History::Dotted { verdict.of_a_mail_that_may_be_out(subject) } else { verdict }
}

fn decide(subject: &Subject, outcome: &Outcome, now: OffsetDateTime) -> Verdict {
    match outcome {
        Outcome::Accepted(record) => accepted(subject, record),
        Outcome::Unknown => settled(Settlement::Ack, subject.report(DeliveryOutcome::Unknown, now)),
        Outcome::Expired => dead("expired_before_delivery", subject.report(DeliveryOutcome::Expired, now)),
        Outcome::Held(wait) => later((*wait).clamp(*HOLD.start(), *HOLD.end()), subject.tally),
        Outcome::Undeliverable { why, detail, .. } if why.may_pass() => lacking(subject, *why, detail, now),
        Outcome::Undeliverable { why, detail, .. } => undeliverable(subject, *why, detail, now),
        Outcome::Failed { error, history } => failed(subject, error, *history, now),
        Outcome::Crashed(_) => crashed(subject, now),
    }
}

/// The record alone decides what is said, so that every copy of the report is the same.
fn accepted(subject: &Subject, record: &SentRecord) -> Verdict {
    let subject = Subject { attempt: record.attempt, ..subject.clone() };
    let report = DeliveryReport {
        relay_host: record.relay_host.clone(),
        stage: DeliveryStage::Dot,
        reply_code: record.reply_code,
        enhanced_code: record.enhanced_code.clone(),
        text: record.reply_text.clone(),
        queue_id: queue_id(&record.reply_text).unwrap_or_default().to_owned(),
        ..subject.report(DeliveryOutcome::Accepted, from_micros(record.accepted_at))
    };
    settled(Settlement::Ack, report)
}

/// Tried again for as long as the mail is of use; then it is what it was called.
fn lacking(subject: &Subject, why: Undeliverable, detail: &str, now: OffsetDateTime) -> Verdict {
    let report = DeliveryReport {
        stage: DeliveryStage::Render,
        text: said(why, detail),
        ..subject.report(DeliveryOutcome::Transient, now)
    };
    let wait = retry::next_wait(subject.attempt, now, subject.deliver_by);
    again(wait, Spent::Attempt(subject.tally), report, || undeliverable(subject, why, detail, now))
}

fn undeliverable(subject: &Subject, why: Undeliverable, detail: &str, now: OffsetDateTime) -> Verdict {
    let settlement = Settlement::DeadLetter { reason: why.reason() };
    if subject.event_id.is_nil() {
        return Verdict { settlement, report: None };
    }
    let report = subject.report(DeliveryOutcome::Undeliverable, now);
    let text = said(why, detail);
    settled(settlement, DeliveryReport { stage: DeliveryStage::Render, text, ..report })
}

/// A template's own words may be in it: reset-api takes no report of several lines, and none shall hold a secret.
fn said(why: Undeliverable, detail: &str) -> String {
    one_line(&format!("{}: {detail}", why.reason()))
}

fn failed(subject: &Subject, error: &SendError, history: History, now: OffsetDateTime) -> Verdict {
    let told = |outcome| tell(subject, error, outcome, now);
    let tally = tally_after(subject.tally, error, history);
    let fitting = |wait| retry::fitting(wait, now, subject.deliver_by);
    let out_of_time = || dead("expired_before_delivery", told(DeliveryOutcome::Expired));
    match error.fault {
        Fault::RelayHost | Fault::Throttling => again(
            fitting(retry::SHORTEST),
            Spent::Nothing(tally),
            told(DeliveryOutcome::Transient),
            out_of_time,
        ),
        Fault::Transient if tally.full_mailboxes >= FULL_MAILBOX_ATTEMPTS => {
            refused(told(DeliveryOutcome::Refused))
        }
        Fault::Transient | Fault::Faltering => {
            let wait = retry::next_wait(subject.attempt, now, subject.deliver_by);
            again(wait, Spent::Attempt(tally), told(DeliveryOutcome::Transient), out_of_time)
        }
        Fault::Permanent | Fault::BadAddress => refused(told(DeliveryOutcome::Refused)),
        // One more dot could be a third copy.
        Fault::Ambiguous if history == History::Dotted => {
            settled(Settlement::Ack, told(DeliveryOutcome::Unknown))
        }
        Fault::Ambiguous => {
            let report = told(DeliveryOutcome::Ambiguous);
            let unknown = || settled(Settlement::Ack, told(DeliveryOutcome::Unknown));
            again(fitting(retry::AFTER_AMBIGUOUS), Spent::Attempt(tally), report, unknown)
        }
        Fault::Withdrawn => later(retry::SHORTEST, tally),
    }
}

fn tell(
    subject: &Subject,
    error: &SendError,
    outcome: DeliveryOutcome,
    now: OffsetDateTime,
) -> DeliveryReport {
    let reply = error.reply.as_ref();
    DeliveryReport {
        relay_host: error.relay_host.clone(),
        stage: error.stage,
        reply_code: reply.map_or(0, |reply| reply.code),
        enhanced_code: reply.map(|reply| reply.enhanced.clone()).unwrap_or_default(),
        text: reply.map_or_else(|| error.detail.clone(), |reply| reply.text.clone()),
        ..subject.report(outcome, now)
    }
}

fn is_full_mailbox(error: &SendError) -> bool {
    let says_full = |reply: &Reply| reply.code == 552 || reply.enhanced == "5.2.2";
    error.fault == Fault::Transient && error.reply.as_ref().is_some_and(says_full)
}

/// What the mail itself shall tell from now on: also of a dot that so far only the dedup store knew of.
fn tally_after(before: Tally, error: &SendError, history: History) -> Tally {
    let dots_before = before.unanswered_dots.max(u32::from(history == History::Dotted));
    let unanswered_dots = dots_before.saturating_add(u32::from(error.fault == Fault::Ambiguous));
    let full_mailboxes = before.full_mailboxes.saturating_add(u32::from(is_full_mailbox(error)));
    Tally { unanswered_dots, full_mailboxes, ..before }
}

/// The worker's own failure is the mail's, if it comes back with it.
fn crashed(subject: &Subject, now: OffsetDateTime) -> Verdict {
    let give_up = || undeliverable(subject, Undeliverable::WorkerFailed, "see the worker's log", now);
    let tally = Tally { crashes: subject.tally.crashes.saturating_add(1), ..subject.tally };
    if tally.crashes >= CRASH_ATTEMPTS {
        return give_up();
    }
    let text = "the worker failed".to_owned();
    let report = DeliveryReport { text, ..subject.report(DeliveryOutcome::Transient, now) };
    let wait = retry::next_wait(subject.attempt, now, subject.deliver_by);
    again(wait, Spent::Attempt(tally), report, give_up)
}

/// Whether an attempt was used up, and what all of them came to.
#[derive(Clone, Copy)]
enum Spent {
    Attempt(Tally),
    Nothing(Tally),
}

fn again(
    wait: Option<Duration>,
    spent: Spent,
    report: DeliveryReport,
    otherwise: impl FnOnce() -> Verdict,
) -> Verdict {
    let Some(after) = wait else { return otherwise() };
    let next_attempt_at = Some(report.at + after);
    let (count_attempt, tally) = match spent {
        Spent::Attempt(tally) => (true, tally),
        Spent::Nothing(tally) => (false, tally),
    };
    settled(Settlement::Retry { after, count_attempt, tally }, DeliveryReport { next_attempt_at, ..report })
}

fn refused(report: DeliveryReport) -> Verdict {
    dead("refused", report)
}

fn dead(reason: &'static str, report: DeliveryReport) -> Verdict {
    settled(Settlement::DeadLetter { reason }, report)
}

fn settled(settlement: Settlement, report: DeliveryReport) -> Verdict {
    Verdict { settlement, report: Some(report) }
}

/// Somebody else has the mail in hand, and reports it.
fn later(after: Duration, tally: Tally) -> Verdict {
    Verdict { settlement: Settlement::Retry { after, count_attempt: false, tally }, report: None }
}

#[cfg(test)]
mod tests;
