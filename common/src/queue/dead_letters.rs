//! The port of dead letters: messages kept aside, looked through by an operator.
//!
//! A [`Look`] holds all of them from the first to the last; nobody else can look meanwhile, so nothing is hidden from
//! anybody, and nobody acts on what another is acting on.

use super::{QueueError, Source};
use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// How long one look waits for another to end: each takes moments, unless there are very many letters.
pub const WAIT_FOR_OTHERS: Duration = Duration::from_secs(5);

/// A message kept aside. Whoever can write to the queue can have written any of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message's id, or nil if it has none that can be read.
    pub id: Uuid,
    /// The type name it was published with.
    pub type_name: String,
    /// Where it was taken from; `None` if it does not say.
    pub source: Option<Source>,
    /// Why it is here, in a word. Of a message that the queue itself moved, the queue's word.
    pub reason: String,
    /// When it came here; `None` if it does not say.
    pub died_at: Option<OffsetDateTime>,
    /// What was said last about it; may be empty.
    pub last_words: String,
    /// The message, unread.
    pub body: Bytes,
    /// What the look removes it by; means nothing to any other look.
    pub tag: u64,
}

/// Why the dead letters cannot be looked through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// Somebody else is at it.
    #[error("somebody else is looking through the dead letters: try again when they are done")]
    InUse,
    /// The queue is away.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Where dead letters are kept.
#[async_trait]
pub trait DeadLetters: Send + Sync {
    /// Begins to look through what is there by now.
    ///
    /// # Errors
    /// [`LookError::InUse`] if somebody else does not end within [`WAIT_FOR_OTHERS`].
    async fn look(&self) -> Result<Box<dyn Look>, LookError>;
}

/// One look through the dead letters.
///
/// Obligations:
/// - Each letter that was there at the beginning comes once, in the order in which they are kept: that in which they came.
/// - What is not removed is there afterwards, unchanged, however the look ends, kill -9 included, and however often
///   somebody looks; in the same order, too, unless the look was cut off in the middle.
/// - What was removed, and the look ended in order, is gone for good.
#[async_trait]
pub trait Look: Send + Sync {
    /// The next letter; `None` after the last.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the queue is away; begin another look.
    async fn next(&mut self) -> Result<Option<DeadLetter>, QueueError>;

    /// Makes sure that the letters are still held: whoever was away for a while does so before anything that removing a
    /// letter would not undo.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if they may not be; somebody else may be acting on them.
    async fn holds(&mut self) -> Result<(), QueueError>;

    /// Removes a letter that came in this look.
    ///
    /// # Errors
    /// [`QueueError::Stale`] if it is not there any more, or never came; [`QueueError::Unconfirmed`]: it may still be
    /// there.
    async fn remove(&mut self, letter: &DeadLetter) -> Result<(), QueueError>;

    /// Ends the look. Dropped instead, it ends a little later.
    ///
    /// # Errors
    /// [`QueueError::Unconfirmed`] if the queue is away: what was removed may be there again.
    async fn end(self: Box<Self>) -> Result<(), QueueError>;
}
