//! What is told of acts that go wrong in the middle.

use super::super::redrive::tests::{envelope, letter};
use super::super::{DeadLettersCommand, Office};
use async_trait::async_trait;
use clap::Parser as _;
use common::abort::AbortPoints;
use common::clock::SystemClock;
use common::entropy::OsEntropy;
use common::event::{Envelope, EventKind, MailRedriven, OperatorAction};
use common::queue::dead_letters::{DeadLetter, DeadLetters, Look, LookError};
use common::queue::{Consumer, Message, Queue, QueueError, Route, Source};
use std::sync::{Arc, Mutex};
use time::macros::datetime;

#[derive(clap::Parser)]
struct Line {
    #[command(subcommand)]
    command: DeadLettersCommand,
}

/// The step that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Hold,
    Publish,
    End,
}

/// A queue with one dead letter; what was done to it is noted.
#[derive(Clone)]
struct Broker {
    trouble: Trouble,
    noted: Arc<Mutex<Vec<String>>>,
}

impl Broker {
    fn note(&self, line: impl Into<String>) {
        self.noted.lock().unwrap().push(line.into());
    }

    fn verdict(&self, step: Trouble) -> Result<(), QueueError> {
        if self.trouble == step { Err(QueueError::Unconfirmed("gone".to_owned())) } else { Ok(()) }
    }

    fn take(&self, route: Route, message: Message) -> Result<(), QueueError> {
        assert_eq!(route, Route::Reports, "all is for reset-api");
        let envelope = Envelope::decode(message.body).unwrap();
        if envelope.kind == EventKind::MailRedriven {
            let MailRedriven { action, envelope } = MailRedriven::decode(envelope.body).unwrap();
            self.note(format!("told {:?} with life {} of the mail", action.act, envelope.tally.redrives));
            return self.verdict(Trouble::Publish);
        }
        let action = OperatorAction::decode(envelope.body).unwrap();
        let failed = action.detail.split_once(", failed: ").map(|(_, why)| format!(", failed: {why}"));
        self.note(format!("told {:?}{}", action.act, failed.unwrap_or_default()));
        Ok(())
    }
}

#[async_trait]
impl Queue for Broker {
    async fn publish(&self, route: Route, batch: Vec<Message>) -> Vec<Result<(), QueueError>> {
        batch.into_iter().map(|message| self.take(route, message)).collect()
    }

    async fn consume(&self, _: Source, _: u16) -> Result<Box<dyn Consumer>, QueueError> {
        Err(QueueError::Full)
    }
}

#[async_trait]
impl DeadLetters for Broker {
    async fn look(&self) -> Result<Box<dyn Look>, LookError> {
        let mail = Envelope { deliver_by: datetime!(2100-01-01 0:00 UTC), ..envelope() };
        Ok(Box::new(OneLetter { broker: self.clone(), left: Some(letter(&mail, "unsealable")) }))
    }
}

struct OneLetter {
    broker: Broker,
    left: Option<DeadLetter>,
}

#[async_trait]
impl Look for OneLetter {
    async fn next(&mut self) -> Result<Option<DeadLetter>, QueueError> {
        Ok(self.left.take())
    }

    async fn holds(&mut self) -> Result<(), QueueError> {
        self.broker.verdict(Trouble::Hold)
    }

    async fn remove(&mut self, _: &DeadLetter) -> Result<(), QueueError> {
        self.broker.note("removed");
        Ok(())
    }

    async fn end(self: Box<Self>) -> Result<(), QueueError> {
        self.broker.verdict(Trouble::End)
    }
}

/// What was done, and what was printed. Each ends with a failure.
async fn run(trouble: Trouble, command: &str) -> (Vec<String>, String) {
    let broker = Broker { trouble, noted: Arc::default() };
    let office = Office {
        letters: Arc::new(broker.clone()),
        queue: Arc::new(broker.clone()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        abort: AbortPoints::none(),
    };
    let command = Line::try_parse_from(["-", command, "--all"]).unwrap().command;
    let mut out = Vec::new();
    assert!(!matches!(office.run(&command, "grace", &mut out).await, Ok(0)));
    let noted = broker.noted.lock().unwrap().clone();
    (noted, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn a_letter_that_is_no_longer_held_is_neither_sent_nor_removed() {
    let why = "failed: nothing was done: the queue did not answer: gone";
    let (noted, out) = run(Trouble::Hold, "redrive").await;
    assert_eq!(noted, [format!("told DeadLetterRedriven, {why}")]);
    assert!(out.contains(why), "{out}");
    let (noted, out) = run(Trouble::Hold, "drop").await;
    assert_eq!(noted, ["told DeadLetterDropped".to_owned(), format!("told DeadLetterDropped, {why}")]);
    assert!(out.contains(why), "{out}");
}

#[tokio::test]
async fn an_act_that_may_not_have_happened_is_told_to_the_audit_trail_as_failed() {
    let (noted, out) = run(Trouble::Publish, "redrive").await;
    let why = "it stays here, and may have been redriven: the queue did not answer: gone";
    let failed = format!("told DeadLetterRedriven, failed: {why}");
    assert_eq!(noted, ["told DeadLetterRedriven with life 2 of the mail", &failed]);
    assert!(out.ends_with(&format!("failed: {why}\n\n0 redriven, 0 cannot be, 1 failed\n")), "{out}");
}

#[tokio::test]
async fn nothing_is_called_done_when_the_look_does_not_end_in_order() {
    for (command, act, verb, why) in [
        ("redrive", "DeadLetterRedriven", "redriven", "it was redriven, and may still be here, too"),
        ("drop", "DeadLetterDropped", "dropped", "it may still be here"),
    ] {
        let (noted, out) = run(Trouble::End, command).await;
        let failed = format!("told {act}, failed: {why}: the queue did not answer: gone");
        assert_eq!(noted.last(), Some(&failed));
        assert!(out.contains(why) && out.ends_with(&format!("\n0 {verb}, 0 cannot be, 1 failed\n")), "{out}");
    }
}
