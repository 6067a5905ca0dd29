//! What became of each request: a mail, a final reason, or neither.

mod absences;
mod copies;
mod fate;
mod records;

use super::catalogue::Scenario;
use super::completing::Completing;
use super::load::{Answer, Asked};
use super::scene::Scene;
use super::sink::Taken;
use copies::{Cause, Copies};
use fate::{Evidence, Fate};
use records::Records;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

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

/// Judges every request of the run, whose copies have all stopped.
pub(super) async fn judge(
    scenario: &Scenario,
    scene: &Scene,
    asked: &[Asked],
    completing: &Completing,
) -> anyhow::Result<Verdict> {
    absences::note(&scene.logs, &scene.diary)?;
    let records = Records::read(scene).await?;
    let taken = scene.sink.taken();
    let evidence = Evidence::of(&records, &taken, &scene.diary);
    let mut verdict = Verdict::default();
    verdict.judge_requests(scenario, asked, &evidence);
    verdict.judge_notices(scenario, &completing.completed(), &evidence);
    verdict.judge_copies(&evidence);
    verdict.slowest = slowest(asked, &taken);
    verdict.completed = completing.completed().len();
    verdict.broken.extend(completing.failures());
    Ok(verdict)
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
    fn judge_requests(&mut self, scenario: &Scenario, asked: &[Asked], evidence: &Evidence<'_>) {
        let records = evidence.records;
        let mut answers: BTreeMap<&str, usize> = BTreeMap::new();
        for one in asked.iter().filter(|one| one.answer == Answer::Accepted) {
            *answers.entry(&one.address).or_default() += 1;
        }
        for address in &records.addresses {
            let rows = records.requests_of(address);
            let told = answers.get(address.as_str()).copied().unwrap_or(0);
            self.accepted += rows.len().max(told);
            for row in rows {
                self.count(scenario, address, evidence.fate_of(row, rows));
            }
            for _ in rows.len()..told {
                let lost = Fate::Lost("its gateway was told that it is accepted".into());
                self.count(scenario, address, lost);
            }
        }
    }

    fn count(&mut self, scenario: &Scenario, address: &str, fate: Fate) {
        self.broken.extend(complaint(scenario, &fate, &format!("the request of {address}")));
        match fate {
            Fate::Mailed | Fate::Dead(_) => self.mailed += 1,
            Fate::Refused(reason) => *self.refused.entry(reason).or_default() += 1,
            Fate::Lost(_) => self.lost += 1,
        }
    }

    /// Whoever has a new password was told so, or it is known why not.
    fn judge_notices(&mut self, scenario: &Scenario, completed: &BTreeSet<String>, evidence: &Evidence<'_>) {
        for address in completed {
            let what = format!("the notice of the new password of {address}");
            let mut notices = evidence.records.notices_of(address).peekable();
            if notices.peek().is_none() {
                self.broken.push(format!("{what} was never meant to be sent"));
            }
            for notice in notices {
                let lost = || Fate::Lost(format!("reported {:?}, and no mail was taken", notice.reports));
                let fate = evidence.fate_of_mail(notice, false).unwrap_or_else(lost);
                self.broken.extend(complaint(scenario, &fate, &what));
            }
        }
    }

    fn judge_copies(&mut self, evidence: &Evidence<'_>) {
        for (id, copies) in &evidence.mails {
            let event = evidence.records.events.get(id);
            match event {
                Some(event) if event.address == copies[0].to => {}
                _ => self.broken.push(format!("a mail to {} that nobody asked for", copies[0].to)),
            }
            let Copies { permitted, other } = Copies::of(copies, event, evidence.diary);
            for cause in permitted {
                *self.duplicated.entry(cause).or_default() += 1;
            }
            self.duplicated_otherwise += other.len();
            self.broken.extend(other);
        }
    }
}

/// What is wrong with a fate, in words.
fn complaint(scenario: &Scenario, fate: &Fate, what: &str) -> Option<String> {
    match fate {
        Fate::Mailed => None,
        Fate::Dead(how) => Some(format!("{what} has a mail whose link was ended: {how}")),
        Fate::Refused(reason) if scenario.may_end_some_as(reason) => None,
        Fate::Refused(reason) => Some(format!("{what} ended as {reason}, for which there was no cause")),
        Fate::Lost(why) => Some(format!("{what} is lost: {why}")),
    }
}

#[cfg(test)]
mod tests;
