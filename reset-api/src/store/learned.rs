//! What reports told that was not known before, and how far the clocks of those who report are believed.

use common::event::{DeliveryOutcome, DeliveryReport};
use common::queue::RETRY_TIERS;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How far a worker's clock may be wrong without anybody minding.
pub(super) const CLOCK_TOLERANCE: Duration = Duration::minutes(1);

/// The latest next attempt that is believed at this moment: no worker waits longer than the longest tier.
pub(super) fn latest_next_attempt(now: OffsetDateTime) -> OffsetDateTime {
    now + RETRY_TIERS[RETRY_TIERS.len() - 1] + CLOCK_TOLERANCE
}

/// What a batch of reports told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// For each request whose mail a mail server has taken for the first time: how long after the request.
    pub accepted_after: Vec<Duration>,
}

/// The mails that a batch says were taken.
#[derive(Debug, Default)]
pub(super) struct Acceptances(BTreeMap<Uuid, Acceptance>);

#[derive(Debug, Clone, Copy)]
struct Acceptance {
    first: OffsetDateTime,
    reports: i64,
}

impl Acceptances {
    /// Notes a report that was new.
    pub(super) fn note(&mut self, report: &DeliveryReport) {
        if report.outcome == DeliveryOutcome::Accepted {
            let noted = self.0.entry(report.event_id).or_insert(Acceptance { first: report.at, reports: 0 });
            noted.first = noted.first.min(report.at);
            noted.reports += 1;
        }
    }

    pub(super) fn events(&self) -> Vec<Uuid> {
        self.0.keys().copied().collect()
    }

    /// How long after its request this mail was first taken; nothing, if it had been taken by an earlier batch.
    /// `known` counts all reports of its acceptance, those of this batch included.
    pub(super) fn after(&self, event: Uuid, accepted_at: OffsetDateTime, known: i64) -> Option<Duration> {
        let noted = self.0.get(&event).filter(|noted| noted.reports == known)?;
        Some((noted.first - accepted_at).max(Duration::ZERO))
    }
}
