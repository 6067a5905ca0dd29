//! What follows from an outcome: how the message is settled, and what is reported of it. Pure decisions.

use crate::dedup::SentRecord;
use crate::outcome::{History, Outcome, Undeliverable};
use crate::report::Subject;
use crate::retry;
use crate::settle::Settlement;
use crate::smtp::{Fault, Reply, SendError, queue_id};
use common::clock::from_micros;
use common::event::{DeliveryOutcome, DeliveryReport, DeliveryStage};
use std::time::Duration;
use time::OffsetDateTime;

/// How often a full mailbox (552, 5.2.2) is tried: its owner may clear it meanwhile, but not for hours on end.
const FULL_MAILBOX_ATTEMPTS: u32 = 3;
/// How often a mail may make the worker itself fail.
const CRASH_ATTEMPTS: u32 = 3;
/// A claim that is about to end is not asked for again at once.
const SHORTEST_HOLD: Duration = Duration::from_secs(1);

/// What to do about a message: report first, then settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) settlement: Settlement,
    /// None if there is nothing to tell: somebody else is on it, or nobody knows what it was.
    pub(crate) report: Option<DeliveryReport>,
}

/// Decides.
pub(crate) fn judge(subject: &Subject, outcome: &Outcome, now: OffsetDateTime) -> Verdict {
    match outcome {
        Outcome::Accepted(record) => accepted(subject, record),
        Outcome::Unknown => settled(Settlement::Ack, subject.report(DeliveryOutcome::Unknown, now)),
        Outcome::Expired => dead("expired_before_delivery", subject.report(DeliveryOutcome::Expired, now)),
        Outcome::Held(wait) => later((*wait).max(SHORTEST_HOLD)),
        Outcome::Undeliverable(why, detail) if why.may_pass() => lacking(subject, *why, detail, now),
        Outcome::Undeliverable(why, detail) => undeliverable(subject, *why, detail, now),
        Outcome::Failed { error, history } => failed(subject, error, *history, now),
        Outcome::Crashed => crashed(subject, now),
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
    let text = format!("{}: {detail}", why.reason());
    let report = DeliveryReport {
        stage: DeliveryStage::Render,
        text,
        ..subject.report(DeliveryOutcome::Transient, now)
    };
    let wait = retry::next_wait(subject.attempt, now, subject.deliver_by);
    again(wait, true, report, || undeliverable(subject, why, detail, now))
}

fn undeliverable(subject: &Subject, why: Undeliverable, detail: &str, now: OffsetDateTime) -> Verdict {
    let settlement = Settlement::DeadLetter { reason: why.reason() };
    if subject.event_id.is_nil() {
        return Verdict { settlement, report: None };
    }
    let report = subject.report(DeliveryOutcome::Undeliverable, now);
    let text = format!("{}: {detail}", why.reason());
    settled(settlement, DeliveryReport { stage: DeliveryStage::Render, text, ..report })
}

fn failed(subject: &Subject, error: &SendError, history: History, now: OffsetDateTime) -> Verdict {
    let told = |outcome| tell(subject, error, outcome, now);
    let fitting = |wait| retry::fitting(wait, now, subject.deliver_by);
    let last_words = || out_of_time(error, history, &told);
    match error.fault {
        Fault::RelayHost | Fault::Throttling => {
            again(fitting(retry::SHORTEST), false, told(DeliveryOutcome::Transient), last_words)
        }
        Fault::Transient if given_up(subject, error.reply.as_ref()) => {
            refused(told(DeliveryOutcome::Refused))
        }
        Fault::Transient => {
            let wait = retry::next_wait(subject.attempt, now, subject.deliver_by);
            again(wait, true, told(DeliveryOutcome::Transient), last_words)
        }
        Fault::Permanent | Fault::BadAddress => refused(told(DeliveryOutcome::Refused)),
        Fault::Ambiguous if may_not_resend(subject, history) => {
            settled(Settlement::Ack, told(DeliveryOutcome::Unknown))
        }
        Fault::Ambiguous => {
            again(fitting(retry::AFTER_AMBIGUOUS), true, told(DeliveryOutcome::Ambiguous), last_words)
        }
        Fault::Withdrawn => later(retry::SHORTEST),
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

/// A full mailbox is worth a few tries, not every one until the end.
fn given_up(subject: &Subject, reply: Option<&Reply>) -> bool {
    let full = reply.is_some_and(|reply| reply.code == 552 || reply.enhanced == "5.2.2");
    full && subject.attempt >= FULL_MAILBOX_ATTEMPTS
}

/// Whether one more dot could be a third copy. Without the dedup store nobody knows of earlier dots, except that
/// there is none before the first attempt of its first life.
fn may_not_resend(subject: &Subject, history: History) -> bool {
    match history {
        History::Clean => false,
        History::Dotted => true,
        History::Untold => subject.attempt > 1 || subject.tally.redrives > 0,
    }
}

/// A mail that may be out is not called expired: its link must stay live.
fn out_of_time(
    error: &SendError,
    history: History,
    told: &dyn Fn(DeliveryOutcome) -> DeliveryReport,
) -> Verdict {
    if error.fault == Fault::Ambiguous || history == History::Dotted {
        settled(Settlement::Ack, told(DeliveryOutcome::Unknown))
    } else {
        dead("expired_before_delivery", told(DeliveryOutcome::Expired))
    }
}

/// The worker's own failure is the mail's, if it comes back with it.
fn crashed(subject: &Subject, now: OffsetDateTime) -> Verdict {
    let give_up = || undeliverable(subject, Undeliverable::WorkerFailed, "see the worker's log", now);
    if subject.attempt >= CRASH_ATTEMPTS {
        return give_up();
    }
    let text = "the worker failed".to_owned();
    let report = DeliveryReport { text, ..subject.report(DeliveryOutcome::Transient, now) };
    again(retry::next_wait(subject.attempt, now, subject.deliver_by), true, report, give_up)
}

fn again(
    wait: Option<Duration>,
    count_attempt: bool,
    report: DeliveryReport,
    otherwise: impl FnOnce() -> Verdict,
) -> Verdict {
    let Some(after) = wait else { return otherwise() };
    let next_attempt_at = Some(report.at + after);
    settled(Settlement::Retry { after, count_attempt }, DeliveryReport { next_attempt_at, ..report })
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
fn later(after: Duration) -> Verdict {
    Verdict { settlement: Settlement::Retry { after, count_attempt: false }, report: None }
}

#[cfg(test)]
mod tests;
