//! What became of a request, in a word.

use crate::store::{AttemptHistory, EndReason, MailKind, RequestHistory, RequestState};
use common::event::DeliveryOutcome;
use time::OffsetDateTime;

/// What became of a request and its mail. The latest that is known stands for all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits to be looked at.
    Received,
    /// No active account had the address.
    Unknown,
    /// It shares another request's mail.
    Coalesced,
    /// Mail to the address was suppressed.
    Suppressed,
    /// The mail waits for its first attempt, or for the first since an operator sent it again.
    Queued,
    /// An attempt failed, and there will be another.
    WaitingForRetry,
    /// A relay host took the mail.
    Accepted,
    /// The mail may have arrived; nobody will ever know.
    OutcomeUnknown,
    /// A relay host refused the mail for good.
    Refused,
    /// The mail could not be made.
    Undeliverable,
    /// The mail was of no use any more before it was delivered.
    ExpiredBeforeDelivery,
    /// The link was looked at, and has set no password yet.
    Opened,
    /// The link has set a password.
    Used,
    /// The link was ended.
    Revoked,
    /// Nobody used the link in time.
    Expired,
}

impl DeliveryState {
    /// The state, as a machine reads it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Unknown => "unknown",
            Self::Coalesced => "coalesced",
            Self::Suppressed => "suppressed",
            Self::Queued => "queued",
            Self::WaitingForRetry => "waiting_for_retry",
            Self::Accepted => "accepted",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Refused => "refused",
            Self::Undeliverable => "undeliverable",
            Self::ExpiredBeforeDelivery => "expired_before_delivery",
            Self::Opened => "opened",
            Self::Used => "used",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// Whether the link may still work.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(
            self,
            Self::Queued | Self::WaitingForRetry | Self::Accepted | Self::OutcomeUnknown | Self::Opened
        )
    }

    pub(super) fn of(request: &RequestHistory, now: OffsetDateTime) -> Self {
        let is_for = |reason| request.reason == Some(reason);
        match request.state {
            RequestState::Accepted => Self::Received,
            RequestState::Unknown => Self::Unknown,
            RequestState::Coalesced => Self::Coalesced,
            RequestState::Suppressed => Self::Suppressed,
            RequestState::Completed => Self::Used,
            RequestState::Revoked => Self::Revoked,
            RequestState::Undeliverable if is_for(EndReason::Refused) => Self::Refused,
            RequestState::Undeliverable => Self::Undeliverable,
            RequestState::Expired if is_for(EndReason::ExpiredBeforeDelivery) => Self::ExpiredBeforeDelivery,
            RequestState::Expired => Self::Expired,
            RequestState::Issued => of_issued(request, now),
        }
    }
}

/// The link is live, or nobody has yet noticed that its time is over.
fn of_issued(request: &RequestHistory, now: OffsetDateTime) -> DeliveryState {
    let Some(link) = &request.link else { return DeliveryState::Queued };
    if link.ends_at <= now {
        DeliveryState::Expired
    } else if link.opened_at.is_some() {
        DeliveryState::Opened
    } else {
        of_attempts(request)
    }
}

fn of_attempts(request: &RequestHistory) -> DeliveryState {
    let Some(last) = link_attempts(request).last() else { return DeliveryState::Queued };
    if link_attempts(request).any(|attempt| attempt.outcome == DeliveryOutcome::Accepted) {
        DeliveryState::Accepted
    } else if may_be_tried_again(last, link_attempts(request)) {
        DeliveryState::WaitingForRetry
    } else if link_attempts(request).any(may_be_out) {
        // Whatever the last attempt came to, an earlier one may have arrived.
        DeliveryState::OutcomeUnknown
    } else {
        // The link ended with the last attempt, and is live again with a mail that was redriven.
        DeliveryState::Queued
    }
}

fn may_be_out(attempt: &AttemptHistory) -> bool {
    matches!(attempt.outcome, DeliveryOutcome::Ambiguous | DeliveryOutcome::Unknown)
}

/// An expiry ends the link, unless some copy may have arrived or the expiry came too early to be believed.
fn may_be_tried_again<'a>(
    last: &AttemptHistory,
    mut attempts: impl Iterator<Item = &'a AttemptHistory>,
) -> bool {
    match last.outcome {
        DeliveryOutcome::Transient | DeliveryOutcome::Ambiguous => true,
        DeliveryOutcome::Expired => !attempts.any(may_be_out),
        _ => false,
    }
}

/// The attempts at the mail with the link, in their order.
pub(super) fn link_attempts(
    request: &RequestHistory,
) -> impl DoubleEndedIterator<Item = &AttemptHistory> + Clone {
    attempts_at(request, MailKind::ResetLink)
}

pub(super) fn attempts_at(
    request: &RequestHistory,
    mail: MailKind,
) -> impl DoubleEndedIterator<Item = &AttemptHistory> + Clone {
    request.attempts.iter().filter(move |attempt| attempt.mail == mail)
}
