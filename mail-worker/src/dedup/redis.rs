//! Dedup in Redis: one entry a mail, which expires by itself.
//!
//! A call that was not answered in time may have been done; the worker goes on as if it had not. What that comes to:
//! - `claim`: the mail goes out under no fence. If the claim was made, nobody ends it: a redelivery waits for its lease
//!   and then sends a second copy, as it would have without the claim. A claim that Redis only comes to later is not
//!   made: it carries a deadline.
//! - `renew`: the attempt goes on, and the next renewal makes up for it; only when all of a lease's are missed may
//!   somebody else claim. One that Redis only comes to later is not made: its worker may be dead by then, and the
//!   mail would wait for nobody. It carries a deadline, too.
//! - `dot`: the mail goes out. If the worker then dies before `sent`, the next claim is `Resend` where the dot was made
//!   and `Fresh` where it was not, which allows one copy more. A dot that comes late finds its fence or lease gone.
//! - `sent`: a redelivery finds the dot instead, and sends a second copy.
//!
//! Each is a mail that may go out twice, and each is counted by whoever called.

mod scripts;

use super::{Claim, Dedup, DedupError, Fence, SentRecord};
use async_trait::async_trait;
use common::clock::Clock;
use common::redis_link::{LinkError, RedisLink};
use redis::ScriptInvocation;
use scripts::{CLAIM, DOT, RELEASE, RELEASE_AMBIGUOUS, RENEW, SENT};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a mail that was not sent is remembered after its last lease. No copy of its message comes later: it is
/// of no use 4 h after the request was accepted.
const UNSENT_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The dedup port on a Redis that all workers share.
pub struct RedisDedup {
    link: Arc<RedisLink>,
    clock: Arc<dyn Clock>,
}

impl RedisDedup {
    /// Remembers through this link.
    #[must_use]
    pub fn new(link: Arc<RedisLink>, clock: Arc<dyn Clock>) -> Self {
        Self { link, clock }
    }

    /// How far the scripts' clock is ahead of the server's, in microseconds; zero outside tests.
    fn offset(&self) -> i64 {
        i64::try_from(self.clock.offset().whole_microseconds()).unwrap_or(0)
    }

    async fn mark(&self, call: &ScriptInvocation<'_>) -> Result<(), DedupError> {
        match self.link.invoke::<String>(call).await?.as_str() {
            "done" => Ok(()),
            "lost" => Err(DedupError::Lost),
            "late" => Err(DedupError::Unavailable("redis came too late".to_owned())),
            _ => Err(DedupError::Unavailable("it was emptied since the claim".to_owned())),
        }
    }
}

impl From<LinkError> for DedupError {
    fn from(error: LinkError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

#[async_trait]
impl Dedup for RedisDedup {
    async fn claim(
        &self,
        event_id: Uuid,
        unanswered_dots: u32,
        lease: Duration,
    ) -> Result<Claim, DedupError> {
        let mut call = CLAIM.key(key(event_id));
        call.arg(self.offset()).arg(self.link.deadline()?);
        call.arg(micros(lease)).arg(millis(lease.saturating_add(UNSENT_KEPT))).arg(unanswered_dots);
        let words: Vec<String> = self.link.invoke(&call).await?;
        read_claim(event_id, &words)
            .ok_or_else(|| DedupError::Unavailable("redis came too late, or cannot be understood".to_owned()))
    }

    async fn renew(&self, fence: Fence, lease: Duration) -> Result<(), DedupError> {
        let mut call = RENEW.key(key(fence.event_id));
        call.arg(self.offset()).arg(self.link.deadline()?).arg(fence.number);
        call.arg(micros(lease)).arg(millis(lease.saturating_add(UNSENT_KEPT)));
        self.mark(&call).await
    }

    async fn dot(&self, fence: Fence) -> Result<(), DedupError> {
        self.mark(DOT.key(key(fence.event_id)).arg(self.offset()).arg(fence.number)).await
    }

    async fn sent(&self, fence: Fence, record: &SentRecord, keep: Duration) -> Result<(), DedupError> {
        let mut call = SENT.key(key(fence.event_id));
        call.arg(fence.number).arg(millis(keep)).arg(record.accepted_at).arg(record.attempt);
        call.arg(&record.relay_host)
            .arg(record.reply_code)
            .arg(&record.reply_text)
            .arg(&record.enhanced_code);
        self.mark(&call).await
    }

    async fn release(&self, fence: Fence) -> Result<(), DedupError> {
        self.mark(RELEASE.key(key(fence.event_id)).arg(fence.number)).await
    }

    async fn release_ambiguous(&self, fence: Fence) -> Result<(), DedupError> {
        let mut call = RELEASE_AMBIGUOUS.key(key(fence.event_id));
        self.mark(call.arg(fence.number).arg(millis(UNSENT_KEPT))).await
    }
}

fn key(event_id: Uuid) -> String {
    format!("mail-worker:mail:{event_id}")
}

/// `None`: the claim was not made.
fn read_claim(event_id: Uuid, words: &[String]) -> Option<Claim> {
    let fence = || Some(Fence { event_id, number: word(words, 1)? });
    Some(match words.first()?.as_str() {
        "fresh" => Claim::Fresh(fence()?),
        "resend" => Claim::Resend(fence()?),
        "held" => Claim::Held(Duration::from_micros(word(words, 1)?)),
        "unknown" => Claim::OutcomeUnknown,
        "sent" => Claim::Sent(SentRecord {
            accepted_at: word(words, 1)?,
            attempt: word(words, 2)?,
            relay_host: word(words, 3)?,
            reply_code: word(words, 4)?,
            reply_text: word(words, 5)?,
            enhanced_code: word(words, 6)?,
        }),
        _ => return None,
    })
}

fn word<T: std::str::FromStr>(words: &[String], place: usize) -> Option<T> {
    words.get(place)?.parse().ok()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// No shorter than asked for.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2).saturating_add(1)
}
