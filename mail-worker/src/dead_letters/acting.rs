//! Doing something to letters, some hundred at a time: told to the audit trail, done, and removed from the dead letters. To
//! redrive a mail is told and done in one: reset-api reads the act and the mail together.

use super::Office;
use super::args::Selection;
use super::letter::Letter;
use super::redrive::{Redriven, Refusal, redriven};
use super::trail::{Told, Trail};
use common::abort::AbortPoint;
use common::event::OperatorAct;
use common::one_line::one_line;
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

impl Act {
    /// What was done, where it was.
    pub(super) fn did(self) -> &'static str {
        match self {
            Self::Redrive => "redriven",
            Self::TryRedrive => "would be redriven",
            Self::Drop => "dropped",
        }
    }
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

    /// Whether the letter is gone is not sure after all.
    fn leave_open(&mut self, why: &impl std::fmt::Display) {
        match self {
            Self::Redriven => {
                *self = Self::Failed(format!("it was redriven, and may still be here, too: {why}"));
            }
            Self::Dropped => *self = Self::Failed(format!("it may still be here: {why}")),
            Self::WouldBeRedriven | Self::Refused(_) | Self::Failed(_) => {}
        }
    }
}

/// A letter something is to be done to.
struct Task {
    letter: Letter,
    kept: DeadLetter,
    /// What it is redriven as; `None` if it is only removed.
    again: Option<Redriven>,
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
    let mut acting = Acting { office, trail, look: office.letters.look().await?, done };
    let ended = match acting.go_through(act, selection).await {
        Ok(unknown) => acting.look.end().await.map(|()| unknown).map_err(Into::into),
        Err(error) => Err(error),
    };
    if let Err(error) = &ended {
        done.iter_mut().for_each(|one| one.fate.leave_open(error));
    }
    tell_of_failures(trail, act, done).await;
    let unknown = ended?;
    anyhow::ensure!(unknown == 0, "{unknown} of the names name no dead letter");
    Ok(())
}

/// Each was told to the audit trail before, as about to be done. Where the queue is away now, only the operator learns it.
async fn tell_of_failures(trail: &Trail<'_>, act: Act, done: &[Done]) {
    let told = done.iter().filter_map(|Done { letter, fate }| match fate {
        Fate::Failed(why) => {
            Some((told_as(act), letter.event_id, format!("letter {}, failed: {why}", letter.name)))
        }
        _ => None,
    });
    let told: Vec<_> = told.map(|(act, event_id, detail)| (act, event_id, one_line(&detail))).collect();
    if !told.is_empty() {
        trail.tell_all(told).await;
    }
}

fn told_as(act: Act) -> OperatorAct {
    match act {
        Act::Redrive => OperatorAct::DeadLetterRedriven,
        Act::TryRedrive => OperatorAct::DeadLettersListed,
        Act::Drop => OperatorAct::DeadLetterDropped,
    }
}

/// The error is what becomes of a letter nothing is done to.
fn task(act: Act, letter: Letter, kept: DeadLetter, now: OffsetDateTime) -> Result<Task, Box<Done>> {
    if act == Act::Drop {
        return Ok(Task { letter, kept, again: None });
    }
    match redriven(&kept, now) {
        Err(refusal) => Err(Box::new(Done { letter, fate: Fate::Refused(refusal) })),
        Ok(_) if act == Act::TryRedrive => Err(Box::new(Done { letter, fate: Fate::WouldBeRedriven })),
        Ok(again) => Ok(Task { letter, kept, again: Some(again) }),
    }
}

struct Acting<'a> {
    office: &'a Office,
    trail: &'a Trail<'a>,
    look: Box<dyn Look>,
    done: &'a mut Vec<Done>,
}

impl Acting<'_> {
    /// Tells how many of the names name no letter, where others do.
    async fn go_through(&mut self, act: Act, selection: &Selection) -> anyhow::Result<usize> {
        let now = self.office.clock.now();
        let (mut tasks, mut named) = (Vec::new(), BTreeSet::new());
        let mut is_told = act != Act::Redrive;
        while let Some(kept) = self.look.next().await? {
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
                        let what = "what cannot be redriven".to_owned();
                        self.trail.tell(OperatorAct::DeadLettersListed, None, what).await?;
                    }
                    self.done.push(*done);
                }
            }
            if tasks.len() == AT_A_TIME {
                self.carry_out(std::mem::take(&mut tasks)).await;
            }
        }
        self.carry_out(tasks).await;
        let unknown = selection.letters.iter().filter(|name| !named.contains(name.as_str())).count();
        Ok(if named.is_empty() { 0 } else { unknown })
    }

    async fn carry_out(&mut self, tasks: Vec<Task>) {
        if tasks.is_empty() {
            return;
        }
        let told = self.tell(&tasks).await;
        let tasks = self.that_were(tasks, told);
        let held = self.look.holds().await.map_err(|error| format!("nothing was done: {error}"));
        let held = vec![held; tasks.len()];
        let tasks = self.that_were(tasks, held);
        let published = self.publish(&tasks).await;
        self.office.abort.reach(AbortPoint::AfterRedrivePublish);
        for task in self.that_were(tasks, published) {
            let mut fate = if task.again.is_some() { Fate::Redriven } else { Fate::Dropped };
            if let Err(error) = self.look.remove(&task.kept).await {
                fate.leave_open(&error);
            }
            self.done.push(Done { letter: task.letter, fate });
        }
    }

    /// Mails are told of with what is published of them.
    async fn tell(&self, tasks: &[Task]) -> Vec<Result<(), String>> {
        let to_tell = |task: &Task| match task.again {
            Some(Redriven::Mail(_)) => None,
            Some(Redriven::Report(_)) | None => Some(task.told()),
        };
        let (places, told) = chosen(tasks, to_tell);
        let verdicts = if told.is_empty() { Vec::new() } else { self.trail.tell_all(told).await };
        spread(tasks.len(), places, verdicts, |untold| untold.to_string())
    }

    /// What is only removed needs no publishing.
    async fn publish(&self, tasks: &[Task]) -> Vec<Result<(), String>> {
        let to_publish = |task: &Task| -> Option<Message> {
            Some(match task.again.as_ref()? {
                Redriven::Mail(envelope) => self.trail.redriven(task.told(), envelope.clone()),
                Redriven::Report(message) => message.clone(),
            })
        };
        let (places, batch) = chosen(tasks, to_publish);
        let queue = &self.office.queue;
        let verdicts = if batch.is_empty() { Vec::new() } else { queue.publish(Route::Reports, batch).await };
        let why = |error| format!("it stays here, and may have been redriven: {error}");
        spread(tasks.len(), places, verdicts, why)
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

/// What is to be queued of some of the tasks, and the places of those.
fn chosen<T>(tasks: &[Task], what: impl Fn(&Task) -> Option<T>) -> (Vec<usize>, Vec<T>) {
    tasks.iter().enumerate().filter_map(|(place, task)| Some((place, what(task)?))).unzip()
}

/// A verdict for each of `count` tasks: those of some places, and all is well with the others.
fn spread<E>(
    count: usize,
    places: Vec<usize>,
    verdicts: Vec<Result<(), E>>,
    why: impl Fn(E) -> String,
) -> Vec<Result<(), String>> {
    let mut all = vec![Ok(()); count];
    for (place, verdict) in places.into_iter().zip(verdicts) {
        all[place] = verdict.map_err(&why);
    }
    all
}

impl Task {
    fn told(&self) -> Told {
        let act = told_as(if self.again.is_some() { Act::Redrive } else { Act::Drop });
        let Letter { name, reason, .. } = &self.letter;
        (act, self.letter.event_id, format!("letter {name}, {} {reason}", self.letter.source()))
    }
}

#[cfg(test)]
mod tests;
