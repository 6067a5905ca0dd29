//! The throttle port: who may ask again, and when.
//!
//! Two kinds of limit. A *bucket* (client network, gateway, unknown tokens, one token, log-in) refills at a steady
//! rate. An *address* follows the [`crate::schedule`]: each accepted request makes the next wait longer.
//! Keys are made from input only, so known and unknown addresses cannot be told apart here. The port is infallible:
//! an adapter whose server is away answers from a stricter local throttle.

use crate::address_key::AddressKey;
use crate::schedule::Step;
use async_trait::async_trait;
use std::time::Duration;

mod gcra;
pub mod memory;
pub mod metered;
pub mod redis;

/// How long, in microseconds, a request's id is remembered and an address's entry kept. By then the schedule has
/// started over, so that dropping the entry changes no answer.
const KEPT: i64 = 24 * 3_600 * 1_000_000;
/// How long, in microseconds, an acceptance refuses others before it is confirmed. Longer than storing takes; where it is
/// not, a request too many is stored, and coalesced.
const UNCONFIRMED: i64 = 10 * 1_000_000;

/// A limit that refills: `burst` takes at once, then one every `refill`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many takes an untouched bucket grants at once; at least 1.
    pub burst: u32,
    /// How long until one more take is granted.
    pub refill: Duration,
}

/// One counter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// What is limited; also the label of the throttled counter.
    pub scope: Scope,
    /// Whose counter; a keyed hash or a digest where it would say who someone is.
    pub key: String,
}

/// What a bucket limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Requests from one client network (IPv4 /32, IPv6 /64).
    Network,
    /// Requests through one gateway.
    Gateway,
    /// Unknown tokens tried from one client network.
    UnknownToken,
    /// Completions tried with one token.
    Token,
    /// Log-ins tried on one address.
    LogIn,
}

/// Which counter a take was counted on: what is given back must go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// The throttle's own.
    Own,
    /// The local one that answers while the throttle's server is away.
    StandIn,
}

/// The answer of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// One was taken.
    Granted {
        /// For [`Throttle::give_back`].
        counter: Counter,
    },
    /// Nothing was taken.
    Refused {
        /// When a take would be granted; never zero.
        retry_after: Duration,
    },
}

/// A request the caller gave an id to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdentifiedRequest {
    /// Keyed hash of gateway and request id.
    pub id: [u8; 32],
    /// Digest of everything the request says, its address included.
    pub fingerprint: [u8; 32],
}

/// What is remembered of an identified request, for 24 hours from its acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recall {
    /// Nothing, or an acceptance that nobody has confirmed: whoever made it may be gone, and the request with it.
    New,
    /// It was accepted at this step, and stored: give the same answer.
    Same(Step),
    /// The id was used with other content.
    Other,
}

/// The answer for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressTake {
    /// The request is accepted at `step`, and must now be stored.
    Granted {
        /// The step now in force.
        step: Step,
        /// Whether this identified request was accepted before and not confirmed since: it costs nothing more.
        repeated: bool,
        /// For [`Throttle::confirm`] or [`Throttle::give_back_address`].
        receipt: Receipt,
    },
    /// The same identified request was accepted before, at this step, and stored.
    Same(Step),
    /// The request's id was used with other content.
    Other,
    /// Nothing was taken.
    Refused {
        /// When a request would be accepted; never zero.
        retry_after: Duration,
    },
}

/// Where an address stands in its schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressStanding {
    /// Who says so: a stand-in knows only of what it granted itself.
    pub counter: Counter,
    /// The step in force; none if the next request is the first of a schedule.
    pub step: Option<Step>,
    /// When a request would be accepted; none if it would be now.
    pub retry_after: Option<Duration>,
}

/// By what an acceptance is known again, opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub(crate) counter: Counter,
    pub(crate) request: Option<IdentifiedRequest>,
    pub(crate) acceptance: Acceptance,
    /// The acceptance that was in force before, if there was one.
    pub(crate) before: Option<Acceptance>,
}

/// One acceptance of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Acceptance {
    pub(crate) step: Step,
    /// In microseconds.
    pub(crate) at: i64,
    /// No other acceptance of the address has it.
    pub(crate) number: u64,
}

/// Counts, and says when to try again.
///
/// Obligations:
/// - Check and take are one atomic act: of any number of parallel takes exactly as many are granted as the limit allows.
/// - A refusal takes nothing, and `retry_after` is exact: refused just before it, granted just after it.
/// - An identified request is *pending* from its acceptance until it is confirmed: repeated with the same content it is
///   granted again, at the same step and at no further cost, because nobody knows whether it was stored. Confirmed, it
///   is [`AddressTake::Same`]. Nobody is ever told `Same` of what was not confirmed.
/// - An acceptance refuses the address's next request for the wait of its step only once it is confirmed; before, for
///   ten seconds at most. Whoever took it may be gone, and its request with it: nobody waits for a link that was never
///   on its way.
/// - `give_back` and `give_back_address` leave the state as if the take had not been, and never grant more than
///   an untouched entry would. Of an acceptance granted several times, the last one given back does that, unless one
///   was confirmed. Giving back when a later take or a reset came in between changes nothing of the schedule; the
///   request's id is forgotten all the same.
/// - Entries that no longer change any answer are let go: memory does not grow with time.
#[async_trait]
pub trait Throttle: Send + Sync {
    /// Takes one from a bucket.
    async fn take(&self, bucket: &Bucket, rate: Rate) -> Take;

    /// Takes nothing; says what [`Throttle::take`] would say.
    async fn peek(&self, bucket: &Bucket, rate: Rate) -> Take;

    /// Gives one back to a bucket, on the counter that granted it.
    async fn give_back(&self, bucket: &Bucket, rate: Rate, counter: Counter);

    /// Whether this identified request was accepted and stored before.
    async fn recall(&self, request: &IdentifiedRequest) -> Recall;

    /// Accepts a request for an address, if its schedule allows, and remembers its id as pending.
    async fn take_address(&self, address: &AddressKey, request: Option<&IdentifiedRequest>) -> AddressTake;

    /// Takes nothing; says what [`Throttle::take_address`] would say to a request without an id.
    async fn look_at_address(&self, address: &AddressKey) -> AddressStanding;

    /// The accepted request is stored: from now on its repetition is the same, and the schedule in force. Not being
    /// remembered costs a second row for a repetition, which the issuer coalesces; so an adapter may fail to.
    async fn confirm(&self, address: &AddressKey, receipt: &Receipt);

    /// Takes an acceptance back, with the memory of its id: the request could not be stored. Once a receipt.
    async fn give_back_address(&self, address: &AddressKey, receipt: Receipt);

    /// Starts the address's schedule over: its owner has used, or revoked, a link.
    async fn reset_address(&self, address: &AddressKey);
}
