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

pub mod memory;

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

/// The answer of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// One was taken.
    Granted,
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
    /// Digest of everything the request says.
    pub fingerprint: [u8; 32],
}

/// What is remembered of an identified request. Only accepted ones are, for 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recall {
    /// Nothing.
    New,
    /// It was accepted, at this step: give the same answer.
    Same(Step),
    /// The id was used with other content.
    Other,
}

/// The answer for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressTake {
    /// The request is accepted at `step`; `undo` takes that back.
    Granted {
        /// The step now in force.
        step: Step,
        /// For [`Throttle::give_back_address`].
        undo: Undo,
    },
    /// The same identified request was accepted before, at this step.
    Same(Step),
    /// The request's id was used with other content.
    Other,
    /// Nothing was taken.
    Refused {
        /// When a request would be accepted; never zero.
        retry_after: Duration,
    },
}

/// What an address's entry was before a take, opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The identified request to forget again.
    pub(crate) request: Option<IdentifiedRequest>,
    /// When the take was granted, in microseconds: the entry is put back only if it is still that one.
    pub(crate) taken_at: i64,
    /// The entry before, if there was one: its step and when it was taken.
    pub(crate) before: Option<(Step, i64)>,
}

/// Counts, and says when to try again.
///
/// Obligations:
/// - Check and take are one atomic act: of any number of parallel takes exactly as many are granted as the limit allows.
/// - A refusal takes nothing, and `retry_after` is exact: refused just before it, granted just after it.
/// - `give_back` and `give_back_address` leave the state as if the take had not been, and never grant more than
///   an untouched entry would. Giving back when a later take or a reset came in between changes nothing
///   of the schedule; the request's id is forgotten all the same, because nothing was stored for it.
/// - Entries that no longer change any answer are let go: memory does not grow with time.
#[async_trait]
pub trait Throttle: Send + Sync {
    /// Takes one from a bucket.
    async fn take(&self, bucket: &Bucket, rate: Rate) -> Take;

    /// Takes nothing; says what [`Throttle::take`] would say.
    async fn peek(&self, bucket: &Bucket, rate: Rate) -> Take;

    /// Gives one back to a bucket.
    async fn give_back(&self, bucket: &Bucket, rate: Rate);

    /// Whether this identified request was accepted before.
    async fn recall(&self, request: &IdentifiedRequest) -> Recall;

    /// Accepts a request for an address, if its schedule allows, and remembers its id in the same act.
    async fn take_address(&self, address: &AddressKey, request: Option<&IdentifiedRequest>) -> AddressTake;

    /// Takes an acceptance back, with the memory of its id: the request could not be stored.
    async fn give_back_address(&self, address: &AddressKey, undo: Undo);

    /// Starts the address's schedule over: its owner has used, or revoked, a link.
    async fn reset_address(&self, address: &AddressKey);
}
