//! The judge must see what is wrong: each way in which a promise can be broken is called so.

use super::fate::Evidence;
use super::records::{Event, Row};
use super::*;
use crate::cluster::worker_name;
use crate::faults::catalogue::find;
use crate::faults::diary::{Diary, Loss};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::Instant;
use tonic::Code;
use uuid::Uuid;

mod copies;
mod reasons;

const ADA: &str = "ada@example.org";
const EVENT: Uuid = Uuid::from_u128(7);

fn told(answer: Answer) -> Vec<Asked> {
    vec![Asked { address: ADA.into(), begun: Instant::now(), answer }]
}

fn row(state: &str) -> Row {
    Row {
        id: Uuid::from_u128(1),
        state: state.into(),
        reason: None,
        coalesced_into: None,
        event: Some(EVENT),
    }
}

/// What the database would hold: these requests of Ada's, and one mail to her with these reports.
fn records(rows: Vec<Row>, outcomes: &[&str]) -> Records {
    let known = OffsetDateTime::UNIX_EPOCH;
    let reports = outcomes.iter().map(|outcome| ((*outcome).to_owned(), known)).collect();
    let event =
        Event { id: EVENT, address: ADA.into(), is_notice: false, ended_with_its_mail: false, reports };
    Records {
        requests: [(ADA.to_owned(), rows)].into(),
        addresses: BTreeSet::from([ADA.to_owned()]),
        events: BTreeMap::from([(EVENT, event)]),
    }
}

fn mail(at: Instant, link: &str) -> Taken {
    Taken {
        to: ADA.into(),
        message_id: format!("{EVENT}@example.org"),
        links: vec![link.into()],
        from: worker_name(0),
        at,
        time: OffsetDateTime::UNIX_EPOCH,
    }
}

fn judged(asked: &[Asked], records: &Records, taken: &[Taken]) -> Verdict {
    judged_in("everything", asked, records, taken, &Diary::default())
}

fn judged_in(scenario: &str, asked: &[Asked], records: &Records, taken: &[Taken], diary: &Diary) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.judge_requests(find(scenario).unwrap(), asked, &Evidence::of(records, taken, diary));
    verdict
}

/// That worker was lost, having recorded these mails.
fn worker(number: usize, recorded: &[Uuid]) -> Loss {
    Loss::Worker { number, recorded: recorded.iter().copied().collect() }
}

#[test]
fn a_request_with_a_mail_or_a_final_reason_is_not_lost() {
    let taken = [mail(Instant::now(), "/r/1")];
    let verdict = judged(&told(Answer::Accepted), &records(vec![row("issued")], &["accepted"]), &taken);
    assert_eq!((verdict.accepted, verdict.mailed, verdict.lost), (1, 1, 0), "{verdict:?}");
    for (state, outcome) in [("undeliverable", "refused"), ("issued", "unknown")] {
        let verdict = judged(&told(Answer::Accepted), &records(vec![row(state)], &[outcome]), &[]);
        assert_eq!((verdict.refused.get(outcome), verdict.lost), (Some(&1), 0), "{verdict:?}");
        assert_eq!(verdict.broken, [""; 0]);
    }
}

#[test]
fn a_request_without_either_is_lost_whatever_is_said_of_it() {
    for (state, outcomes) in [
        ("accepted", &[][..]),
        ("issued", &[]),
        ("issued", &["transient"]),
        // Nobody took it, whatever was reported.
        ("issued", &["accepted"]),
        ("completed", &["accepted"]),
        ("unknown", &[]),
        ("expired", &["accepted"]),
    ] {
        let verdict = judged(&told(Answer::Accepted), &records(vec![row(state)], outcomes), &[]);
        assert_eq!((verdict.accepted, verdict.lost), (1, 1), "{state} {outcomes:?}: {verdict:?}");
        assert_eq!(verdict.broken.len(), 1);
    }
    // Its time ran out, and nothing else became of it.
    let over = Row { reason: Some("time_over".into()), ..row("expired") };
    assert_eq!(judged(&told(Answer::Accepted), &records(vec![over], &[]), &[]).lost, 1);
}

#[test]
fn a_promise_that_the_database_does_not_know_is_lost_and_a_refusal_is_not() {
    assert_eq!(judged(&told(Answer::Accepted), &records(vec![], &[]), &[]).lost, 1);
    assert_eq!(judged(&told(Answer::Refused(Code::ResourceExhausted)), &records(vec![], &[]), &[]).lost, 0);
    assert_eq!(judged(&told(Answer::Unanswered), &records(vec![], &[]), &[]).lost, 0);
    // Half accepted: nobody was told, but it is there and leads nowhere.
    assert_eq!(judged(&told(Answer::Unanswered), &records(vec![row("issued")], &[]), &[]).lost, 1);
}
