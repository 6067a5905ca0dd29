//! Looking through the dead letters, and dying.

use common::clock::{Clock as _, SystemClock};
use common::queue::Death;
use common::queue::dead_letters::{DeadLetter, DeadLetters};

/// Everything that is kept aside, oldest first. It stays there.
///
/// # Errors
/// If the queue is away, or somebody else is looking.
pub async fn dead_letters(letters: &dyn DeadLetters) -> anyhow::Result<Vec<DeadLetter>> {
    let (mut look, mut all) = (letters.look().await?, Vec::new());
    while let Some(letter) = look.next().await? {
        all.push(letter);
    }
    look.end().await?;
    Ok(all)
}

/// A death of this reason, now.
#[must_use]
pub fn death(reason: &str) -> Death {
    Death { reason: reason.to_owned(), at: SystemClock.now(), last_words: format!("last words: {reason}") }
}
