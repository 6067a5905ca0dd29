//! Columns to values, for both databases.

use super::{Purpose, StoreError};
use crate::schedule::Step;
use common::address::EmailAddress;
use common::event::{DeliveryOutcome, DeliveryStage, EventKind, outcome_of_word, stage_of_word};
use common::locale::Locale;
use uuid::Uuid;

/// What one of many rows holds. One that this build cannot read, as after going back from a newer version, is told and
/// passed over: an error would hold up everything that was taken together with it.
pub(super) fn readable<T>(what: &'static str, id: Uuid, read: Result<T, StoreError>) -> Option<T> {
    read.inspect_err(|error| tracing::error!(what, %id, %error, "a row that cannot be read is passed over"))
        .ok()
}

/// A locale that was well-formed when it was written; a later, stricter parser may drop it.
pub(super) fn locale(text: Option<String>) -> Option<Locale> {
    text.and_then(|text| Locale::parse(&text).ok())
}

pub(super) fn address(text: &str) -> Result<EmailAddress, StoreError> {
    EmailAddress::parse(text).map_err(|error| StoreError::Broken(format!("a stored address: {error}")))
}

pub(super) fn digest_bytes(bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Broken("a stored digest is not 32 bytes".into()))
}

pub(super) fn kind(number: i32) -> Result<EventKind, StoreError> {
    EventKind::try_from(number).map_err(|_| StoreError::Broken("an unknown event kind is stored".into()))
}

pub(super) fn outcome(word: &str) -> Result<DeliveryOutcome, StoreError> {
    outcome_of_word(word).ok_or_else(|| StoreError::Broken("an unknown outcome is stored".into()))
}

pub(super) fn stage(word: &str) -> Result<DeliveryStage, StoreError> {
    stage_of_word(word).ok_or_else(|| StoreError::Broken("an unknown stage is stored".into()))
}

pub(super) fn step(number: impl TryInto<u8>) -> Step {
    number.try_into().map_or(Step::FIRST, Step::from_number)
}

pub(super) fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Reset => "reset",
        Purpose::RevokeRequest => "revoke_request",
        Purpose::RevokeChange => "revoke_change",
    }
}

/// Whether an event is a mail, which stays in the outbox until its final report.
pub(super) const MAIL_KINDS: [i32; 2] =
    [EventKind::ResetLinkIssued as i32, EventKind::PasswordChangedNotice as i32];

/// What a report does to the link its mail carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkEffect {
    /// The mail is, or may be, there: the link's clock starts.
    StartClock,
    /// The mail will never be there: the link ends, and its request with this state and reason.
    End { state: &'static str, reason: &'static str },
    /// Nothing yet.
    None,
}

pub(super) fn link_effect(outcome: DeliveryOutcome) -> LinkEffect {
    match outcome {
        DeliveryOutcome::Accepted | DeliveryOutcome::Ambiguous | DeliveryOutcome::Unknown => {
            LinkEffect::StartClock
        }
        DeliveryOutcome::Refused => LinkEffect::End { state: "undeliverable", reason: REFUSED },
        DeliveryOutcome::Undeliverable => LinkEffect::End { state: "undeliverable", reason: UNDELIVERABLE },
        DeliveryOutcome::Expired => LinkEffect::End { state: "expired", reason: EXPIRED_BEFORE_DELIVERY },
        DeliveryOutcome::Transient | DeliveryOutcome::Unspecified => LinkEffect::None,
    }
}

/// The reason of a mail that a relay host refused for good.
pub(super) const REFUSED: &str = "refused";
/// The reason of a mail that could not be made.
pub(super) const UNDELIVERABLE: &str = "undeliverable";
/// The reason of a mail that was not delivered in time.
pub(super) const EXPIRED_BEFORE_DELIVERY: &str = "expired_before_delivery";
/// The reason of a link that ended with its mail; the only end that a later, better report takes back.
pub(super) const MAIL_FAILED: &str = "mail_failed";
/// Why no mail is sent to an address.
pub(super) const NO_SUCH_MAILBOX: &str = "no such mailbox";
/// The reason of a link that ended because another one was used.
pub(super) const ANOTHER_LINK_USED: &str = "another_link_used";
/// The reason of a request whose account's links were ended before it got one.
pub(super) const LINKS_ENDED_MEANWHILE: &str = "links_ended_meanwhile";
/// The reason of a link that its owner ended.
pub(super) const NOT_ME: &str = "not_me";
/// The reason of a link that ended with a change of its account.
pub(super) const ACCOUNT_CHANGED: &str = "account_changed";
/// The reason of a link that nobody used in time.
pub(super) const TIME_OVER: &str = "time_over";
/// The most doublings of the silence after which a mail is published again.
pub(super) const MOST_DOUBLINGS: i32 = 6;
