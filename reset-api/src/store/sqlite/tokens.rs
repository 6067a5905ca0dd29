//! What a token would do now.

use super::rows;
use crate::store::rows::{TIME_OVER, address, locale, purpose_name};
use crate::store::{LiveToken, Purpose, StoreError, TokenState};
use crate::token_digest::TokenDigest;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};
use time::{Duration, OffsetDateTime};

pub(super) async fn find(
    connection: &mut SqliteConnection,
    now: OffsetDateTime,
    token: &TokenDigest,
    purpose: Purpose,
) -> Result<TokenState, StoreError> {
    let row = sqlx::query(
        "SELECT t.request_id, t.account_id, t.opened_at, t.used_at, t.ended_at, t.end_reason,
             coalesce(t.expires_at, t.hard_end) AS ends_at, t.credentials_version AS issued_version,
             t.address_key AS issued_key, a.address, a.address_key, a.locale, a.credentials_version, a.password_hash,
             a.log_in_refused, a.disabled, r.app_id, r.locale AS request_locale
         FROM reset_tokens t JOIN accounts a ON a.id = t.account_id JOIN reset_requests r ON r.id = t.request_id
         WHERE t.digest = ?1 AND t.purpose = ?2",
    )
    .bind(&token.0[..])
    .bind(purpose_name(purpose))
    .fetch_optional(connection)
    .await?;
    row.map_or(Ok(TokenState::Unknown), |row| state(&row, now))
}

/// One guarded statement: the first look is noted, every later one changes nothing.
pub(super) async fn note_opened(
    writer: &SqlitePool,
    now: i64,
    token: &TokenDigest,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE reset_tokens SET opened_at = ?1 WHERE digest = ?2 AND purpose = 'reset' AND opened_at IS NULL",
    )
    .bind(now)
    .bind(&token.0[..])
    .execute(writer)
    .await?;
    Ok(())
}

fn state(row: &SqliteRow, now: OffsetDateTime) -> Result<TokenState, StoreError> {
    if let Some(at) = rows::maybe_instant(row, "used_at")? {
        return used(row, at, now - at);
    }
    if rows::maybe_instant(row, "ended_at")?.is_some() {
        let reason: Option<String> = row.try_get("end_reason")?;
        let is_time_over = reason.as_deref() == Some(TIME_OVER);
        return if is_time_over { expired(row) } else { Ok(TokenState::Revoked) };
    }
    let expires_at = rows::instant(row, "ends_at")?;
    if expires_at <= now {
        return expired(row);
    }
    let same_version =
        row.try_get::<i64, _>("issued_version")? == row.try_get::<i64, _>("credentials_version")?;
    if row.try_get("disabled")? || !has_same_address(row)? || !same_version {
        return Ok(TokenState::Revoked);
    }
    Ok(TokenState::Live(live(row, expires_at)?))
}

fn has_same_address(row: &SqliteRow) -> Result<bool, StoreError> {
    Ok(row.try_get::<&[u8], _>("issued_key")? == row.try_get::<&[u8], _>("address_key")?)
}

fn expired(row: &SqliteRow) -> Result<TokenState, StoreError> {
    let mailed_to = if has_same_address(row)? { Some(address(row.try_get("address")?)?) } else { None };
    Ok(TokenState::Expired { address: mailed_to, app_id: row.try_get("app_id")? })
}

fn live(row: &SqliteRow, expires_at: OffsetDateTime) -> Result<LiveToken, StoreError> {
    Ok(LiveToken {
        request_id: row.try_get("request_id")?,
        account_id: row.try_get("account_id")?,
        address: address(row.try_get("address")?)?,
        address_key: rows::address_key(row)?,
        locale: locale(row.try_get("locale")?),
        request_locale: locale(row.try_get("request_locale")?),
        app_id: row.try_get("app_id")?,
        credentials_version: row.try_get("credentials_version")?,
        expires_at,
        is_opened: rows::maybe_instant(row, "opened_at")?.is_some(),
    })
}

fn used(row: &SqliteRow, at: OffsetDateTime, age: Duration) -> Result<TokenState, StoreError> {
    let version: i64 = row.try_get("credentials_version")?;
    let log_in_refused: bool = row.try_get("log_in_refused")?;
    let disabled: bool = row.try_get("disabled")?;
    let credentials = if log_in_refused || disabled { None } else { Some(rows::credentials(row)?) };
    Ok(TokenState::Used {
        at,
        age,
        account_id: row.try_get("account_id")?,
        app_id: row.try_get("app_id")?,
        credentials,
        is_latest_change: version == row.try_get::<i64, _>("issued_version")? + 1,
    })
}
