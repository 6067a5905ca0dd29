//! ISSUE: accepted requests become links and mails, or end, in one transaction.

use super::{Transaction, begin, rows};
use crate::store::gate::{Decided, Decision, Gate, Waiting, decide_all, hard_end, tell_of_endings};
use crate::store::rows::purpose_name;
use crate::store::{IssueAccount, Issued, MintLink, MintedLink, Purpose, StoreError};
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn issue(
    pool: &PgPool,
    offset: i64,
    limit: u32,
    mint: &dyn MintLink,
) -> Result<Issued, StoreError> {
    let mut tx = begin(pool).await?;
    let waiting = claim(&mut tx, limit).await?;
    if waiting.is_empty() {
        return Ok(Issued::default());
    }
    let gates = lock_accounts(&mut tx, offset, &waiting).await?;
    let now: OffsetDateTime =
        sqlx::query_scalar("SELECT reset_now($1)").bind(offset).fetch_one(&mut *tx).await?;
    let decided = decide_all(waiting, &gates, now);
    let links = mint_links(&decided, &gates, mint, now)?;
    tell_of_endings(&decided, &gates, mint);
    write_decisions(&mut tx, &decided, &links, now).await?;
    write_links(&mut tx, &links, now).await?;
    tx.commit().await?;
    Ok(Issued::count(decided.iter().map(|one| &one.decision)))
}

/// The oldest accepted requests, and whatever else waits for the same addresses, so that the newest is among them.
async fn claim(tx: &mut Transaction, limit: u32) -> Result<Vec<Waiting>, StoreError> {
    let oldest = sqlx::query(
        "SELECT * FROM reset_requests WHERE state = 'accepted'
         ORDER BY accepted_at LIMIT $1 FOR UPDATE SKIP LOCKED",
    )
    .bind(i64::from(limit))
    .fetch_all(&mut **tx)
    .await?;
    let mut waiting = oldest.iter().map(rows::waiting).collect::<Result<Vec<_>, _>>()?;
    if waiting.is_empty() {
        return Ok(waiting);
    }
    let others = sqlx::query(
        "SELECT * FROM reset_requests
         WHERE state = 'accepted' AND address_key = ANY($1) AND id <> ALL($2) FOR UPDATE SKIP LOCKED",
    )
    .bind(waiting.iter().map(|one| &one.address_key.0[..]).collect::<Vec<_>>())
    .bind(waiting.iter().map(|one| one.request.id).collect::<Vec<_>>())
    .fetch_all(&mut **tx)
    .await?;
    for row in &others {
        waiting.push(rows::waiting(row)?);
    }
    Ok(waiting)
}

/// The accounts, locked in one order, so that two issuers cannot wait for each other.
async fn lock_accounts(
    tx: &mut Transaction,
    offset: i64,
    waiting: &[Waiting],
) -> Result<Vec<Gate>, StoreError> {
    let found = sqlx::query(
        "SELECT a.*, (SELECT s.since FROM suppressions s
                      WHERE s.address_key = a.address_key AND s.until > reset_now($2)) AS suppressed_since,
             (SELECT r.traceparent FROM reset_requests r WHERE r.id = a.last_issue_request) AS last_issue_traceparent
         FROM accounts a WHERE a.address_key = ANY($1) AND NOT a.disabled ORDER BY a.id FOR UPDATE OF a",
    )
    .bind(waiting.iter().map(|one| &one.address_key.0[..]).collect::<Vec<_>>())
    .bind(offset)
    .fetch_all(&mut **tx)
    .await?;
    found.iter().map(rows::gate).collect()
}

struct Link<'a> {
    decided: &'a Decided,
    gate: &'a Gate,
    account: &'a IssueAccount,
    minted: MintedLink,
}

fn mint_links<'a>(
    decided: &'a [Decided],
    gates: &'a [Gate],
    mint: &dyn MintLink,
    now: OffsetDateTime,
) -> Result<Vec<Link<'a>>, StoreError> {
    let mut links = Vec::new();
    for one in decided.iter().filter(|one| matches!(one.decision, Decision::Issue(_))) {
        let gate = gates.iter().find(|gate| gate.address_key == one.waiting.address_key);
        if let Some(gate) = gate
            && let Some(account) = &gate.account
        {
            let minted = mint.mint(account, &one.waiting.request, now)?;
            links.push(Link { decided: one, gate, account, minted });
        }
    }
    Ok(links)
}

async fn write_decisions(
    tx: &mut Transaction,
    decided: &[Decided],
    links: &[Link<'_>],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let account = |id: Uuid| links.iter().find(|l| l.decided.waiting.request.id == id).map(|l| l.account.id);
    sqlx::query(
        "UPDATE reset_requests r
         SET state = d.state, reason = d.reason, coalesced_into = d.coalesced_into, account_id = d.account_id, state_at = $6
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[])
             AS d (id, state, reason, coalesced_into, account_id)
         WHERE r.id = d.id AND r.state = 'accepted'",
    )
    .bind(decided.iter().map(|one| one.waiting.request.id).collect::<Vec<_>>())
    .bind(decided.iter().map(|one| one.decision.state()).collect::<Vec<_>>())
    .bind(decided.iter().map(|one| one.decision.reason()).collect::<Vec<_>>())
    .bind(decided.iter().map(|one| one.decision.coalesced_into()).collect::<Vec<_>>())
    .bind(decided.iter().map(|one| account(one.waiting.request.id)).collect::<Vec<_>>())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_links(
    tx: &mut Transaction,
    links: &[Link<'_>],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    move_gates(tx, links).await?;
    write_tokens(tx, links, Purpose::Reset, now).await?;
    write_tokens(tx, links, Purpose::RevokeRequest, now).await?;
    sqlx::query(
        "INSERT INTO outbox (event_id, kind, body, deliver_by, request_id, account_id, traceparent, due_at)
         SELECT new.*, $8 FROM unnest($1::uuid[], $2::integer[], $3::bytea[], $4::timestamptz[], $5::uuid[], $6::uuid[],
             $7::text[]) AS new",
    )
    .bind(links.iter().map(|l| l.minted.event.event_id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| i32::from(l.minted.event.kind)).collect::<Vec<_>>())
    .bind(links.iter().map(|l| &l.minted.event.body[..]).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.minted.event.deliver_by).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.decided.waiting.request.id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.account.id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| &l.minted.event.traceparent[..]).collect::<Vec<_>>())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The guarded update of the gate: only from the state that was judged.
async fn move_gates(tx: &mut Transaction, links: &[Link<'_>]) -> Result<(), StoreError> {
    let step = |l: &Link<'_>| match l.decided.decision {
        Decision::Issue(step) => i16::from(step.number()),
        _ => 0,
    };
    let moved = sqlx::query(
        "UPDATE accounts a SET last_issue_at = d.at, last_issue_step = d.step, last_issue_request = d.request
         FROM unnest($1::uuid[], $2::timestamptz[], $3::smallint[], $4::uuid[], $5::timestamptz[])
             AS d (id, at, step, request, judged)
         WHERE a.id = d.id AND a.last_issue_at IS NOT DISTINCT FROM d.judged",
    )
    .bind(links.iter().map(|l| l.account.id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.decided.waiting.request.accepted_at).collect::<Vec<_>>())
    .bind(links.iter().map(step).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.decided.waiting.request.id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.gate.last_issue.as_ref().map(|last| last.accepted_at)).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    if moved.rows_affected() == links.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
}

async fn write_tokens(
    tx: &mut Transaction,
    links: &[Link<'_>],
    purpose: Purpose,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let digest = |l: &Link<'_>| if purpose == Purpose::Reset { l.minted.reset } else { l.minted.revoke };
    let lifetime = |l: &Link<'_>| l.decided.waiting.request.link_lifetime;
    let micros = |l: &Link<'_>| i64::try_from(lifetime(l).whole_microseconds()).unwrap_or(0);
    sqlx::query(
        "INSERT INTO reset_tokens (digest, request_id, event_id, account_id, credentials_version, address_key,
             lifetime_micros, hard_end, purpose, issued_at)
         SELECT new.*, $9, $10 FROM unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[],
             $6::bytea[], $7::bigint[], $8::timestamptz[]) AS new",
    )
    .bind(links.iter().map(|l| digest(l).0.to_vec()).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.decided.waiting.request.id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.minted.event.event_id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.account.id).collect::<Vec<_>>())
    .bind(links.iter().map(|l| l.gate.credentials_version).collect::<Vec<_>>())
    .bind(links.iter().map(|l| &l.gate.address_key.0[..]).collect::<Vec<_>>())
    .bind(links.iter().map(micros).collect::<Vec<_>>())
    .bind(links.iter().map(|l| hard_end(l.minted.event.deliver_by, lifetime(l))).collect::<Vec<_>>())
    .bind(purpose_name(purpose))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
