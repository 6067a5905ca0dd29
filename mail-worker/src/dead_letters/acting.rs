//! Doing something to letters, some hundred at a time: told to the audit trail, done, and removed from the dead letters.

use super::Office;
use super::args::Selection;
use super::letter::Letter;
use super::redrive::{Refusal, redriven};
use super::trail::Trail;
use common::abort::AbortPoint;
use common::event::OperatorAct;
use common::queue::dead_letters::{DeadLetter, Look};
use common::queue::{Message, Route};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// How many letters share the waits for the queue.
const AT_A_TIME: usize = 100;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Redrive,
    /// Only tell.
    TryRedrive,
    Drop,
}

/// What became of a letter.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) letter: Letter,
    pub(super) fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Redriven,
    WouldBeRedriven,
    Dropped,
    Refused(Refusal),
    /// With the reason.
    Failed(String),
}

impl Fate {
    pub(super) fn has_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }

    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// A letter something is to be done to.
struct Task {
    letter: Letter,
    kept: DeadLetter,
    /// What it is published as; `None` if it is only removed.
    mail: Option<Message>,
}

/// Does it to each letter that is meant, and notes what became of each.
pub(super) async fn act(
    office: &Office,
    trail: &Trail<'_>,
    act: Act,
    selection: &Selection,
    done: &mut Vec<Done>,
) -> anyhow::Result<()> {
    if act == Act::TryRedrive {
        trail.tell(OperatorAct::DeadLettersListed, None, "what a redrive would do".to_owned()).await?;
    }
    let now = office.clock.now();
    let mut acting = Acting { office, trail, look: office.letters.look().await?, done };
    let (mut tasks, mut named) = (Vec::new(), BTreeSet::new());
    let mut is_told = act != Act::Redrive;
    while let Some(kept) = acting.look.next().await? {
        let letter = Letter::of(&kept, now);
        named.extend(selection.names_of(&letter));
        if !selection.takes(&letter, now) {
            continue;
        }
        match task(act, letter, kept, now) {
            Ok(task) => tasks.push(task),
            Err(done) => {
                // Nothing is done to it, but it is told of.
                if !std::mem::replace(&mut is_told, true) {
                    trail
                        .tell(OperatorAct::DeadLettersListed, None, "what cannot be redriven".to_owned())
                        .await?;
                }
                acting.done.push(*done);
            }
        }
        if tasks.len() == AT_A_TIME {
            acting.carry_out(std::mem::take(&mut tasks)).await;
        }
    }
    acting.carry_out(tasks).await;
    acting.look.end().await?;
    let unknown = selection.letters.iter().filter(|name| !named.contains(name.as_str())).count();
    anyhow::ensure!(named.is_empty() || unknown == 0, "{unknown} of the names name no dead letter");
    Ok(())
}

/// The error is what becomes of a letter nothing is done to.
fn task(act: Act, letter: Letter, kept: DeadLetter, now: OffsetDateTime) -> Result<Task, Box<Done>> {
    if act == Act::Drop {
        return Ok(Task { letter, kept, mail: None });
    }
    match redriven(&kept, now) {
        Err(refusal) => Err(Box::new(Done { letter, fate: Fate::Refused(refusal) })),
        Ok(_) if act == Act::TryRedrive => Err(Box::new(Done { letter, fate: Fate::WouldBeRedriven })),
        Ok(mail) => Ok(Task { letter, kept, mail: Some(mail) }),
    }
}

struct Acting<'a> {
    office: &'a Office,
    trail: &'a Trail<'a>,
    look: Box<dyn Look>,
    done: &'a mut Vec<Done>,
}

impl Acting<'_> {
    async fn carry_out(&mut self, tasks: Vec<Task>) {
        if tasks.is_empty() {
            return;
        }
        let told = self.trail.tell_all(tasks.iter().map(Task::told).collect()).await;
        let tasks = self.that_were(tasks, told);
        let published = self.publish(&tasks).await;
        self.office.abort.reach(AbortPoint::AfterRedrivePublish);
        for task in self.that_were(tasks, published) {
            let fate = match self.look.remove(&task.kept).await {
                Ok(()) if task.mail.is_some() => Fate::Redriven,
                Ok(()) => Fate::Dropped,
                Err(error) if task.mail.is_some() => {
                    Fate::Failed(format!("it is among the mails again, and may still be here, too: {error}"))
                }
                Err(error) => Fate::Failed(format!("it may still be here: {error}")),
            };
            self.done.push(Done { letter: task.letter, fate });
        }
    }

    /// What is only removed needs no publishing.
    async fn publish(&self, tasks: &[Task]) -> Vec<Result<(), String>> {
        let mails: Vec<_> = tasks.iter().filter_map(|task| task.mail.clone()).collect();
        if mails.is_empty() {
            return vec![Ok(()); tasks.len()];
        }
        let verdicts = self.office.queue.publish(Route::Mail, mails).await;
        let told = |error| format!("it stays here, and may be among the mails again: {error}");
        verdicts.into_iter().map(|verdict| verdict.map_err(told)).collect()
    }

    /// Goes on with those whose step was taken.
    fn that_were<E: std::fmt::Display>(
        &mut self,
        tasks: Vec<Task>,
        verdicts: Vec<Result<(), E>>,
    ) -> Vec<Task> {
        let mut rest = Vec::with_capacity(tasks.len());
        for (task, verdict) in tasks.into_iter().zip(verdicts) {
            match verdict {
                Ok(()) => rest.push(task),
                Err(error) => {
                    let fate = Fate::Failed(error.to_string());
                    self.done.push(Done { letter: task.letter, fate });
                }
            }
        }
        rest
    }
}

impl Task {
    fn told(&self) -> super::trail::Told {
        let act = match self.mail {
            Some(_) => OperatorAct::DeadLetterRedriven,
            None => OperatorAct::DeadLetterDropped,
        };
        let Letter { name, reason, .. } = &self.letter;
        (act, self.letter.event_id, format!("letter {name}, {} {reason}", self.letter.source()))
    }
}
