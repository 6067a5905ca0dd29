//! What is stored about an address, and how its rows become one picture: alike for both databases.

use super::StoreError;
use super::rows::{
    ACCOUNT_CHANGED, ANOTHER_LINK_USED, EXPIRED_BEFORE_DELIVERY, LINKS_ENDED_MEANWHILE, NOT_ME, REFUSED,
    TIME_OVER, UNDELIVERABLE,
};
use common::event::{DeliveryOutcome, DeliveryStage};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// What is stored about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The store's clock when it looked.
    pub now: OffsetDateTime,
    /// The account that has the address; none if nobody's does.
    pub account: Option<AccountStanding>,
    /// Set while no mail is sent to the address.
    pub suppression: Option<Suppression>,
    /// The newest requests, newest first.
    pub requests: Vec<RequestHistory>,
}

/// Whether an account may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStanding {
    /// Yes.
    Active,
    /// Not before the next reset: its owner said "this was not me" of a change.
    LogInRefused,
    /// No, and its requests are those of an unknown address.
    Disabled,
}

/// Why and until when no mail is sent to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Why.
    pub reason: String,
    /// From when.
    pub since: OffsetDateTime,
    /// Until when.
    pub until: OffsetDateTime,
}

/// A request with its link and its mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHistory {
    /// Its id.
    pub id: Uuid,
    /// When it was accepted.
    pub accepted_at: OffsetDateTime,
    /// The app it came from.
    pub app_id: String,
    /// Through which gateway; `web` for the pages.
    pub gateway: String,
    /// What became of it.
    pub state: RequestState,
    /// Why, where the state does not say it all.
    pub reason: Option<EndReason>,
    /// Since when.
    pub state_at: OffsetDateTime,
    /// The request whose fate it shares.
    pub coalesced_into: Option<Uuid>,
    /// Its link, if it got one.
    pub link: Option<LinkHistory>,
    /// Every attempt at its mails, in their order.
    pub attempts: Vec<AttemptHistory>,
}

/// The state of a request, as the table keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// It waits to be issued.
    Accepted,
    /// It has a link.
    Issued,
    /// Its link has set a password.
    Completed,
    /// No account had the address.
    Unknown,
    /// It shares another one's fate.
    Coalesced,
    /// No mail was sent to the address at the time.
    Suppressed,
    /// Its mail cannot be delivered.
    Undeliverable,
    /// Its link was ended.
    Revoked,
    /// Its link's time is over, or that of its mail.
    Expired,
}

impl RequestState {
    pub(super) fn of_word(word: &str) -> Result<Self, StoreError> {
        Ok(match word {
            "accepted" => Self::Accepted,
            "issued" => Self::Issued,
            "completed" => Self::Completed,
            "unknown" => Self::Unknown,
            "coalesced" => Self::Coalesced,
            "suppressed" => Self::Suppressed,
            "undeliverable" => Self::Undeliverable,
            "revoked" => Self::Revoked,
            "expired" => Self::Expired,
            _ => return Err(StoreError::Broken("an unknown state of a request is stored".into())),
        })
    }
}

/// Why a request ended as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// A relay host refused its mail for good.
    Refused,
    /// Its mail could not be made.
    Undeliverable,
    /// Its mail was not delivered in time.
    ExpiredBeforeDelivery,
    /// Nobody used its link in time.
    TimeOver,
    /// Its owner said "this was not me".
    NotMe,
    /// Another link of the account was used.
    AnotherLinkUsed,
    /// The account got another address, or was disabled.
    AccountChanged,
    /// The links of the account were ended before it got its own.
    LinksEndedMeanwhile,
}

impl EndReason {
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            REFUSED => Self::Refused,
            UNDELIVERABLE => Self::Undeliverable,
            EXPIRED_BEFORE_DELIVERY => Self::ExpiredBeforeDelivery,
            TIME_OVER => Self::TimeOver,
            NOT_ME => Self::NotMe,
            ANOTHER_LINK_USED => Self::AnotherLinkUsed,
            ACCOUNT_CHANGED => Self::AccountChanged,
            LINKS_ENDED_MEANWHILE => Self::LinksEndedMeanwhile,
            _ => return None,
        })
    }
}

/// A request's link; nothing here opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHistory {
    /// When it was made.
    pub issued_at: OffsetDateTime,
    /// When its time is over, as known now, or when it was ended before.
    pub ends_at: OffsetDateTime,
    /// When it was first looked at, by its owner or by a mail scanner.
    pub opened_at: Option<OffsetDateTime>,
    /// When it set a password.
    pub used_at: Option<OffsetDateTime>,
    /// How often its mail was handed to the queue; none once the mail's fate is known.
    pub published: Option<u32>,
}

/// Which mail was to be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// The mail with the link.
    ResetLink,
    /// The mail that says the password was changed.
    ChangeNotice,
}

/// One attempt at a mail, as the worker reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptHistory {
    /// At which mail.
    pub mail: MailKind,
    /// When, by the worker's clock.
    pub at: OffsetDateTime,
    /// Which attempt, from 1.
    pub number: u32,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// `host:port`, or empty.
    pub relay_host: String,
    /// How far it came.
    pub stage: DeliveryStage,
    /// The SMTP reply code, or 0.
    pub reply_code: u16,
    /// The enhanced status code, or empty.
    pub enhanced_code: String,
    /// The reply's text, masked.
    pub text: String,
    /// What the relay host calls the mail it took, or empty.
    pub queue_id: String,
    /// When it is tried next, if it is.
    pub next_attempt_at: Option<OffsetDateTime>,
}

/// A token's row: which request and mail it belongs to.
pub(super) struct TokenRow {
    pub(super) request_id: Uuid,
    pub(super) event_id: Uuid,
    pub(super) mail: MailKind,
    pub(super) link: LinkHistory,
}

/// What is known of the mails, by their events.
#[derive(Default)]
pub(super) struct MailRows {
    /// In their order.
    pub(super) attempts: Vec<(Uuid, AttemptHistory)>,
    /// How often each mail that is still in the outbox was published.
    pub(super) published: HashMap<Uuid, u32>,
}

/// Gives each request its link and its attempts.
pub(super) fn put_together(
    mut requests: Vec<RequestHistory>,
    tokens: &[TokenRow],
    mails: &MailRows,
) -> Vec<RequestHistory> {
    for request in &mut requests {
        let own: Vec<_> = tokens.iter().filter(|token| token.request_id == request.id).collect();
        let is_own = |event: &Uuid| own.iter().any(|token| token.event_id == *event);
        let attempts = mails.attempts.iter().filter(|(event, _)| is_own(event));
        request.attempts = attempts.map(|(_, attempt)| attempt.clone()).collect();
        let link = own.iter().find(|token| token.mail == MailKind::ResetLink);
        request.link = link.map(|token| LinkHistory {
            published: mails.published.get(&token.event_id).copied(),
            ..token.link.clone()
        });
    }
    requests
}

/// Which mail carries a token of this purpose.
pub(super) fn mail_of_purpose(purpose: &str) -> MailKind {
    if purpose == "reset" { MailKind::ResetLink } else { MailKind::ChangeNotice }
}

pub(super) fn account_standing(disabled: bool, log_in_refused: bool) -> AccountStanding {
    if disabled {
        AccountStanding::Disabled
    } else if log_in_refused {
        AccountStanding::LogInRefused
    } else {
        AccountStanding::Active
    }
}
