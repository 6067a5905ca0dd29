//! Rows to values.

use crate::address_key::AddressKey;
use crate::schedule::Step;
use crate::store::StoreError;
use crate::store::gate::{Gate, LastIssue, Waiting};
use crate::store::rows::{address, digest_bytes, kind, locale, readable, step};
use crate::store::{
    Agent, ClaimedEvent, Credentials, IssueAccount, NewRequest, OutboxEvent, PasswordHashString,
};
use common::clock::from_micros;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use time::OffsetDateTime;

pub(super) fn waiting(row: &SqliteRow) -> Result<Waiting, StoreError> {
    let new = NewRequest {
        id: row.try_get("id")?,
        address_key: address_key(row)?,
        key_id: row.try_get("key_id")?,
        app_id: row.try_get("app_id")?,
        locale: locale(row.try_get("locale")?),
        gateway: row.try_get("gateway")?,
        network: None,
        agent: Agent {
            browser: row.try_get("browser")?,
            system: row.try_get("system")?,
            device: row.try_get("device")?,
        },
        step: step(row.try_get::<i64, _>("step")?),
        traceparent: row.try_get("traceparent")?,
    };
    Ok(Waiting::new(new, instant(row, "accepted_at")?))
}

pub(super) fn gate(row: &SqliteRow) -> Result<Gate, StoreError> {
    let (id, locale) = (row.try_get("id")?, locale(row.try_get("locale")?));
    let address = readable("account", id, address(row.try_get("address")?));
    let account = address.map(|address| IssueAccount { id, address, locale });
    Ok(Gate {
        account,
        address_key: address_key(row)?,
        credentials_version: row.try_get("credentials_version")?,
        links_ended_at: maybe_instant(row, "links_ended_at")?,
        last_issue: last_issue(row)?,
        suppressed_since: maybe_instant(row, "suppressed_since")?,
    })
}

fn last_issue(row: &SqliteRow) -> Result<Option<LastIssue>, StoreError> {
    let Some(accepted_at) = maybe_instant(row, "last_issue_at")? else { return Ok(None) };
    let number: Option<i64> = row.try_get("last_issue_step")?;
    let request_id: Option<uuid::Uuid> = row.try_get("last_issue_request")?;
    let step = number.map_or(Step::FIRST, step);
    let traceparent: Option<String> = row.try_get("last_issue_traceparent")?;
    let (request_id, traceparent) = (request_id.unwrap_or_default(), traceparent.unwrap_or_default());
    Ok(Some(LastIssue { accepted_at, step, request_id, traceparent }))
}

pub(super) fn address_key(row: &SqliteRow) -> Result<AddressKey, StoreError> {
    Ok(AddressKey(digest_bytes(row.try_get("address_key")?)?))
}

/// Nothing if it cannot be read: such a row stays under its lease, comes again after that, and ends in time.
pub(super) fn claimed(row: &SqliteRow) -> Option<ClaimedEvent> {
    readable("event", row.try_get("event_id").unwrap_or_default(), event(row))
}

fn event(row: &SqliteRow) -> Result<ClaimedEvent, StoreError> {
    let event = OutboxEvent {
        event_id: row.try_get("event_id")?,
        kind: kind(row.try_get("kind")?)?,
        deliver_by: instant(row, "deliver_by")?,
        traceparent: row.try_get("traceparent")?,
        body: row.try_get("body")?,
    };
    let publishes: i64 = row.try_get("publishes")?;
    Ok(ClaimedEvent { event, fence: row.try_get("fence")?, publishes: u32::try_from(publishes).unwrap_or(0) })
}

pub(super) fn credentials(row: &SqliteRow) -> Result<Credentials, StoreError> {
    Ok(Credentials {
        account_id: row.try_get("account_id")?,
        password_hash: PasswordHashString(row.try_get("password_hash")?),
        credentials_version: row.try_get("credentials_version")?,
    })
}

pub(super) fn instant(row: &SqliteRow, column: &str) -> Result<OffsetDateTime, StoreError> {
    Ok(from_micros(row.try_get(column)?))
}

pub(super) fn maybe_instant(row: &SqliteRow, column: &str) -> Result<Option<OffsetDateTime>, StoreError> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(from_micros))
}
