//! The gate: at most one mail an account a cool-down, whatever the throttle forgot.
//!
//! Pure decisions over the waiting requests of one account, made while its row is locked, so that both
//! databases decide alike.

use super::rows::{LINKS_ENDED_MEANWHILE, UNDELIVERABLE};
use super::{DELIVER_WITHIN, IssueAccount, IssueRequest, MintLink, NewRequest};
use crate::address_key::AddressKey;
use crate::schedule::{GATE_SLACK, Step, Verdict, judge};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long an address is left alone after a mail server called it unknown, and between tries (delivery.md).
pub(super) const SUPPRESSED_FOR: Duration = Duration::days(30);
const TRY_SUPPRESSED_AFTER: Duration = Duration::days(1);

/// An accepted request, as it waits.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) request: IssueRequest,
    pub(super) address_key: AddressKey,
    pub(super) step: Step,
}

/// An active account, as the gate judges it.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    /// None if its address is one that this build cannot read.
    pub(super) account: Option<IssueAccount>,
    pub(super) address_key: AddressKey,
    pub(super) credentials_version: i64,
    pub(super) links_ended_at: Option<OffsetDateTime>,
    pub(super) last_issue: Option<LastIssue>,
    /// Since when a mail server has called the address unknown, while that counts.
    pub(super) suppressed_since: Option<OffsetDateTime>,
}

/// The last request issued for an account since its schedule started.
#[derive(Debug, Clone)]
pub(super) struct LastIssue {
    pub(super) accepted_at: OffsetDateTime,
    pub(super) step: Step,
    pub(super) request_id: Uuid,
    /// W3C trace context of the request, or empty.
    pub(super) traceparent: String,
}

/// What becomes of one request.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    pub(super) waiting: Waiting,
    pub(super) decision: Decision,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// A link at this step of the gate.
    Issue(Step),
    /// It shares the fate of that request.
    Coalesced(Uuid),
    Unknown,
    Suppressed,
    /// No mail can be made for the account.
    Undeliverable,
    /// It was made before the account's links were ended.
    Revoked,
}

impl Decision {
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self::Issue(_) => "issued",
            Self::Coalesced(_) => "coalesced",
            Self::Unknown => "unknown",
            Self::Suppressed => "suppressed",
            Self::Undeliverable => "undeliverable",
            Self::Revoked => "revoked",
        }
    }

    pub(super) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Undeliverable => Some(UNDELIVERABLE),
            Self::Revoked => Some(LINKS_ENDED_MEANWHILE),
            _ => None,
        }
    }

    pub(super) fn coalesced_into(&self) -> Option<Uuid> {
        if let Self::Coalesced(into) = self { Some(*into) } else { None }
    }
}

impl Waiting {
    /// Reads a row as it was accepted; the link's lifetime is known when the gate has judged.
    pub(super) fn new(new: NewRequest, accepted_at: OffsetDateTime) -> Self {
        let request = IssueRequest {
            id: new.id,
            accepted_at,
            app_id: new.app_id,
            locale: new.locale,
            agent: new.agent,
            link_lifetime: new.step.link_lifetime(),
            deliver_by: accepted_at + DELIVER_WITHIN,
            traceparent: new.traceparent,
        };
        Self { request, address_key: new.address_key, step: new.step }
    }
}

/// The end of a token whatever its mail does.
pub(super) fn hard_end(deliver_by: OffsetDateTime, lifetime: Duration) -> OffsetDateTime {
    deliver_by + lifetime
}

/// Decides over all waiting requests: each is grouped with those of the same address.
pub(super) fn decide_all(mut waiting: Vec<Waiting>, gates: &[Gate], now: OffsetDateTime) -> Vec<Decided> {
    waiting.sort_by_key(|one| (one.address_key, one.request.accepted_at, one.request.id));
    let of_one_address = |a: &Waiting, b: &Waiting| a.address_key == b.address_key;
    let mut decided = Vec::with_capacity(waiting.len());
    for group in waiting.chunk_by(of_one_address) {
        let gate = gates.iter().find(|gate| gate.address_key == group[0].address_key);
        decided.extend(decide(group, gate, now));
    }
    decided
}

/// Tells of every request that gets no link of its own, with the trace of the one whose fate it shares.
pub(super) fn tell_of_endings(decided: &[Decided], gates: &[Gate], mint: &dyn MintLink) {
    for one in decided.iter().filter(|one| !matches!(one.decision, Decision::Issue(_))) {
        let shared = one.decision.coalesced_into().map_or("", |into| trace_of(into, decided, gates));
        mint.ends(&one.waiting.request, one.decision.state(), shared);
    }
}

/// The trace of a request that is issued now, or was last.
fn trace_of<'a>(request_id: Uuid, decided: &'a [Decided], gates: &'a [Gate]) -> &'a str {
    let now = decided.iter().map(|one| (one.waiting.request.id, &one.waiting.request.traceparent));
    let last = gates.iter().filter_map(|gate| gate.last_issue.as_ref());
    let mut all = now.chain(last.map(|last| (last.request_id, &last.traceparent)));
    all.find(|(id, _)| *id == request_id).map_or("", |(_, traceparent)| traceparent)
}

/// Decides over the requests of one address, oldest first.
fn decide(group: &[Waiting], gate: Option<&Gate>, now: OffsetDateTime) -> Vec<Decided> {
    // An end that is yet to come was written before the clock was set back: it says nothing about these requests.
    let ended_at = gate.and_then(|gate| gate.links_ended_at).filter(|ended| *ended <= now);
    let is_over = |one: &Waiting| ended_at.is_some_and(|ended| one.request.accepted_at <= ended);
    let newest = group.iter().rev().find(|one| !is_over(one));
    let (for_newest, for_others) = match (gate, newest) {
        (Some(gate), Some(newest)) => judge_newest(gate, newest),
        _ => (Decision::Unknown, Decision::Unknown),
    };
    let decide_one = |one: &Waiting| {
        let decision = if is_over(one) {
            Decision::Revoked
        } else if newest.is_some_and(|newest| newest.request.id == one.request.id) {
            for_newest.clone()
        } else {
            for_others.clone()
        };
        Decided { waiting: with_lifetime(one, &decision), decision }
    };
    group.iter().map(decide_one).collect()
}

/// The decision for the newest request of an account, and for the others that wait with it.
fn judge_newest(gate: &Gate, newest: &Waiting) -> (Decision, Decision) {
    if gate.account.is_none() {
        return (Decision::Undeliverable, Decision::Undeliverable);
    }
    if gate.suppressed_since.is_some_and(|since| !is_due_for_a_try(gate, since, newest)) {
        return (Decision::Suppressed, Decision::Suppressed);
    }
    let last = gate.last_issue.as_ref().map(|last| (last.step, last.accepted_at));
    match (judge(last, newest.request.accepted_at, GATE_SLACK), &gate.last_issue) {
        (Verdict::Refuse { .. }, Some(last)) => {
            (Decision::Coalesced(last.request_id), Decision::Coalesced(last.request_id))
        }
        (Verdict::Accept(step), _) => (Decision::Issue(step), Decision::Coalesced(newest.request.id)),
        (Verdict::Refuse { .. }, None) => {
            (Decision::Issue(Step::FIRST), Decision::Coalesced(newest.request.id))
        }
    }
}

/// One try a day finds out whether the address takes mail again.
fn is_due_for_a_try(gate: &Gate, since: OffsetDateTime, newest: &Waiting) -> bool {
    let last = gate.last_issue.as_ref().map_or(since, |last| last.accepted_at.max(since));
    newest.request.accepted_at >= last + TRY_SUPPRESSED_AFTER
}

/// A link lives as long as the higher of both steps says: the throttle's, told to the asker, and the gate's.
fn with_lifetime(one: &Waiting, decision: &Decision) -> Waiting {
    let mut one = one.clone();
    if let Decision::Issue(step) = decision {
        one.request.link_lifetime = one.step.max(*step).link_lifetime();
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Agent;
    use common::address::EmailAddress;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
    const KEY: AddressKey = AddressKey([1; 32]);

    fn waiting(id: u128, after: i64) -> Waiting {
        let new = NewRequest {
            id: Uuid::from_u128(id),
            address_key: KEY,
            key_id: 1,
            app_id: "tapo".into(),
            locale: None,
            gateway: "test".into(),
            network: None,
            agent: Agent::default(),
            step: Step::FIRST,
            traceparent: String::new(),
        };
        Waiting::new(new, START + Duration::seconds(after))
    }

    fn gate(last_issue: Option<LastIssue>) -> Gate {
        let address = EmailAddress::parse("ada@example.org").unwrap();
        Gate {
            account: Some(IssueAccount { id: Uuid::from_u128(9), address, locale: None }),
            address_key: KEY,
            credentials_version: 1,
            links_ended_at: None,
            last_issue,
            suppressed_since: None,
        }
    }

    fn decisions(waiting: Vec<Waiting>, gate: Option<Gate>) -> Vec<Decision> {
        let gates: Vec<Gate> = gate.into_iter().collect();
        decide_all(waiting, &gates, START + Duration::days(1)).into_iter().map(|one| one.decision).collect()
    }

    #[test]
    fn of_several_waiting_requests_the_newest_is_issued() {
        let all = decisions(vec![waiting(2, 10), waiting(1, 0), waiting(3, 20)], Some(gate(None)));
        let into_newest = Decision::Coalesced(Uuid::from_u128(3));
        assert_eq!(all, [into_newest.clone(), into_newest, Decision::Issue(Step::FIRST)]);
    }

    #[test]
    fn a_request_within_the_cool_down_is_coalesced_into_the_last_issued_one() {
        let last = LastIssue {
            accepted_at: START,
            step: Step::FIRST,
            request_id: Uuid::from_u128(7),
            traceparent: String::new(),
        };
        let at = |second| decisions(vec![waiting(1, second)], Some(gate(Some(last.clone()))));
        assert_eq!(at(54), [Decision::Coalesced(Uuid::from_u128(7))]);
        assert_eq!(at(55), [Decision::Issue(Step::from_number(1))], "five seconds of slack");
    }

    #[test]
    fn a_request_from_before_the_links_were_ended_issues_nothing() {
        let mut gate = gate(None);
        gate.links_ended_at = Some(START + Duration::seconds(5));
        assert_eq!(
            decisions(vec![waiting(1, 0), waiting(2, 10)], Some(gate)),
            [Decision::Revoked, Decision::Issue(Step::FIRST)]
        );
    }

    #[test]
    fn without_an_account_the_request_ends_as_unknown() {
        assert_eq!(decisions(vec![waiting(1, 0)], None), [Decision::Unknown]);
    }

    #[test]
    fn without_an_address_that_can_be_read_no_mail_can_be_made() {
        let unreadable = Gate { account: None, ..gate(None) };
        let all = decisions(vec![waiting(1, 0), waiting(2, 10)], Some(unreadable));
        assert_eq!(all, [Decision::Undeliverable, Decision::Undeliverable]);
    }

    #[test]
    fn the_link_lives_as_long_as_the_higher_step_says() {
        let last = LastIssue {
            accepted_at: START,
            step: Step::from_number(8),
            request_id: Uuid::from_u128(7),
            traceparent: String::new(),
        };
        let decided = decide_all(vec![waiting(1, 3_600)], &[gate(Some(last))], START + Duration::days(1));
        assert_eq!(decided[0].waiting.request.link_lifetime, Duration::hours(2));
    }
}
