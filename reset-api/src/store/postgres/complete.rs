//! COMPLETE and revoke: single use is one guarded statement.

use super::{Transaction, begin, tokens};
use crate::store::gate::hard_end;
use crate::store::rows::{ANOTHER_LINK_USED, NOT_ME, purpose_name};
use crate::store::{
    ChangeRevocation, Completed, Completion, MintedLink, OutboxEvent, Purpose, Revoked, StoreError,
};
use crate::token_digest::TokenDigest;
use common::event::EventKind;
use sqlx::{PgPool, Row as _};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What a consumed token belonged to.
struct Consumed {
    account_id: Uuid,
    request_id: Uuid,
    address_key: Vec<u8>,
    credentials_version: i64,
    now: OffsetDateTime,
}

pub(super) async fn complete(
    pool: &PgPool,
    offset: i64,
    completion: &Completion,
) -> Result<Completed, StoreError> {
    let mut tx = begin(pool).await?;
    let judged_at = Some(completion.credentials_version - 1);
    let Some(used) = consume(&mut tx, offset, &completion.token, Purpose::Reset, judged_at).await? else {
        let state = tokens::find(&mut tx, offset, &completion.token, Purpose::Reset).await?;
        return Ok(Completed::NotLive(state));
    };
    sqlx::query(
        "UPDATE accounts SET password_hash = $2, credentials_version = $3, log_in_refused = false, links_ended_at = $4,
             last_issue_at = NULL, last_issue_step = NULL, last_issue_request = NULL WHERE id = $1",
    )
    .bind(used.account_id)
    .bind(&completion.password_hash.0)
    .bind(completion.credentials_version)
    .bind(used.now)
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE reset_requests SET state = 'completed', reason = NULL, state_at = $2 WHERE id = $1")
        .bind(used.request_id)
        .bind(used.now)
        .execute(&mut *tx)
        .await?;
    end_links(&mut tx, used.account_id, used.now, ANOTHER_LINK_USED).await?;
    let notice = Token {
        digest: &completion.notice_revoke,
        purpose: Purpose::RevokeChange,
        event: &completion.notice,
        lifetime: completion.notice_revoke_lifetime,
    };
    let owner = Consumed { credentials_version: completion.credentials_version, ..used };
    write_token(&mut tx, &owner, &notice).await?;
    write_event(&mut tx, &owner, &completion.notice).await?;
    write_event(&mut tx, &owner, &completion.account_event).await?;
    tx.commit().await?;
    Ok(Completed::Done { at: owner.now })
}

pub(super) async fn revoke_request(
    pool: &PgPool,
    offset: i64,
    token: &TokenDigest,
) -> Result<Revoked, StoreError> {
    let mut tx = begin(pool).await?;
    let Some(used) = consume(&mut tx, offset, token, Purpose::RevokeRequest, None).await? else {
        let state = tokens::find(&mut tx, offset, token, Purpose::RevokeRequest).await?;
        return Ok(Revoked::NotLive(state));
    };
    sqlx::query(
        "UPDATE accounts SET links_ended_at = $2, last_issue_at = NULL, last_issue_step = NULL,
             last_issue_request = NULL WHERE id = $1",
    )
    .bind(used.account_id)
    .bind(used.now)
    .execute(&mut *tx)
    .await?;
    end_request_links(&mut tx, used.account_id, used.now).await?;
    tx.commit().await?;
    Ok(Revoked::Done)
}

pub(super) async fn revoke_change(
    pool: &PgPool,
    offset: i64,
    revocation: &ChangeRevocation,
) -> Result<Revoked, StoreError> {
    let mut tx = begin(pool).await?;
    let judged_at = Some(revocation.credentials_version - 1);
    let Some(used) = consume(&mut tx, offset, &revocation.token, Purpose::RevokeChange, judged_at).await?
    else {
        let state = tokens::find(&mut tx, offset, &revocation.token, Purpose::RevokeChange).await?;
        return Ok(Revoked::NotLive(state));
    };
    sqlx::query(
        "UPDATE accounts SET credentials_version = $2, log_in_refused = true, links_ended_at = $3,
             last_issue_at = $3, last_issue_step = 0, last_issue_request = $4 WHERE id = $1",
    )
    .bind(used.account_id)
    .bind(revocation.credentials_version)
    .bind(used.now)
    .bind(revocation.request.id)
    .execute(&mut *tx)
    .await?;
    end_links(&mut tx, used.account_id, used.now, NOT_ME).await?;
    let owner = Consumed {
        credentials_version: revocation.credentials_version,
        request_id: revocation.request.id,
        ..used
    };
    write_issued_request(&mut tx, &owner, revocation).await?;
    write_link(&mut tx, &owner, &revocation.link, revocation.link_lifetime).await?;
    write_event(&mut tx, &owner, &revocation.account_event).await?;
    tx.commit().await?;
    Ok(Revoked::Done)
}

/// The guarded consume. The account is locked first, so that its conditions hold until the commit; `judged_at` is
/// the credentials version that the caller made its events for.
async fn consume(
    tx: &mut Transaction,
    offset: i64,
    token: &TokenDigest,
    purpose: Purpose,
    judged_at: Option<i64>,
) -> Result<Option<Consumed>, StoreError> {
    sqlx::query(
        "SELECT 1 FROM accounts WHERE id = (SELECT account_id FROM reset_tokens WHERE digest = $1) FOR UPDATE",
    )
    .bind(&token.0[..])
    .execute(&mut **tx)
    .await?;
    let consumed = sqlx::query(
        "UPDATE reset_tokens t SET used_at = clock.now
         FROM accounts a, (SELECT reset_now($1) AS now) AS clock
         WHERE t.digest = $2 AND t.purpose = $3 AND t.used_at IS NULL AND t.ended_at IS NULL
             AND coalesce(t.expires_at, t.hard_end) > clock.now
             AND a.id = t.account_id AND NOT a.disabled AND a.address_key = t.address_key
             AND a.credentials_version = t.credentials_version
             AND a.credentials_version = coalesce($4, a.credentials_version)
         RETURNING t.account_id, t.request_id, t.address_key, t.credentials_version, clock.now",
    )
    .bind(offset)
    .bind(&token.0[..])
    .bind(purpose_name(purpose))
    .bind(judged_at)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = consumed else { return Ok(None) };
    Ok(Some(Consumed {
        account_id: row.try_get("account_id")?,
        request_id: row.try_get("request_id")?,
        address_key: row.try_get("address_key")?,
        credentials_version: row.try_get("credentials_version")?,
        now: row.try_get("now")?,
    }))
}

/// Ends every live token of an account, and for good those that ended with their mail; their
/// requests become `revoked`, and their mails, if unpublished, are not sent.
pub(super) async fn end_links(
    tx: &mut Transaction,
    account_id: Uuid,
    now: OffsetDateTime,
    reason: &str,
) -> Result<(), StoreError> {
    end_tokens(tx, account_id, now, reason, Notices::Too).await?;
    end_requests(tx, account_id, now, reason).await
}

/// The same for what the mails with links hold: "not me" of an earlier change stays sayable.
async fn end_request_links(
    tx: &mut Transaction,
    account_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
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
    now: OffsetDateTime,
    reason: &str,
    notices: Notices,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE reset_tokens SET ended_at = $2, end_reason = $3
         WHERE account_id = $1 AND used_at IS NULL AND (ended_at IS NULL OR end_reason = 'mail_failed')
             AND ($4 OR purpose <> 'revoke_change')",
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
    now: OffsetDateTime,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE reset_requests SET state = 'revoked', reason = $3, state_at = $2
         WHERE account_id = $1 AND state = 'issued'",
    )
    .bind(account_id)
    .bind(now)
    .bind(reason)
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM outbox WHERE account_id = $1 AND kind = $2")
        .bind(account_id)
        .bind(i32::from(EventKind::ResetLinkIssued))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn write_issued_request(
    tx: &mut Transaction,
    owner: &Consumed,
    revocation: &ChangeRevocation,
) -> Result<(), StoreError> {
    let new = &revocation.request;
    sqlx::query(
        "INSERT INTO reset_requests (id, accepted_at, address_key, key_id, app_id, locale, gateway, network, browser,
             system, device, step, traceparent, state, state_at, account_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'issued', $2, $14)",
    )
    .bind(new.id)
    .bind(owner.now)
    .bind(&owner.address_key)
    .bind(new.key_id)
    .bind(&new.app_id)
    .bind(new.locale.as_ref().map(ToString::to_string))
    .bind(&new.gateway)
    .bind(&new.network)
    .bind(&new.agent.browser)
    .bind(&new.agent.system)
    .bind(&new.agent.device)
    .bind(i16::from(new.step.number()))
    .bind(&new.traceparent)
    .bind(owner.account_id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_link(
    tx: &mut Transaction,
    owner: &Consumed,
    link: &MintedLink,
    lifetime: Duration,
) -> Result<(), StoreError> {
    for (digest, purpose) in [(&link.reset, Purpose::Reset), (&link.revoke, Purpose::RevokeRequest)] {
        write_token(tx, owner, &Token { digest, purpose, event: &link.event, lifetime }).await?;
    }
    write_event(tx, owner, &link.event).await
}

struct Token<'a> {
    digest: &'a TokenDigest,
    purpose: Purpose,
    event: &'a OutboxEvent,
    lifetime: Duration,
}

async fn write_token(tx: &mut Transaction, owner: &Consumed, token: &Token<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO reset_tokens (digest, purpose, request_id, event_id, account_id, credentials_version, address_key,
             issued_at, lifetime_micros, hard_end)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&token.digest.0[..])
    .bind(purpose_name(token.purpose))
    .bind(owner.request_id)
    .bind(token.event.event_id)
    .bind(owner.account_id)
    .bind(owner.credentials_version)
    .bind(&owner.address_key)
    .bind(owner.now)
    .bind(i64::try_from(token.lifetime.whole_microseconds()).unwrap_or(0))
    .bind(hard_end(token.event.deliver_by, token.lifetime))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_event(tx: &mut Transaction, owner: &Consumed, event: &OutboxEvent) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (event_id, kind, body, deliver_by, request_id, account_id, due_at, traceparent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(event.event_id)
    .bind(i32::from(event.kind))
    .bind(&event.body)
    .bind(event.deliver_by)
    .bind(owner.request_id)
    .bind(owner.account_id)
    .bind(owner.now)
    .bind(&event.traceparent)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
