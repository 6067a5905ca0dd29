//! `dead-letters list | show | redrive | drop`: what an operator does about messages that were kept aside.
//!
//! The same commands on RabbitMQ and on the standalone's file, behind the port. [`args`] is what can be asked for,
//! [`letter`] what may be told of a letter, [`redrive`] which of them can go out again, [`trail`] tells every act to the
//! audit trail before it is done, [`acting`] does them; [`text`] and [`json`] are what is printed.
//!
//! Nobody here can look into the database, so a mail that is redriven is handed to reset-api, with the act: it puts the
//! mail back into its outbox if the link can still live. That is published first, confirmed, and the letter removed then.
//! Dying in between leaves it in both places; whoever redrives the letter again asks for the same life of the same mail,
//! which begins once. What failed, or may have, is told to the trail once more, as failed.

mod acting;
mod args;
mod json;
mod letter;
mod redrive;
mod text;
mod trail;

pub use args::DeadLettersCommand;

use acting::{Act, Done};
use args::{ListArgs, Selection, ShowArgs, ShowOptions};
use common::abort::AbortPoints;
use common::clock::Clock;
use common::entropy::Entropy;
use common::event::OperatorAct;
use common::one_line::one_line;
use common::process::acting_as;
use common::queue::Queue;
use common::queue::dead_letters::DeadLetters;
use letter::Letter;
use std::io::Write;
use std::sync::Arc;
use time::OffsetDateTime;
use trail::Trail;

/// The exit code where no letter was meant, or none of those that were can be redriven.
const NOTHING_DONE: u8 = 3;
/// The exit code where something that was to be done is not.
const FAILED: u8 = 1;

/// What the commands work with.
pub struct Office {
    /// Where the letters are.
    pub letters: Arc<dyn DeadLetters>,
    /// Where reset-api is told what is done, and what is redriven.
    pub queue: Arc<dyn Queue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// For crash tests.
    pub abort: AbortPoints,
}

impl Office {
    /// Does what was asked for, prints what came of it, and returns the exit code. `user` is who the system says runs it.
    ///
    /// # Errors
    /// In one line, if the queue is away, somebody else is at it, or the act could not be told to the audit trail: then it
    /// was not done.
    pub async fn run(
        &self,
        command: &DeadLettersCommand,
        user: &str,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<u8> {
        let operator = |given: &Option<String>| one_line(&acting_as(given.as_deref(), user));
        match command {
            DeadLettersCommand::List(args) => self.list(args, operator(&args.show.operator), out).await,
            DeadLettersCommand::Show(args) => self.show(args, operator(&args.show.operator), out).await,
            DeadLettersCommand::Redrive(args) => {
                let act = if args.dry_run { Act::TryRedrive } else { Act::Redrive };
                self.act(act, &args.selection, &args.show, operator(&args.show.operator), out).await
            }
            DeadLettersCommand::Drop(args) => {
                let who = operator(&args.show.operator);
                self.act(Act::Drop, &args.selection, &args.show, who, out).await
            }
        }
    }

    async fn list(
        &self,
        args: &ListArgs,
        operator: String,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<u8> {
        let filter = one_line(&args.filter.words());
        self.trail(operator).tell(OperatorAct::DeadLettersListed, None, filter).await?;
        let now = self.clock.now();
        let letters = self.find(now, |letter| args.filter.takes(letter, now)).await?;
        let shown = if args.show.json { json::list(&letters, now) } else { text::table(&letters, now) };
        out.write_all(shown.as_bytes())?;
        Ok(0)
    }

    async fn show(
        &self,
        args: &ShowArgs,
        operator: String,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<u8> {
        self.trail(operator).tell(OperatorAct::DeadLetterShown, None, told_name(&args.letter)).await?;
        let now = self.clock.now();
        let letters = self.find(now, |letter| letter.is_named(&args.letter)).await?;
        let shown = if args.show.json { json::list(&letters, now) } else { text::pages(&letters, now) };
        out.write_all(shown.as_bytes())?;
        Ok(if letters.is_empty() { NOTHING_DONE } else { 0 })
    }

    /// Looks through all of them and keeps what is to be told of some.
    async fn find(
        &self,
        now: OffsetDateTime,
        wanted: impl Fn(&Letter) -> bool,
    ) -> anyhow::Result<Vec<Letter>> {
        let (mut look, mut found) = (self.letters.look().await?, Vec::new());
        while let Some(letter) = look.next().await? {
            let letter = Letter::of(&letter, now);
            if wanted(&letter) {
                found.push(letter);
            }
        }
        look.end().await?;
        // A look that was cut off may have left them in another order.
        found.sort_by_key(|letter| letter.died_at);
        Ok(found)
    }

    /// What was done is printed also where the queue went away in the middle of it.
    async fn act(
        &self,
        act: Act,
        selection: &Selection,
        show: &ShowOptions,
        operator: String,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<u8> {
        selection.check()?;
        let mut done = Vec::new();
        let ended = acting::act(self, &self.trail(operator), act, selection, &mut done).await;
        if ended.is_ok() || !done.is_empty() {
            let shown = if show.json { json::done(&done) } else { text::done(act, &done) };
            out.write_all(shown.as_bytes())?;
        }
        ended?;
        Ok(exit_code(&done))
    }

    fn trail(&self, operator: String) -> Trail<'_> {
        Trail { queue: &*self.queue, clock: &*self.clock, entropy: &*self.entropy, operator }
    }
}

/// What was typed, for the audit trail: only what can name a letter, since anything else may be somebody's address.
fn told_name(typed: &str) -> String {
    let may_name_one =
        typed.len() <= 64 && typed.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if may_name_one { typed.to_owned() } else { "what names no letter".to_owned() }
}

fn exit_code(done: &[Done]) -> u8 {
    if done.iter().any(|one| one.fate.has_failed()) {
        FAILED
    } else if done.iter().all(|one| one.fate.is_refusal()) {
        NOTHING_DONE
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_trail_is_told_of_names_of_letters_only() {
        for name in ["2da91d7ab504", "01a219a5-5eb7-788d-8fac-8b6b541ab539"] {
            assert_eq!(told_name(name), name);
        }
        for typed in ["ada@example.org", "two words", "\u{1b}[31m", &"a".repeat(65)] {
            assert_eq!(told_name(typed), "what names no letter");
        }
    }
}
