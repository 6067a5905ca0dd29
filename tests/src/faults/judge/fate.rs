//! What became of one request, or of one mail.

use super::records::{Event, Records, Row};
use crate::faults::diary::Diary;
use crate::faults::scene::LEASE;
use crate::faults::sink::Taken;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Mailed,
    /// A mail was taken, and the product holds that there is none: what is in the mail opens nothing.
    Dead(String),
    /// There is no mail, for this reason.
    Refused(String),
    Lost(String),
}

/// What a fate is judged by.
pub(super) struct Evidence<'a> {
    pub(super) records: &'a Records,
    /// Every copy that a relay host took, by event.
    pub(super) mails: BTreeMap<Uuid, Vec<&'a Taken>>,
    pub(super) diary: &'a Diary,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(records: &'a Records, taken: &'a [Taken], diary: &'a Diary) -> Self {
        let mut mails: BTreeMap<Uuid, Vec<&Taken>> = BTreeMap::new();
        for mail in taken {
            mails.entry(mail.event_id()).or_default().push(mail);
        }
        Self { records, mails, diary }
    }

    /// What became of one of the requests of an address.
    pub(super) fn fate_of(&self, row: &Row, all: &[Row]) -> Fate {
        if let Some(into) = row.coalesced_into {
            // It shares the fate of the newer one, which is judged for itself.
            return match all.iter().any(|other| other.id == into) {
                true => Fate::Refused("coalesced".into()),
                false => Fate::Lost("it is coalesced into nothing".into()),
            };
        }
        let event = row.event.and_then(|event| self.records.events.get(&event));
        if let Some(fate) = event.and_then(|event| self.fate_of_mail(event, row.has_failed())) {
            return fate;
        }
        match (row.state.as_str(), row.reason.as_deref()) {
            // Its time ran out while no mail had come.
            ("expired", reason) if reason != Some("expired_before_delivery") => {}
            ("undeliverable" | "expired" | "suppressed" | "revoked", reason) => {
                return Fate::Refused(reason.unwrap_or(&row.state).to_owned());
            }
            _ => {}
        }
        let (state, reported) = (&row.state, event.map(|event| &event.reports));
        Fate::Lost(format!("{state} ({:?}), reported {reported:?}, and no mail was taken", row.reason))
    }

    /// What became of a mail that is called failed, or not; `None`: no relay host took it, and nothing says why.
    pub(super) fn fate_of_mail(&self, event: &Event, is_called_failed: bool) -> Option<Fate> {
        let Some(copies) = self.mails.get(&event.id) else {
            let reason = event.ended().filter(|outcome| *outcome != "accepted");
            return reason.map(|reason| Fate::Refused(reason.to_owned()));
        };
        let is_dead = is_called_failed || event.ended_with_its_mail;
        if !is_dead || self.was_forgotten(event, copies) {
            return Some(Fate::Mailed);
        }
        Some(Fate::Dead(format!("taken {} times, and reported {:?}", copies.len(), event.reports)))
    }

    /// The only good reason for a mail with a dead link: dedup forgot the first copy, or was away, before a later one was
    /// refused, and nobody was told of the first. Then nobody could know that there was one.
    ///
    /// Nothing else is one. A dot that was not answered is reported, or known to dedup; a host that refuses a mail is
    /// asked before another one takes it, and none after; a mail that is taken when its time is over is reported as taken,
    /// and that makes its link live again; and no run comes near the end of the time that a mail has.
    fn was_forgotten(&self, event: &Event, copies: &[&Taken]) -> bool {
        let (Some(first), Some(failed)) = (copies.first(), event.failed_at()) else { return false };
        let later = Duration::try_from(failed - first.time).unwrap_or_default();
        let forgot = self.diary.dedup_lost_between(first.at, first.at + later, LEASE);
        forgot && !["accepted", "ambiguous", "unknown"].iter().any(|outcome| event.had(outcome))
    }
}
