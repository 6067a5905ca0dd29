//! EXPLAIN: what is stored about an address.

use super::rows::{instant, maybe_instant};
use crate::address_key::AddressKey;
use crate::store::history::{
    AttemptHistory, EndReason, History, LinkHistory, MailRows, RequestHistory, RequestState, Suppression,
    TokenRow, account_standing, mail_of_purpose, put_together,
};
use crate::store::rows::{outcome, stage};
use crate::store::{AccountStanding, StoreError};
use common::clock::to_micros;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn find(
    readers: &SqlitePool,
    now: OffsetDateTime,
    address: &AddressKey,
    limit: u32,
) -> Result<History, StoreError> {
    let db = &mut *readers.acquire().await?;
    let requests = requests(db, address, limit).await?;
    let mut tokens = Vec::new();
    for request in &requests {
        tokens.extend(tokens_of(db, request.id).await?);
    }
    let mut mails = MailRows::default();
    for token in &tokens {
        add_mail(db, token, &mut mails).await?;
    }
    Ok(History {
        now,
        account: account(db, address).await?,
        suppression: suppression(db, address, now).await?,
        requests: put_together(requests, &tokens, &mails),
    })
}

/// Those that are only accepted have an index of their own.
async fn requests(
    db: &mut SqliteConnection,
    address: &AddressKey,
    limit: u32,
) -> Result<Vec<RequestHistory>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, accepted_at, app_id, gateway, state, reason, state_at, coalesced_into FROM (
             SELECT * FROM (SELECT * FROM reset_requests WHERE address_key = ?1 AND state = 'accepted'
                            ORDER BY accepted_at DESC LIMIT ?2)
             UNION ALL
             SELECT * FROM (SELECT * FROM reset_requests WHERE address_key = ?1 AND state <> 'accepted'
                            ORDER BY accepted_at DESC LIMIT ?2))
         ORDER BY accepted_at DESC, id DESC LIMIT ?2",
    )
    .bind(&address.0[..])
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(request).collect()
}

fn request(row: &SqliteRow) -> Result<RequestHistory, StoreError> {
    Ok(RequestHistory {
        id: row.try_get("id")?,
        accepted_at: instant(row, "accepted_at")?,
        app_id: row.try_get("app_id")?,
        gateway: row.try_get("gateway")?,
        state: RequestState::of_word(row.try_get("state")?)?,
        reason: row.try_get::<Option<&str>, _>("reason")?.and_then(EndReason::of_word),
        state_at: instant(row, "state_at")?,
        coalesced_into: row.try_get("coalesced_into")?,
        link: None,
        attempts: Vec::new(),
    })
}

async fn tokens_of(db: &mut SqliteConnection, request_id: Uuid) -> Result<Vec<TokenRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT request_id, event_id, purpose, issued_at, opened_at, used_at,
             min(coalesce(ended_at, expires_at, hard_end), coalesce(expires_at, hard_end)) AS ends_at
         FROM reset_tokens WHERE request_id = ?1 AND purpose IN ('reset', 'revoke_change')",
    )
    .bind(request_id)
    .fetch_all(db)
    .await?;
    let token = |row: &SqliteRow| {
        Ok(TokenRow {
            request_id: row.try_get("request_id")?,
            event_id: row.try_get("event_id")?,
            mail: mail_of_purpose(row.try_get("purpose")?),
            link: LinkHistory {
                issued_at: instant(row, "issued_at")?,
                ends_at: instant(row, "ends_at")?,
                opened_at: maybe_instant(row, "opened_at")?,
                used_at: maybe_instant(row, "used_at")?,
                published: None,
            },
        })
    };
    rows.iter().map(token).collect()
}

async fn add_mail(
    db: &mut SqliteConnection,
    token: &TokenRow,
    mails: &mut MailRows,
) -> Result<(), StoreError> {
    let attempts =
        sqlx::query("SELECT * FROM delivery_attempts WHERE event_id = ?1 ORDER BY at, attempt, report_id")
            .bind(token.event_id)
            .fetch_all(&mut *db)
            .await?;
    for row in &attempts {
        mails.attempts.push((token.event_id, attempt(row, token)?));
    }
    let publishes: Option<u32> = sqlx::query_scalar("SELECT publishes FROM outbox WHERE event_id = ?1")
        .bind(token.event_id)
        .fetch_optional(&mut *db)
        .await?;
    mails.published.extend(publishes.map(|publishes| (token.event_id, publishes)));
    Ok(())
}

fn attempt(row: &SqliteRow, token: &TokenRow) -> Result<AttemptHistory, StoreError> {
    Ok(AttemptHistory {
        mail: token.mail,
        at: instant(row, "at")?,
        number: row.try_get("attempt")?,
        outcome: outcome(row.try_get("outcome")?)?,
        relay_host: row.try_get("relay_host")?,
        stage: stage(row.try_get("stage")?)?,
        reply_code: row.try_get("reply_code")?,
        enhanced_code: row.try_get("enhanced_code")?,
        text: row.try_get("reply_text")?,
        queue_id: row.try_get("queue_id")?,
        next_attempt_at: maybe_instant(row, "next_attempt_at")?,
    })
}

async fn account(
    db: &mut SqliteConnection,
    address: &AddressKey,
) -> Result<Option<AccountStanding>, StoreError> {
    let row = sqlx::query("SELECT disabled, log_in_refused FROM accounts WHERE address_key = ?1")
        .bind(&address.0[..])
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(account_standing(row.try_get("disabled")?, row.try_get("log_in_refused")?)))
}

async fn suppression(
    db: &mut SqliteConnection,
    address: &AddressKey,
    now: OffsetDateTime,
) -> Result<Option<Suppression>, StoreError> {
    let row =
        sqlx::query("SELECT reason, since, until FROM suppressions WHERE address_key = ?1 AND until > ?2")
            .bind(&address.0[..])
            .bind(to_micros(now))
            .fetch_optional(db)
            .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Suppression {
        reason: row.try_get("reason")?,
        since: instant(&row, "since")?,
        until: instant(&row, "until")?,
    }))
}
