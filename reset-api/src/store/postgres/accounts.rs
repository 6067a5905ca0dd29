//! Accounts: created, changed, and what log-in compares with.

use super::complete::end_links;
use super::{Transaction, begin, rows};
use crate::address_key::AddressKey;
use crate::store::rows::{ACCOUNT_CHANGED, digest_bytes};
use crate::store::{AccountChange, Credentials, NewAccount, PasswordHashString, StoreError};
use common::address::EmailAddress;
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn create(pool: &PgPool, offset: i64, account: &NewAccount) -> Result<bool, StoreError> {
    let created = sqlx::query(
        "INSERT INTO accounts (id, address, address_key, key_id, locale, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, reset_now($7)) ON CONFLICT (address_key) DO NOTHING",
    )
    .bind(account.id)
    .bind(account.address.to_mailbox())
    .bind(&account.address_key.0[..])
    .bind(account.key_id)
    .bind(account.locale.as_ref().map(ToString::to_string))
    .bind(&account.password_hash.0)
    .bind(offset)
    .execute(pool)
    .await?;
    Ok(created.rows_affected() == 1)
}

pub(super) struct AddressChange<'a> {
    pub(super) account_id: Uuid,
    pub(super) address: &'a EmailAddress,
    pub(super) address_key: AddressKey,
    pub(super) key_id: i16,
}

pub(super) async fn change_address(
    pool: &PgPool,
    offset: i64,
    change: &AddressChange<'_>,
) -> Result<AccountChange, StoreError> {
    let mut tx = begin(pool).await?;
    let Some((before, now)) = lock(&mut tx, offset, change.account_id).await? else {
        return Ok(AccountChange::Unknown);
    };
    let changed = sqlx::query(
        "UPDATE accounts SET address = $2, address_key = $3, key_id = $4, last_issue_at = NULL, last_issue_step = NULL,
             last_issue_request = NULL
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE address_key = $3 AND id <> $1)",
    )
    .bind(change.account_id)
    .bind(change.address.to_mailbox())
    .bind(&change.address_key.0[..])
    .bind(change.key_id)
    .execute(&mut *tx)
    .await;
    let taken = match &changed {
        Ok(done) => done.rows_affected() == 0,
        // Two accounts changed to one address at the same moment: the unique index let one through.
        Err(sqlx::Error::Database(error)) => error.is_unique_violation(),
        Err(_) => false,
    };
    if taken {
        return Ok(AccountChange::AddressTaken);
    }
    changed?;
    if before != change.address_key {
        end_links(&mut tx, change.account_id, now, ACCOUNT_CHANGED).await?;
    }
    tx.commit().await?;
    Ok(AccountChange::Done { address_key: before })
}

pub(super) async fn set_disabled(
    pool: &PgPool,
    offset: i64,
    account_id: Uuid,
    disabled: bool,
) -> Result<AccountChange, StoreError> {
    let mut tx = begin(pool).await?;
    let Some((address_key, now)) = lock(&mut tx, offset, account_id).await? else {
        return Ok(AccountChange::Unknown);
    };
    sqlx::query(
        "UPDATE accounts SET disabled = $2, last_issue_at = NULL, last_issue_step = NULL, last_issue_request = NULL
         WHERE id = $1 AND disabled <> $2",
    )
    .bind(account_id)
    .bind(disabled)
    .execute(&mut *tx)
    .await?;
    if disabled {
        end_links(&mut tx, account_id, now, ACCOUNT_CHANGED).await?;
    }
    tx.commit().await?;
    Ok(AccountChange::Done { address_key })
}

/// Locks an account; its address key before the change, and the time.
async fn lock(
    tx: &mut Transaction,
    offset: i64,
    account_id: Uuid,
) -> Result<Option<(AddressKey, OffsetDateTime)>, StoreError> {
    let locked: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT address_key FROM accounts WHERE id = $1 FOR UPDATE")
            .bind(account_id)
            .fetch_optional(&mut **tx)
            .await?;
    let Some((key,)) = locked else { return Ok(None) };
    let now = sqlx::query_scalar("SELECT reset_now($1)").bind(offset).fetch_one(&mut **tx).await?;
    Ok(Some((AddressKey(digest_bytes(key)?), now)))
}

pub(super) async fn find_credentials(
    pool: &PgPool,
    address: &AddressKey,
) -> Result<Option<Credentials>, StoreError> {
    let row = sqlx::query(
        "SELECT id AS account_id, password_hash, credentials_version FROM accounts
         WHERE address_key = $1 AND NOT disabled AND NOT log_in_refused",
    )
    .bind(&address.0[..])
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(rows::credentials).transpose()
}

pub(super) async fn rehash(
    pool: &PgPool,
    verified: &Credentials,
    stronger: &PasswordHashString,
) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
        .bind(verified.account_id)
        .bind(&verified.password_hash.0)
        .bind(&stronger.0)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}
