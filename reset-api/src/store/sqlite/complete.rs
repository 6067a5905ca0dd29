//! COMPLETE and revoke: single use is one guarded statement.

use super::{Transaction, length, rows, tokens};
use crate::store::gate::hard_end;
use crate::store::rows::{ANOTHER_LINK_USED, NOT_ME, purpose_name};
use crate::store::{
    ChangeRevocation, Completed, Completion, MintedLink, OutboxEvent, Purpose, Revoked, StoreError,
};
use crate::token_digest::TokenDigest;
use common::clock::to_micros;
use common::event::EventKind;
use sqlx::Row as _;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Whose tokens and events are written.
pub(super) struct Owner {
    pub(super) account_id: Uuid,
    pub(super) request_id: Uuid,
    pub(super) address_key: Vec<u8>,
    pub(super) credentials_version: i64,
    pub(super) now: OffsetDateTime,
}

pub(super) async fn complete(
    tx: &mut Transaction,
    now: OffsetDateTime,
    completion: &Completion,
) -> Result<Completed, StoreError> {
    let judged_at = Some(completion.credentials_version - 1);
    let Some(used) = consume(tx, now, &completion.token, Purpose::Reset, judged_at).await? else {
        let state = tokens::find(tx, now, &completion.token, Purpose::Reset).await?;
        return Ok(Completed::NotLive(state));
    };
    sqlx::query(
        "UPDATE accounts SET password_hash = ?2, credentials_version = ?3, log_in_refused = 0, links_ended_at = ?4,
             last_issue_at = NULL, last_issue_step = NULL, last_issue_request = NULL WHERE id = ?1",
    )
    .bind(used.account_id)
    .bind(&completion.password_hash.0)
    .bind(completion.credentials_version)
    .bind(to_micros(now))
    .execute(&mut **tx)
    .await?;
    sqlx::query("UPDATE reset_requests SET state = 'completed', reason = NULL, state_at = ?2 WHERE id = ?1")
        .bind(used.request_id)
        .bind(to_micros(now))
        .execute(&mut **tx)
        .await?;
    end_links(tx, used.account_id, to_micros(now), ANOTHER_LINK_USED).await?;
    let owner = Owner { credentials_version: completion.credentials_version, ..used };
    let notice = Token {
        digest: &completion.notice_revoke,
        purpose: Purpose::RevokeChange,
        event: &completion.notice,
        lifetime: completion.notice_revoke_lifetime,
    };
    write_token(tx, &owner, &notice).await?;
    write_event(tx, &owner, &completion.notice).await?;
    write_event(tx, &owner, &completion.account_event).await?;
    Ok(Completed::Done { at: now })
}

pub(super) async fn revoke_request(
    tx: &mut Transaction,
    now: OffsetDateTime,
    token: &TokenDigest,
) -> Result<Revoked, StoreError> {
    let Some(used) = consume(tx, now, token, Purpose::RevokeRequest, None).await? else {
        return Ok(Revoked::NotLive(tokens::find(tx, now, token, Purpose::RevokeRequest).await?));
    };
    sqlx::query(
        "UPDATE accounts SET links_ended_at = ?2, last_issue_at = NULL, last_issue_step = NULL,
             last_issue_request = NULL WHERE id = ?1",
    )
    .bind(used.account_id)
    .bind(to_micros(now))
    .execute(&mut **tx)
    .await?;
    end_request_links(tx, used.account_id, to_micros(now)).await?;
    Ok(Revoked::Done)
}

pub(super) async fn revoke_change(
    tx: &mut Transaction,
    now: OffsetDateTime,
    revocation: &ChangeRevocation,
) -> Result<Revoked, StoreError> {
    let judged_at = Some(revocation.credentials_version - 1);
    let Some(used) = consume(tx, now, &revocation.token, Purpose::RevokeChange, judged_at).await? else {
        return Ok(Revoked::NotLive(tokens::find(tx, now, &revocation.token, Purpose::RevokeChange).await?));
    };
    sqlx::query(
        "UPDATE accounts SET credentials_version = ?2, log_in_refused = 1, links_ended_at = ?3,
             last_issue_at = ?3, last_issue_step = 0, last_issue_request = ?4 WHERE id = ?1",
    )
    .bind(used.account_id)
    .bind(revocation.credentials_version)
    .bind(to_micros(now))
    .bind(revocation.request.id)
    .execute(&mut **tx)
    .await?;
    end_links(tx, used.account_id, to_micros(now), NOT_ME).await?;
    let credentials_version = revocation.credentials_version;
    let owner = Owner { credentials_version, request_id: revocation.request.id, ..used };
    super::ask::accept(tx, to_micros(now), std::slice::from_ref(&revocation.request)).await?;
    sqlx::query(
        "UPDATE reset_requests SET state = 'issued', account_id = ?2, address_key = ?3 WHERE id = ?1",
    )
    .bind(owner.request_id)
    .bind(owner.account_id)
    .bind(&owner.address_key)
    .execute(&mut **tx)
    .await?;
    write_link(tx, &owner, &revocation.link, revocation.link_lifetime).await?;
    write_event(tx, &owner, &revocation.link.event).await?;
    write_event(tx, &owner, &revocation.account_event).await?;
    Ok(Revoked::Done)
}

/// The guarded consume; `judged_at` is the credentials version that the caller made its events for.
async fn consume(
    tx: &mut Transaction,
    now: OffsetDateTime,
    token: &TokenDigest,
    purpose: Purpose,
    judged_at: Option<i64>,
) -> Result<Option<Owner>, StoreError> {
    let consumed = sqlx::query(
        "UPDATE reset_tokens AS t SET used_at = ?1
         WHERE t.digest = ?2 AND t.purpose = ?3 AND t.used_at IS NULL AND t.ended_at IS NULL
             AND coalesce(t.expires_at, t.hard_end) > ?1
             AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = t.account_id AND NOT a.disabled
                             AND a.address_key = t.address_key AND a.credentials_version = t.credentials_version
                             AND a.credentials_version = coalesce(?4, a.credentials_version))
         RETURNING account_id, request_id, address_key, credentials_version",
    )
    .bind(to_micros(now))
    .bind(&token.0[..])
    .bind(purpose_name(purpose))
    .bind(judged_at)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = consumed else { return Ok(None) };
    Ok(Some(Owner {
        account_id: row.try_get("account_id")?,
        request_id: row.try_get("request_id")?,
        address_key: rows::address_key(&row)?.0.to_vec(),
        credentials_version: row.try_get("credentials_version")?,
        now,
    }))
}

/// Ends every live token of an account, and for good those that ended with their mail; their
/// requests become `revoked`, and their mails, if unpublished, are not sent.
pub(super) async fn end_links(
    tx: &mut Transaction,
    account_id: Uuid,
    now: i64,
    reason: &str,
) -> Result<(), StoreError> {
    end_tokens(tx, account_id, now, reason, Notices::Too).await?;
    end_requests(tx, account_id, now, reason).await
}

/// The same for what the mails with links hold: "not me" of an earlier change stays sayable.
async fn end_request_links(tx: &mut Transaction, account_id: Uuid, now: i64) -> Result<(), StoreError> {
    end_tokens(tx, account_id, now, NOT_ME, Notices::Stay).await?;
    end_requests(tx, account_id, now, NOT_ME).await
}

/// What becomes of "not me" in the notices of earlier changes.
#[derive(PartialEq)]
enum Notices {
    Too,
    Stay,
}

async fn end_tokens(
    tx: &mut Transaction,
    account_id: Uuid,
    now: i64,
    reason: &str,
    notices: Notices,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE reset_tokens SET ended_at = ?2, end_reason = ?3
         WHERE account_id = ?1 AND used_at IS NULL AND (ended_at IS NULL OR end_reason = 'mail_failed')
             AND (?4 OR purpose <> 'revoke_change')",
    )
    .bind(account_id)
    .bind(now)
    .bind(reason)
    .bind(notices == Notices::Too)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn end_requests(
    tx: &mut Transaction,
    account_id: Uuid,
    now: i64,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE reset_requests SET state = 'revoked', reason = ?3, state_at = ?2
         WHERE account_id = ?1 AND state = 'issued'",
    )
    .bind(account_id)
    .bind(now)
    .bind(reason)
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM outbox WHERE account_id = ?1 AND kind = ?2")
        .bind(account_id)
        .bind(i32::from(EventKind::ResetLinkIssued))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The tokens of a link; its event is the caller's to write.
pub(super) async fn write_link(
    tx: &mut Transaction,
    owner: &Owner,
    link: &MintedLink,
    lifetime: Duration,
) -> Result<(), StoreError> {
    for (digest, purpose) in [(&link.reset, Purpose::Reset), (&link.revoke, Purpose::RevokeRequest)] {
        write_token(tx, owner, &Token { digest, purpose, event: &link.event, lifetime }).await?;
    }
    Ok(())
}

struct Token<'a> {
    digest: &'a TokenDigest,
    purpose: Purpose,
    event: &'a OutboxEvent,
    lifetime: Duration,
}

async fn write_token(tx: &mut Transaction, owner: &Owner, token: &Token<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO reset_tokens (digest, purpose, request_id, event_id, account_id, credentials_version, address_key,
             issued_at, lifetime_micros, hard_end)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(&token.digest.0[..])
    .bind(purpose_name(token.purpose))
    .bind(owner.request_id)
    .bind(token.event.event_id)
    .bind(owner.account_id)
    .bind(owner.credentials_version)
    .bind(&owner.address_key)
    .bind(to_micros(owner.now))
    .bind(length(token.lifetime))
    .bind(to_micros(hard_end(token.event.deliver_by, token.lifetime)))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn write_event(
    tx: &mut Transaction,
    owner: &Owner,
    event: &OutboxEvent,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (event_id, kind, body, deliver_by, request_id, account_id, due_at, traceparent)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(event.event_id)
    .bind(i32::from(event.kind))
    .bind(&event.body)
    .bind(to_micros(event.deliver_by))
    .bind(owner.request_id)
    .bind(owner.account_id)
    .bind(to_micros(owner.now))
    .bind(&event.traceparent)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
