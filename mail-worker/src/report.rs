//! Reports: what became of each attempt, told to reset-api before the message is settled.

use crate::spans;
use common::backoff::Backoff;
use common::clock::{Clock, to_micros};
use common::entropy::Entropy;
use common::event::{DeliveryOutcome, DeliveryReport, DeliveryStage, Envelope, EventKind, Tally, type_name};
use common::queue::{Message, Queue, QueueError, Route};
use common::telemetry::TraceContext;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

/// How long a report is worth reading; reset-api may be down for a week-end.
const WORTH: time::Duration = time::Duration::days(7);
/// How often publishing is tried again.
const BACKOFF: Backoff = Backoff { floor: Duration::from_millis(200), ceiling: Duration::from_secs(30) };
/// Separates these ids from any other digest of the same bytes.
const ID_DOMAIN: &[u8] = b"passwordreset delivery report v1";

/// Which attempt at which event is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The event; nil if the message did not even tell that.
    pub(crate) event_id: Uuid,
    /// Which attempt, from 1.
    pub(crate) attempt: u32,
    /// What the attempts before it came to, as the mail itself tells.
    pub(crate) tally: Tally,
    /// When its time is over.
    pub(crate) deliver_by: OffsetDateTime,
}

impl Subject {
    /// A report that says nothing but its outcome, for the caller to fill in.
    pub(crate) fn report(&self, outcome: DeliveryOutcome, at: OffsetDateTime) -> DeliveryReport {
        DeliveryReport {
            report_id: report_id(self, outcome, at),
            event_id: self.event_id,
            outcome,
            at,
            attempt: self.attempt,
            relay_host: String::new(),
            stage: DeliveryStage::Unspecified,
            reply_code: 0,
            enhanced_code: String::new(),
            text: String::new(),
            next_attempt_at: None,
            queue_id: String::new(),
            redrives: self.tally.redrives,
        }
    }
}

/// The id of a report, the same however often the fact is reported (UUIDv8, RFC 9562 §5.8).
///
/// An attempt has one final outcome, so attempt and outcome name it. An outcome that is not final can come again under
/// the same number, because a relay host's failure uses up no attempt; each is a fact, and a sign of life, of its own
/// and its time is part of its name.
///
/// A mail that came back from the dead letters begins to count anew, so its lives are told apart. Its acceptance is not: a
/// mail is accepted in one life, and every copy that finds that out later reports the same, whichever life it is of.
pub(crate) fn report_id(subject: &Subject, outcome: DeliveryOutcome, at: OffsetDateTime) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(ID_DOMAIN);
    digest.update(subject.event_id.as_bytes());
    digest.update(subject.attempt.to_be_bytes());
    digest.update(i32::from(outcome).to_be_bytes());
    if subject.tally.redrives > 0 && outcome != DeliveryOutcome::Accepted {
        digest.update(subject.tally.redrives.to_be_bytes());
    }
    if matches!(outcome, DeliveryOutcome::Transient | DeliveryOutcome::Ambiguous) {
        digest.update(to_micros(at).to_be_bytes());
    }
    let digest: [u8; 32] = digest.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

/// Publishes reports.
pub(crate) struct Reporter {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// How long one report is tried.
    pub(crate) patience: Duration,
}

impl Reporter {
    /// Publishes until it is confirmed, or the patience is at its end.
    ///
    /// # Errors
    /// The last [`QueueError`]: the message must not be settled, so that it comes again and is reported then.
    pub(crate) async fn publish(&self, report: &DeliveryReport) -> Result<(), QueueError> {
        let span = spans::report(self.queue.system(), report);
        let message = self.message(report, &span.context());
        let published = span.around(self.publish_patiently(report, message)).await;
        if published.is_err() {
            span.fail("unconfirmed");
        }
        published
    }

    async fn publish_patiently(&self, report: &DeliveryReport, message: Message) -> Result<(), QueueError> {
        let deadline = Instant::now() + self.patience;
        let mut failures = 0;
        loop {
            let Err(error) = self.try_publish(message.clone(), deadline).await else { return Ok(()) };
            failures += 1;
            let wait = BACKOFF.wait(failures, &*self.entropy);
            if Instant::now() + wait >= deadline {
                return Err(error);
            }
            // How it ends is told by whoever handles that.
            if failures == 1 {
                tracing::warn!(event_id = %report.event_id, %error, "a report was not confirmed; it is tried again");
            }
            sleep(wait).await;
            if timeout_at(deadline, self.queue.publishing_came_up()).await.is_err() {
                return Err(error);
            }
        }
    }

    async fn try_publish(&self, message: Message, deadline: Instant) -> Result<(), QueueError> {
        let verdicts = timeout_at(deadline, self.queue.publish(Route::Reports, vec![message])).await;
        let verdict = verdicts.ok().and_then(|verdicts| verdicts.into_iter().next());
        verdict.unwrap_or_else(|| Err(QueueError::Unconfirmed("no verdict on the report".to_owned())))
    }

    fn message(&self, report: &DeliveryReport, context: &TraceContext) -> Message {
        let now = self.clock.now();
        let envelope = Envelope {
            event_id: report.report_id,
            kind: EventKind::DeliveryReport,
            occurred_at: now,
            deliver_by: now + WORTH,
            attempt: 0,
            traceparent: context.to_string(),
            former_attempt: String::new(),
            tally: Tally::default(),
            body: report.encode(),
        };
        Message {
            id: report.report_id,
            type_name: type_name(EventKind::DeliveryReport),
            body: envelope.encode().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
    const LATER: OffsetDateTime = time::macros::datetime!(2026-01-01 0:00 UTC);

    fn id(attempt: u32, redrives: u32, outcome: DeliveryOutcome, at: OffsetDateTime) -> Uuid {
        report_id(&subject(Uuid::from_u128(7), attempt, redrives), outcome, at)
    }

    fn subject(event_id: Uuid, attempt: u32, redrives: u32) -> Subject {
        Subject { event_id, attempt, tally: Tally { redrives, ..Tally::default() }, deliver_by: LATER }
    }

    #[test]
    fn a_final_fact_has_one_id_however_often_it_is_reported() {
        let first = id(1, 0, DeliveryOutcome::Accepted, NOW);
        assert_eq!(first.get_version_num(), 8);
        assert_eq!(id(1, 0, DeliveryOutcome::Accepted, LATER), first);
        assert_ne!(id(2, 0, DeliveryOutcome::Accepted, NOW), first);
        assert_ne!(id(1, 0, DeliveryOutcome::Refused, NOW), first);
        let another = subject(Uuid::from_u128(8), 1, 0);
        assert_ne!(report_id(&another, DeliveryOutcome::Accepted, NOW), first);
    }

    #[test]
    fn each_failure_that_used_no_attempt_is_a_sign_of_life_of_its_own() {
        let id = |at| id(1, 0, DeliveryOutcome::Transient, at);
        assert_eq!(id(NOW), id(NOW));
        assert_ne!(id(NOW), id(LATER));
    }

    #[test]
    fn the_first_attempt_after_a_redrive_is_told_apart_from_the_first_before_it_unless_it_was_accepted() {
        for outcome in [DeliveryOutcome::Undeliverable, DeliveryOutcome::Refused, DeliveryOutcome::Transient]
        {
            let lives = [0, 1, 2].map(|redrives| id(1, redrives, outcome, NOW));
            assert!(lives[0] != lives[1] && lives[1] != lives[2], "{outcome:?}");
        }
        let accepted = |redrives| id(1, redrives, DeliveryOutcome::Accepted, NOW);
        assert_eq!(accepted(1), accepted(0));
    }

    #[test]
    fn a_report_says_of_which_life_it_is() {
        let subject = subject(Uuid::from_u128(7), 1, 2);
        for outcome in [DeliveryOutcome::Undeliverable, DeliveryOutcome::Accepted] {
            assert_eq!(subject.report(outcome, NOW).redrives, 2);
        }
    }
}
