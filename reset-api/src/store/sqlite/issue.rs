//! ISSUE: accepted requests become links and mails, or end, in one transaction.

use super::complete::{Owner, write_event, write_link};
use super::{Transaction, rows};
use crate::store::gate::{Decided, Decision, Gate, Waiting, decide_all, tell_of_endings};
use crate::store::{Issued, MintLink, StoreError};
use common::clock::to_micros;
use std::collections::BTreeSet;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn issue(
    tx: &mut Transaction,
    now: OffsetDateTime,
    limit: u32,
    mint: &dyn MintLink,
) -> Result<Issued, StoreError> {
    let waiting = waiting(tx, limit).await?;
    let gates = gates(tx, now, &waiting).await?;
    let decided = decide_all(waiting, &gates, now);
    tell_of_endings(&decided, &gates, mint);
    for one in &decided {
        let gate = gates.iter().find(|gate| gate.address_key == one.waiting.address_key);
        write_decision(tx, one, gate, now).await?;
        if let (Decision::Issue(_), Some(gate)) = (&one.decision, gate) {
            issue_one(tx, one, gate, mint, now).await?;
        }
    }
    Ok(Issued::count(decided.iter().map(|one| &one.decision)))
}

/// The oldest accepted requests, and whatever else waits for the same addresses, so that the newest is among them.
async fn waiting(tx: &mut Transaction, limit: u32) -> Result<Vec<Waiting>, StoreError> {
    let found = sqlx::query(
        "SELECT * FROM reset_requests WHERE state = 'accepted' AND address_key IN
             (SELECT address_key FROM reset_requests WHERE state = 'accepted' ORDER BY accepted_at LIMIT ?1)",
    )
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    found.iter().map(rows::waiting).collect()
}

async fn gates(
    tx: &mut Transaction,
    now: OffsetDateTime,
    waiting: &[Waiting],
) -> Result<Vec<Gate>, StoreError> {
    let mut gates = Vec::new();
    for key in waiting.iter().map(|one| one.address_key).collect::<BTreeSet<_>>() {
        let found = sqlx::query(
            "SELECT a.*, (SELECT s.since FROM suppressions s
                          WHERE s.address_key = a.address_key AND s.until > ?2) AS suppressed_since,
                 (SELECT r.traceparent FROM reset_requests r WHERE r.id = a.last_issue_request) AS last_issue_traceparent
             FROM accounts a WHERE a.address_key = ?1 AND NOT a.disabled",
        )
        .bind(&key.0[..])
        .bind(to_micros(now))
        .fetch_optional(&mut **tx)
        .await?;
        gates.extend(found.as_ref().map(rows::gate).transpose()?);
    }
    Ok(gates)
}

async fn write_decision(
    tx: &mut Transaction,
    one: &Decided,
    gate: Option<&Gate>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let account = gate.and_then(|gate| gate.account.as_ref()).map(|account| account.id);
    let issued_to: Option<Uuid> = account.filter(|_| matches!(one.decision, Decision::Issue(_)));
    sqlx::query(
        "UPDATE reset_requests SET state = ?2, reason = ?3, coalesced_into = ?4, account_id = ?5, state_at = ?6
         WHERE id = ?1 AND state = 'accepted'",
    )
    .bind(one.waiting.request.id)
    .bind(one.decision.state())
    .bind(one.decision.reason())
    .bind(one.decision.coalesced_into())
    .bind(issued_to)
    .bind(to_micros(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn issue_one(
    tx: &mut Transaction,
    one: &Decided,
    gate: &Gate,
    mint: &dyn MintLink,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let request = &one.waiting.request;
    let (Decision::Issue(step), Some(account)) = (&one.decision, &gate.account) else { return Ok(()) };
    let minted = mint.mint(account, request, now)?;
    sqlx::query(
        "UPDATE accounts SET last_issue_at = ?2, last_issue_step = ?3, last_issue_request = ?4 WHERE id = ?1",
    )
    .bind(account.id)
    .bind(to_micros(request.accepted_at))
    .bind(step.number())
    .bind(request.id)
    .execute(&mut **tx)
    .await?;
    let owner = Owner {
        account_id: account.id,
        request_id: request.id,
        address_key: gate.address_key.0.to_vec(),
        credentials_version: gate.credentials_version,
        now,
    };
    write_link(tx, &owner, &minted, request.link_lifetime).await?;
    write_event(tx, &owner, &minted.event).await
}
