//! A mail from the dead letters: whether it goes out again, alike for both databases.

use super::rows::{ANOTHER_LINK_USED, MAIL_FAILED, NOT_ME, TIME_OVER};
use super::{AuditEntry, OutboxEvent, Purpose};
use common::event::EventKind;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Databases keep microseconds.
const ROUNDING: Duration = Duration::MILLISECOND;

/// A mail that an operator wants out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The act; what came of it is added to its detail.
    pub entry: AuditEntry,
    /// The mail in its new life.
    pub event: OutboxEvent,
    /// How many lives it will have begun after its first.
    pub redrives: u32,
}

/// What became of a redrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redriven {
    /// The mail is in the outbox, due now, and its link is live.
    Due,
    /// It is not sent, and nothing but the audit trail was changed.
    NotSent(WhyNotSent),
    /// The act was told before: nothing was changed.
    ToldBefore,
}

/// Why a mail does not go out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNotSent {
    /// Nobody knows its link; it may have been forgotten.
    Unknown,
    /// Its link has done what it is for.
    Used,
    /// Another link of the account has set a password.
    AnotherLinkUsed,
    /// The owner ended it.
    NotMe,
    /// The account is not as it was when the link was made.
    AccountChanged,
    /// Too late for the mail, or for its link.
    TimeOver,
    /// Some report says that a mail server took it, or may have.
    MayBeOut,
    /// It says of its time what the mail of that link cannot say: the seal would not open for it.
    AnotherMail,
    /// This life of it, or a later one, has begun before.
    BegunBefore,
}

impl WhyNotSent {
    /// In words, for the audit trail.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unknown => "nobody knows its link",
            Self::Used => "its link was used",
            Self::AnotherLinkUsed => "another link of the account was used",
            Self::NotMe => "its owner ended the links",
            Self::AccountChanged => "its account was changed",
            Self::TimeOver => "its time is over",
            Self::MayBeOut => "a mail server has taken it, or may have",
            Self::AnotherMail => "it is not the mail of its link",
            Self::BegunBefore => "it was redriven before",
        }
    }
}

/// What is stored about the link that a mail carries.
pub(super) struct Carried {
    pub(super) request_id: Uuid,
    pub(super) account_id: Uuid,
    pub(super) is_used: bool,
    /// Why it ended; empty if it has not.
    pub(super) end_reason: Option<String>,
    /// Until when its mail is delivered.
    pub(super) deliver_by: OffsetDateTime,
    /// When its time is over, as known now.
    pub(super) ends_at: OffsetDateTime,
    /// Whether its clock was started by a mail that arrived, or may have.
    pub(super) has_started: bool,
    pub(super) redrives: u32,
    /// Whether the account is still as it was when the link was made.
    pub(super) is_of_its_account: bool,
}

impl Redrive {
    /// The purpose of the token that the mail is sent for; that of its "not me" ends with it.
    pub(super) fn purpose(&self) -> Purpose {
        if self.event.kind == EventKind::PasswordChangedNotice {
            Purpose::RevokeChange
        } else {
            Purpose::Reset
        }
    }

    /// Whether the mail goes out, for the link that is locked meanwhile.
    pub(super) fn judge(&self, carried: Option<Carried>, now: OffsetDateTime) -> Result<Carried, WhyNotSent> {
        let carried = carried.ok_or(WhyNotSent::Unknown)?;
        if carried.is_used {
            return Err(WhyNotSent::Used);
        }
        match carried.end_reason.as_deref() {
            // What ended with its mail begins again with it.
            None | Some(MAIL_FAILED) => {}
            Some(ANOTHER_LINK_USED) => return Err(WhyNotSent::AnotherLinkUsed),
            Some(NOT_ME) => return Err(WhyNotSent::NotMe),
            Some(TIME_OVER) => return Err(WhyNotSent::TimeOver),
            Some(_) => return Err(WhyNotSent::AccountChanged),
        }
        if !carried.is_of_its_account {
            Err(WhyNotSent::AccountChanged)
        } else if carried.ends_at <= now || self.event.deliver_by <= now {
            Err(WhyNotSent::TimeOver)
        } else if carried.has_started {
            Err(WhyNotSent::MayBeOut)
        } else if (self.event.deliver_by - carried.deliver_by).abs() >= ROUNDING {
            Err(WhyNotSent::AnotherMail)
        } else if self.redrives <= carried.redrives {
            Err(WhyNotSent::BegunBefore)
        } else {
            Ok(carried)
        }
    }

    /// Higher than the fence of every row that an earlier life had: whoever still holds one of those marks nothing here.
    pub(super) fn fence(&self) -> i64 {
        i64::from(self.redrives) << 24
    }

    /// The act and what came of it, for the audit trail.
    pub(super) fn told(&self, why_not: Option<WhyNotSent>) -> AuditEntry {
        let came_of_it =
            why_not.map_or_else(|| "sent again".to_owned(), |why| format!("not sent: {}", why.words()));
        AuditEntry { detail: format!("{}; {came_of_it}", self.entry.detail), ..self.entry.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Actor, AuditAction};

    const NOW: OffsetDateTime = time::macros::datetime!(2026-01-01 12:00 UTC);

    fn redrive() -> Redrive {
        let actor = Actor { role: "operator".to_owned(), name: "grace".to_owned(), network: None };
        let event_id = Uuid::from_u128(7);
        let entry = AuditEntry {
            id: Uuid::from_u128(1),
            at: None,
            actor,
            action: AuditAction::DeadLetterRedriven,
            address_key: None,
            request_id: None,
            event_id: Some(event_id),
            detail: "letter 7".to_owned(),
        };
        let event = OutboxEvent {
            event_id,
            kind: EventKind::ResetLinkIssued,
            deliver_by: NOW + Duration::hours(1),
            traceparent: String::new(),
            body: Vec::new(),
        };
        Redrive { entry, event, redrives: 1 }
    }

    /// Every change of an account ends its links with a reason today: this holds should one ever not.
    #[test]
    fn a_link_of_an_account_that_is_not_as_it_was_does_not_live_whatever_ended_it() {
        for (is_of_its_account, why_not) in [(true, None), (false, Some(WhyNotSent::AccountChanged))] {
            let carried = Carried {
                request_id: Uuid::from_u128(2),
                account_id: Uuid::from_u128(3),
                is_used: false,
                end_reason: Some(MAIL_FAILED.to_owned()),
                deliver_by: redrive().event.deliver_by,
                ends_at: NOW + Duration::hours(2),
                has_started: false,
                redrives: 0,
                is_of_its_account,
            };
            assert_eq!(redrive().judge(Some(carried), NOW).err(), why_not);
        }
    }
}
