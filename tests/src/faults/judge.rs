//! What became of each request: a mail, a final reason, or neither.

mod absences;
mod copies;
mod records;

use super::completing::Completing;
use super::load::{Answer, Asked};
use super::scene::Scene;
use super::sink::Taken;
use copies::{Cause, Copies};
use records::{Event, Records, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use uuid::Uuid;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) accepted: usize,
    pub(super) mailed: usize,
    /// By reason.
    pub(super) refused: BTreeMap<String, usize>,
    pub(super) lost: usize,
    pub(super) duplicated: BTreeMap<Cause, usize>,
    pub(super) duplicated_otherwise: usize,
    pub(super) completed: usize,
    pub(super) slowest: Duration,
    /// Each broken promise, in words.
    pub(super) broken: Vec<String>,
}

/// What became of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Mailed,
    Refused(String),
    Lost(String),
}

/// Judges every request of the run.
pub(super) async fn judge(
    scene: &Scene,
    asked: &[Asked],
    completing: &Completing,
) -> anyhow::Result<Verdict> {
    absences::note(&scene.logs, &scene.diary)?;
    let records = Records::read(scene).await?;
    let taken = scene.sink.taken();
    let mails = by_event(&taken);
    let mut verdict = Verdict::default();
    verdict.judge_requests(asked, &records, &mails);
    verdict.judge_notices(&completing.completed(), &records, &mails);
    verdict.judge_copies(&records, &mails, scene);
    verdict.slowest = slowest(asked, &taken);
    verdict.completed = completing.completed().len();
    verdict.broken.extend(completing.failures());
    Ok(verdict)
}

fn by_event(taken: &[Taken]) -> BTreeMap<Uuid, Vec<&Taken>> {
    let mut mails: BTreeMap<Uuid, Vec<&Taken>> = BTreeMap::new();
    for mail in taken {
        mails.entry(mail.event_id().parse().unwrap_or_default()).or_default().push(mail);
    }
    mails
}

/// From the first call of an address to its first mail.
fn slowest(asked: &[Asked], taken: &[Taken]) -> Duration {
    let mut first: BTreeMap<&str, _> = BTreeMap::new();
    for mail in taken.iter().filter(|mail| mail.reset_link().is_some()) {
        first.entry(mail.to.as_str()).or_insert(mail.at);
    }
    let waits = asked.iter().filter(|one| one.answer == Answer::Accepted);
    let waits = waits.filter_map(|one| Some(first.get(one.address.as_str())?.duration_since(one.begun)));
    waits.max().unwrap_or_default()
}

impl Verdict {
    /// A request is accepted when its gateway was told so, or the database has it.
    fn judge_requests(&mut self, asked: &[Asked], records: &Records, mails: &BTreeMap<Uuid, Vec<&Taken>>) {
        let mut answers: BTreeMap<&str, usize> = BTreeMap::new();
        for one in asked.iter().filter(|one| one.answer == Answer::Accepted) {
            *answers.entry(&one.address).or_default() += 1;
        }
        for address in &records.addresses {
            let rows = records.requests_of(address);
            let told = answers.get(address.as_str()).copied().unwrap_or(0);
            self.accepted += rows.len().max(told);
            for row in rows {
                self.count(address, fate(row, rows, records, mails));
            }
            for _ in rows.len()..told {
                self.count(address, Fate::Lost("its gateway was told that it is accepted".into()));
            }
        }
    }

    fn count(&mut self, address: &str, fate: Fate) {
        match fate {
            Fate::Mailed => self.mailed += 1,
            Fate::Refused(reason) => *self.refused.entry(reason).or_default() += 1,
            Fate::Lost(why) => {
                self.lost += 1;
                self.broken.push(format!("the request of {address} is lost: {why}"));
            }
        }
    }

    /// Whoever has a new password was told so, or it is known why not.
    fn judge_notices(
        &mut self,
        completed: &BTreeSet<String>,
        records: &Records,
        mails: &BTreeMap<Uuid, Vec<&Taken>>,
    ) {
        for address in completed {
            let notice = records.notice_of(address);
            let is_known =
                notice.is_some_and(|event| mails.contains_key(&event.id) || event.ended().is_some());
            if !is_known {
                self.broken.push(format!("no notice of the new password of {address}"));
            }
        }
    }

    fn judge_copies(&mut self, records: &Records, mails: &BTreeMap<Uuid, Vec<&Taken>>, scene: &Scene) {
        for (id, copies) in mails {
            let event = records.events.get(id);
            match event {
                Some(event) if event.address == copies[0].to => {}
                _ => self.broken.push(format!("a mail to {} that nobody asked for", copies[0].to)),
            }
            let Copies { permitted, other } = Copies::of(copies, event, &scene.diary);
            for cause in permitted {
                *self.duplicated.entry(cause).or_default() += 1;
            }
            self.duplicated_otherwise += other.len();
            self.broken.extend(other);
        }
    }
}

/// What became of one of the requests of an address.
fn fate(row: &Row, all: &[Row], records: &Records, mails: &BTreeMap<Uuid, Vec<&Taken>>) -> Fate {
    if let Some(into) = row.coalesced_into {
        // It shares the fate of the newer one, which is judged for itself.
        return match all.iter().any(|other| other.id == into) {
            true => Fate::Refused("coalesced".into()),
            false => Fate::Lost("it is coalesced into nothing".into()),
        };
    }
    let event = row.event.and_then(|event| records.events.get(&event));
    if event.is_some_and(|event| mails.contains_key(&event.id)) {
        return Fate::Mailed;
    }
    match (event.and_then(Event::ended), row.state.as_str()) {
        (Some(outcome), _) if outcome != "accepted" => Fate::Refused(outcome.to_owned()),
        (_, "undeliverable" | "expired" | "suppressed" | "revoked") => {
            Fate::Refused(row.reason.clone().unwrap_or_else(|| row.state.clone()))
        }
        (outcome, state) => Fate::Lost(format!("{state}, reported {outcome:?}, and no mail was taken")),
    }
}

#[cfg(test)]
mod tests;
