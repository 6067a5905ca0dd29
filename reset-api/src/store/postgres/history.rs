//! EXPLAIN: what is stored about an address.

use crate::address_key::AddressKey;
use crate::store::history::{
    AttemptHistory, EndReason, History, LinkHistory, MailRows, RequestHistory, RequestState, Suppression,
    TokenRow, account_standing, mail_of_purpose, put_together,
};
use crate::store::rows::{outcome, stage};
use crate::store::{AccountStanding, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn find(
    pool: &PgPool,
    offset: i64,
    address: &AddressKey,
    limit: u32,
) -> Result<History, StoreError> {
    let db = &mut *pool.acquire().await?;
    let now: OffsetDateTime =
        sqlx::query_scalar("SELECT reset_now($1)").bind(offset).fetch_one(&mut *db).await?;
    let requests = requests(db, address, limit).await?;
    let tokens = tokens(db, &requests).await?;
    let mails = mails(db, &tokens).await?;
    Ok(History {
        now,
        account: account(db, address).await?,
        suppression: suppression(db, address, now).await?,
        requests: put_together(requests, &tokens, &mails),
    })
}

/// Those that are only accepted have an index of their own.
async fn requests(
    db: &mut PgConnection,
    address: &AddressKey,
    limit: u32,
) -> Result<Vec<RequestHistory>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, accepted_at, app_id, gateway, state, reason, state_at, coalesced_into FROM (
             (SELECT * FROM reset_requests WHERE address_key = $1 AND state = 'accepted'
              ORDER BY accepted_at DESC LIMIT $2)
             UNION ALL
             (SELECT * FROM reset_requests WHERE address_key = $1 AND state <> 'accepted'
              ORDER BY accepted_at DESC LIMIT $2)) AS newest
         ORDER BY accepted_at DESC, id DESC LIMIT $2",
    )
    .bind(&address.0[..])
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(request).collect()
}

fn request(row: &PgRow) -> Result<RequestHistory, StoreError> {
    Ok(RequestHistory {
        id: row.try_get("id")?,
        accepted_at: row.try_get("accepted_at")?,
        app_id: row.try_get("app_id")?,
        gateway: row.try_get("gateway")?,
        state: RequestState::of_word(row.try_get("state")?)?,
        reason: row.try_get::<Option<&str>, _>("reason")?.and_then(EndReason::of_word),
        state_at: row.try_get("state_at")?,
        coalesced_into: row.try_get("coalesced_into")?,
        link: None,
        attempts: Vec::new(),
    })
}

async fn tokens(db: &mut PgConnection, requests: &[RequestHistory]) -> Result<Vec<TokenRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT request_id, event_id, purpose, issued_at, opened_at, used_at,
             least(ended_at, coalesce(expires_at, hard_end)) AS ends_at
         FROM reset_tokens WHERE request_id = ANY($1) AND purpose IN ('reset', 'revoke_change')",
    )
    .bind(requests.iter().map(|request| request.id).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    let token = |row: &PgRow| {
        Ok(TokenRow {
            request_id: row.try_get("request_id")?,
            event_id: row.try_get("event_id")?,
            mail: mail_of_purpose(row.try_get("purpose")?),
            link: LinkHistory {
                issued_at: row.try_get("issued_at")?,
                ends_at: row.try_get("ends_at")?,
                opened_at: row.try_get("opened_at")?,
                used_at: row.try_get("used_at")?,
                published: None,
            },
        })
    };
    rows.iter().map(token).collect()
}

async fn mails(db: &mut PgConnection, tokens: &[TokenRow]) -> Result<MailRows, StoreError> {
    let events: Vec<Uuid> = tokens.iter().map(|token| token.event_id).collect();
    let attempts = sqlx::query(
        "SELECT * FROM delivery_attempts WHERE event_id = ANY($1) ORDER BY at, attempt, report_id",
    )
    .bind(&events)
    .fetch_all(&mut *db)
    .await?;
    let waiting = sqlx::query("SELECT event_id, publishes FROM outbox WHERE event_id = ANY($1)")
        .bind(&events)
        .fetch_all(&mut *db)
        .await?;
    let mut mails = MailRows::default();
    for row in &attempts {
        let event: Uuid = row.try_get("event_id")?;
        let own = tokens.iter().find(|token| token.event_id == event);
        mails
            .attempts
            .extend(own.map(|token| Ok::<_, StoreError>((event, attempt(row, token)?))).transpose()?);
    }
    for row in &waiting {
        let publishes: i32 = row.try_get("publishes")?;
        mails.published.insert(row.try_get("event_id")?, u32::try_from(publishes).unwrap_or(0));
    }
    Ok(mails)
}

fn attempt(row: &PgRow, token: &TokenRow) -> Result<AttemptHistory, StoreError> {
    let number: i32 = row.try_get("attempt")?;
    let reply_code: i32 = row.try_get("reply_code")?;
    Ok(AttemptHistory {
        mail: token.mail,
        at: row.try_get("at")?,
        number: u32::try_from(number).unwrap_or(0),
        outcome: outcome(row.try_get("outcome")?)?,
        relay_host: row.try_get("relay_host")?,
        stage: stage(row.try_get("stage")?)?,
        reply_code: u16::try_from(reply_code).unwrap_or(0),
        enhanced_code: row.try_get("enhanced_code")?,
        text: row.try_get("reply_text")?,
        queue_id: row.try_get("queue_id")?,
        next_attempt_at: row.try_get("next_attempt_at")?,
    })
}

async fn account(db: &mut PgConnection, address: &AddressKey) -> Result<Option<AccountStanding>, StoreError> {
    let row = sqlx::query("SELECT disabled, log_in_refused FROM accounts WHERE address_key = $1")
        .bind(&address.0[..])
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(account_standing(row.try_get("disabled")?, row.try_get("log_in_refused")?)))
}

async fn suppression(
    db: &mut PgConnection,
    address: &AddressKey,
    now: OffsetDateTime,
) -> Result<Option<Suppression>, StoreError> {
    let row =
        sqlx::query("SELECT reason, since, until FROM suppressions WHERE address_key = $1 AND until > $2")
            .bind(&address.0[..])
            .bind(now)
            .fetch_optional(db)
            .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Suppression {
        reason: row.try_get("reason")?,
        since: row.try_get("since")?,
        until: row.try_get("until")?,
    }))
}
