//! EXPLAIN: what became of the mail to an address, and the next thing to do, in words that can be passed on.
//!
//! For support, over gRPC, and for operators, at the command line. It reads and never acts: no link can be seen or made
//! here, and asking is neither taken nor given. Each look-up stands in the audit trail before anything is looked up.

use crate::address_key::Pseudonymiser;
use crate::input::InvalidInput;
use crate::reset::ResetError;
use crate::schedule::Step;
use crate::store::{
    AccountStanding, Actor, AttemptHistory, AuditAction, AuditEntry, History, LinkHistory, RequestHistory,
    Store, Suppression,
};
use crate::throttle::{AddressStanding, Counter, Throttle};
use common::address::EmailAddress;
use common::clock::Clock;
use common::entropy::{Entropy, new_id};
use common::one_line::one_line;
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

mod moment;
mod next_step;
mod sentence;
mod state;

pub use next_step::NextStep;
pub(crate) use sentence::reply;
pub use state::DeliveryState;

/// How many requests are told of: as many as the schedule allows in a day or two.
const NEWEST: u32 = 20;

/// Explains.
#[derive(Clone)]
pub struct Explainer {
    /// What is stored.
    pub store: Arc<dyn Store>,
    /// Whether asking again is granted.
    pub throttle: Arc<dyn Throttle>,
    /// Makes address keys.
    pub pseudonymiser: Arc<Pseudonymiser>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// What became of the mail to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The address, mostly hidden.
    pub masked_email: String,
    /// When it was looked up, by the store's clock.
    pub at: OffsetDateTime,
    /// The account with the address; none if nobody's has it.
    pub account: Option<AccountStanding>,
    /// Set while no mail is sent to the address.
    pub suppression: Option<Suppression>,
    /// Whether asking again would be granted.
    pub asking: Asking,
    /// All of it in a sentence or two.
    pub summary: String,
    /// The next thing to do.
    pub next_step: NextStep,
    /// The newest requests, newest first.
    pub requests: Vec<RequestExplanation>,
}

/// Whether a request for the address would be accepted now, as far as the address decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// Yes.
    Granted,
    /// No.
    Throttled {
        /// From when it would be.
        until: OffsetDateTime,
        /// The step of the schedule that says so.
        step: Step,
    },
    /// The throttle's server is away.
    Untold,
}

/// What became of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestExplanation {
    /// Its id.
    pub id: Uuid,
    /// When it was accepted.
    pub accepted_at: OffsetDateTime,
    /// The app it came from.
    pub app_id: String,
    /// Through which gateway; `web` for the pages.
    pub gateway: String,
    /// What became of it.
    pub state: DeliveryState,
    /// The request whose mail it shares.
    pub coalesced_into: Option<Uuid>,
    /// Its link, if it got one.
    pub link: Option<LinkHistory>,
    /// Every attempt at its mails, in their order.
    pub attempts: Vec<AttemptHistory>,
    /// The same in a sentence or two.
    pub sentence: String,
    /// The next thing to do.
    pub next_step: NextStep,
}

/// The address that is asked about, in any spelling of it.
///
/// # Errors
/// [`InvalidInput`] names the field.
pub(crate) fn asked_about(email: &str) -> Result<EmailAddress, InvalidInput> {
    EmailAddress::parse(email).map_err(|error| InvalidInput::one("email", error))
}

impl Explainer {
    /// Explains what became of the mail to an address.
    ///
    /// # Errors
    /// [`ResetError::Unavailable`], also where the look-up could not be written into the audit trail.
    pub async fn explain(&self, address: &EmailAddress, actor: Actor) -> Result<Explanation, ResetError> {
        let key = self.pseudonymiser.address_key(address);
        let entry = AuditEntry {
            id: new_id(&*self.entropy, self.clock.now()),
            at: None,
            actor,
            action: AuditAction::DeliveryExplained,
            address_key: Some(key),
            request_id: None,
            event_id: None,
            detail: String::new(),
        };
        self.store.audit(&entry).await?;
        let history = self.store.history(&key, NEWEST).await?;
        let standing = self.throttle.look_at_address(&key).await;
        Ok(explanation(address, history, standing))
    }
}

fn explanation(address: &EmailAddress, history: History, standing: AddressStanding) -> Explanation {
    let asking = asking(standing, history.now);
    let history = History { requests: history.requests.into_iter().map(shown).collect(), ..history };
    let told: Vec<_> = history.requests.iter().map(|request| of_request(request, &history, asking)).collect();
    Explanation {
        masked_email: address.masked(),
        at: history.now,
        account: history.account,
        asking,
        summary: sentence::of_all(&history, asking, &told),
        next_step: next_step::of_all(&history, asking, &told),
        suppression: history.suppression,
        requests: told,
    }
}

fn asking(standing: AddressStanding, now: OffsetDateTime) -> Asking {
    match standing {
        AddressStanding { counter: Counter::StandIn, .. } => Asking::Untold,
        AddressStanding { retry_after: Some(wait), step, .. } => {
            Asking::Throttled { until: now + wait, step: step.unwrap_or(Step::FIRST) }
        }
        AddressStanding { retry_after: None, .. } => Asking::Granted,
    }
}

/// The worker has masked what relay hosts said. Whoever can write its queue could report anything, and what is told here
/// is read at a terminal: so it is masked and escaped once more.
fn shown(request: RequestHistory) -> RequestHistory {
    let attempt = |attempt: AttemptHistory| AttemptHistory {
        relay_host: one_line(&attempt.relay_host),
        enhanced_code: one_line(&attempt.enhanced_code),
        text: one_line(&attempt.text),
        queue_id: one_line(&attempt.queue_id),
        ..attempt
    };
    RequestHistory { attempts: request.attempts.into_iter().map(attempt).collect(), ..request }
}

fn of_request(request: &RequestHistory, history: &History, asking: Asking) -> RequestExplanation {
    let state = DeliveryState::of(request, history.now);
    RequestExplanation {
        id: request.id,
        accepted_at: request.accepted_at,
        app_id: request.app_id.clone(),
        gateway: request.gateway.clone(),
        state,
        coalesced_into: request.coalesced_into,
        link: request.link.clone(),
        attempts: request.attempts.clone(),
        sentence: sentence::of_request(request, state, history),
        next_step: next_step::of_request(request, state, history, asking),
    }
}

/// The request that the summary is about: the newest, or the one whose mail that shares.
fn subject(told: &[RequestExplanation]) -> Option<&RequestExplanation> {
    let newest = told.first()?;
    let shared = told.iter().find(|other| Some(other.id) == newest.coalesced_into);
    shared.or(Some(newest))
}

#[cfg(test)]
mod tests;
