//! The dedup port: how a mail is not sent twice without need.
//!
//! Three marks, each written before what it covers: *claim* (a fenced lease, before MAIL), *dot* (before the final
//! dot), *sent* (after the 250). A mark is never left behind as "done" by work that was not done. The dedup contract
//! suite runs against each implementation.
//!
//! A lease is short, and renewed for as long as the attempt goes on: the mails of a worker that was killed are free
//! within one lease, however long an SMTP dialogue may take. A worker that is frozen for longer than its lease loses
//! the mail to whoever claims it meanwhile. What that comes to once it goes on:
//! - Frozen before its `dot` mark: the mark is [`DedupError::Lost`], and it withdraws. No copy more.
//! - Frozen after it: the other one's claim is `Resend`, so there may be a second copy, for the cause "the answer to the
//!   final dot was lost". There is no third: when that dot has no answer either, the next claim is `OutcomeUnknown`.
//!   The first one's `sent` is `Lost`; it reports all the same that its copy was accepted, because it was.
//! - Frozen while nobody claims: a renewal in time for the `dot` makes the claim good again; otherwise it withdraws.
//!
//! While the store is away, each worker process goes by what the mail tells (its tally) and by what it did itself, and
//! tells the store when that is back. Copies of one mail that lie in the queue and come to different processes meanwhile
//! are each sent: the cause "the dedup store was lost" allows one copy for each such process.

use async_trait::async_trait;
use std::time::Duration;
use uuid::Uuid;

pub mod metered;
pub mod redis;

/// The right to send one mail, for the length of a lease. A later claim has a higher number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// The mail's event.
    pub event_id: Uuid,
    /// The claim's number.
    pub number: u64,
}

/// What is remembered of a mail that was sent, to report it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRecord {
    /// When the relay host accepted it, in microseconds since 1970, by the worker's clock.
    pub accepted_at: i64,
    /// Which attempt it was.
    pub attempt: u32,
    /// `host:port`.
    pub relay_host: String,
    /// The reply's code.
    pub reply_code: u16,
    /// Its enhanced status code, or empty.
    pub enhanced_code: String,
    /// The reply's text.
    pub reply_text: String,
}

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has sent it, surely: send it.
    Fresh(Fence),
    /// A dot without an answer lies behind: send it, for the last time.
    Resend(Fence),
    /// It was sent.
    Sent(SentRecord),
    /// Two dots without an answer lie behind: do not send it.
    OutcomeUnknown,
    /// Somebody holds the claim; it is free after this long, unless it is renewed or ends before.
    Held(Duration),
}

/// The store did not do it, or may not have.
#[derive(Debug, thiserror::Error)]
pub enum DedupError {
    /// The fence is no longer the newest, its lease is over, or the claim has ended: do not write the dot.
    #[error("the claim was lost")]
    Lost,
    /// The store is away: send, and count it.
    #[error("the dedup store is unavailable: {0}")]
    Unavailable(String),
}

/// Remembers what was sent.
///
/// Obligations:
/// - Of any number of parallel claims of one event, one is granted; its fence is higher than every one before.
/// - A claim whose lease ran out without a dot is free again; with a dot, the next claim is `Resend`, and after
///   a second dot without an answer `OutcomeUnknown`.
/// - A claim tells how many dots without an answer its mail knows of itself; of this and what the store knows the higher
///   number counts, for this claim and every later one, unless the claim is held by somebody else.
/// - `dot` and `sent` with a fence that is not the newest, or `dot` after its lease, are [`DedupError::Lost`] and
///   change nothing. `sent` counts even when the lease ran out meanwhile, if nobody claimed since.
/// - `renew` of the newest fence lets its lease begin anew, from now; also a lease that ran out, if nobody claimed since.
///   Of a claim that was superseded, released or ended by `sent`, it is [`DedupError::Lost`] and changes nothing. It
///   touches neither the claim's dot nor those before, and what is known of the mail is kept beyond the new lease.
/// - `sent` is kept for `keep` at least.
#[async_trait]
pub trait Dedup: Send + Sync {
    /// Asks for the right to send a mail that knows of so many dots without an answer.
    async fn claim(&self, event_id: Uuid, unanswered_dots: u32, lease: Duration)
    -> Result<Claim, DedupError>;

    /// The attempt goes on: the lease begins anew.
    async fn renew(&self, fence: Fence, lease: Duration) -> Result<(), DedupError>;

    /// The final dot is about to be written.
    async fn dot(&self, fence: Fence) -> Result<(), DedupError>;

    /// The relay host has accepted the mail.
    async fn sent(&self, fence: Fence, record: &SentRecord, keep: Duration) -> Result<(), DedupError>;

    /// The attempt ended without the mail being accepted, surely: the claim is free, and its dot, if any, is taken back.
    async fn release(&self, fence: Fence) -> Result<(), DedupError>;

    /// The attempt ended with a dot and no answer: the claim is free, and its dot stays.
    async fn release_ambiguous(&self, fence: Fence) -> Result<(), DedupError>;
}
