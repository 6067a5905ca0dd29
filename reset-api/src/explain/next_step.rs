//! The next thing to do, for whoever is asked "I got no mail".

use super::moment::moment;
use super::state::link_attempts;
use super::{Asking, DeliveryState, RequestExplanation, subject};
use crate::store::{AccountStanding, AttemptHistory, EndReason, History, RequestHistory};
use common::event::DeliveryOutcome;
use time::OffsetDateTime;
use uuid::Uuid;

/// The next thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Wait a little, and look again.
    Wait,
    /// Wait for the next attempt.
    WaitForRetry {
        /// When it is.
        at: Option<OffsetDateTime>,
    },
    /// The owner looks into the mailbox.
    CheckMailbox {
        /// What the relay host calls the mail, or empty.
        queue_id: String,
    },
    /// The owner goes on with the link.
    UseLink {
        /// Until when it works.
        until: OffsetDateTime,
    },
    /// The owner asks for a link.
    AskAgain,
    /// The owner asks for a link, later.
    AskAgainLater {
        /// From when.
        from: OffsetDateTime,
    },
    /// The person says which address the account has.
    CheckAddress,
    /// The account gets an address that exists.
    CorrectAddress,
    /// The owner makes room in the mailbox.
    MakeRoom,
    /// The mailbox is made to take mail again, then the owner asks once more.
    RestoreMailbox,
    /// The account is enabled, if it should be.
    EnableAccount,
    /// The operators look into it.
    TellOperators,
    /// Another request tells.
    SeeRequest {
        /// Which one.
        id: Uuid,
    },
    /// Nothing.
    Nothing,
}

impl NextStep {
    /// The step, as a machine reads it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::WaitForRetry { .. } => "wait_for_retry",
            Self::CheckMailbox { .. } => "check_mailbox",
            Self::UseLink { .. } => "use_link",
            Self::AskAgain => "ask_again",
            Self::AskAgainLater { .. } => "ask_again_later",
            Self::CheckAddress => "check_address",
            Self::CorrectAddress => "correct_address",
            Self::MakeRoom => "make_room",
            Self::RestoreMailbox => "restore_mailbox",
            Self::EnableAccount => "enable_account",
            Self::TellOperators => "tell_operators",
            Self::SeeRequest { .. } => "see_request",
            Self::Nothing => "nothing",
        }
    }

    /// The step in English.
    #[must_use]
    pub fn text(&self, now: OffsetDateTime) -> String {
        match self {
            Self::Wait => "look again in a minute; if it still waits in five, tell the operators".to_owned(),
            Self::WaitForRetry { at: Some(at) } if *at > now => {
                format!("wait: the mail is tried again at {} by itself", moment(*at, now))
            }
            Self::WaitForRetry { .. } => {
                "look again in a minute: the mail is about to be tried again; if it still is in five, tell the \
                 operators"
                    .to_owned()
            }
            Self::CheckMailbox { queue_id } => check_mailbox(queue_id),
            Self::UseLink { until } => format!(
                "ask the owner to open the link in the mail and choose a password before {}",
                moment(*until, now)
            ),
            Self::AskAgain => "ask the owner to ask for a new link, with this address".to_owned(),
            Self::AskAgainLater { from } => {
                format!("ask the owner to ask for a new link, with this address, from {} on", moment(*from, now))
            }
            Self::CheckAddress => "ask the person which address the account has: this one has none".to_owned(),
            Self::CorrectAddress => "there is no such mailbox: once you are sure who the person is, have the account's \
                                     address corrected"
                .to_owned(),
            Self::MakeRoom => "ask the owner to make room in the mailbox, then to ask for a new link".to_owned(),
            Self::RestoreMailbox => "make sure that the mailbox takes mail again, then ask the owner to ask once more: one \
                                      mail a day is tried, and the first that is taken ends this"
                .to_owned(),
            Self::EnableAccount => "find out why the account is disabled; once it is enabled, its owner may ask for a \
                                    new link"
                .to_owned(),
            Self::TellOperators => {
                "tell the operators what the answer says: asking again is answered alike until they have acted".to_owned()
            }
            Self::SeeRequest { id } => format!("see the request {id}, whose mail this one shares"),
            Self::Nothing => "nothing has to be done".to_owned(),
        }
    }
}

fn check_mailbox(queue_id: &str) -> String {
    let look = "ask the owner to look into the inbox and the spam folder of this address";
    if queue_id.is_empty() {
        format!("{look}; if it is in neither, whoever runs the relay host finds it by the time")
    } else {
        format!("{look}; if it is in neither, whoever runs the relay host finds it as {queue_id}")
    }
}

/// After the whole look-up.
pub(super) fn of_all(history: &History, asking: Asking, told: &[RequestExplanation]) -> NextStep {
    subject(told).map_or_else(|| ask(history, asking), |subject| subject.next_step.clone())
}

/// After one request.
pub(super) fn of_request(
    request: &RequestHistory,
    state: DeliveryState,
    history: &History,
    asking: Asking,
) -> NextStep {
    match state {
        DeliveryState::Received | DeliveryState::Queued => NextStep::Wait,
        DeliveryState::Coalesced => {
            request.coalesced_into.map_or(NextStep::Wait, |id| NextStep::SeeRequest { id })
        }
        DeliveryState::WaitingForRetry => NextStep::WaitForRetry {
            at: link_attempts(request).next_back().and_then(|last| last.next_attempt_at),
        },
        DeliveryState::Accepted | DeliveryState::OutcomeUnknown => {
            let id = link_attempts(request).find(|attempt| attempt.outcome == DeliveryOutcome::Accepted);
            NextStep::CheckMailbox {
                queue_id: id.map(|attempt| attempt.queue_id.clone()).unwrap_or_default(),
            }
        }
        DeliveryState::Refused => {
            link_attempts(request).next_back().map_or(NextStep::TellOperators, after_refusal)
        }
        DeliveryState::Undeliverable => NextStep::TellOperators,
        DeliveryState::Opened => {
            request.link.as_ref().map_or(NextStep::Wait, |link| NextStep::UseLink { until: link.ends_at })
        }
        DeliveryState::Used => NextStep::Nothing,
        // Whoever said "not me" after a change is locked out until the next reset.
        DeliveryState::Revoked
            if history.account != Some(AccountStanding::LogInRefused)
                && matches!(request.reason, Some(EndReason::NotMe | EndReason::AnotherLinkUsed)) =>
        {
            NextStep::Nothing
        }
        DeliveryState::Unknown
        | DeliveryState::Suppressed
        | DeliveryState::ExpiredBeforeDelivery
        | DeliveryState::Revoked
        | DeliveryState::Expired => ask(history, asking),
    }
}

/// A new link, unless something as it is now stands against that.
fn ask(history: &History, asking: Asking) -> NextStep {
    match (history.account, asking) {
        (None, _) => NextStep::CheckAddress,
        (Some(AccountStanding::Disabled), _) => NextStep::EnableAccount,
        _ if history.suppression.is_some() => NextStep::RestoreMailbox,
        (Some(_), Asking::Throttled { until, .. }) => NextStep::AskAgainLater { from: until },
        (Some(_), Asking::Granted | Asking::Untold) => NextStep::AskAgain,
    }
}

/// By the enhanced status code (RFC 3463) where there is one.
fn after_refusal(refusal: &AttemptHistory) -> NextStep {
    match (refusal.enhanced_code.as_str(), refusal.reply_code) {
        ("5.1.1" | "5.1.2" | "5.1.10" | "5.2.1", _) | ("", 550 | 551 | 553) => NextStep::CorrectAddress,
        ("5.2.2", _) | ("", 552) => NextStep::MakeRoom,
        _ => NextStep::TellOperators,
    }
}
