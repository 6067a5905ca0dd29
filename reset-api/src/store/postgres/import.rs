//! Account lists: many accounts a statement, in one transaction with how far the list has come.

use super::{Transaction, begin};
use crate::store::import::first_not_created;
use crate::store::{
    BatchOutcome, Beginning, ImportBatch, ImportProgress, ImportedAccount, ListDigest, ListPosition,
    OnConflict, StoreError,
};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

pub(super) async fn begin_import(
    pool: &PgPool,
    offset: i64,
    list: ListDigest,
    beginning: Beginning,
) -> Result<ImportProgress, StoreError> {
    let mut tx = begin(pool).await?;
    if beginning == Beginning::Anew {
        sqlx::query("DELETE FROM imports WHERE file = $1").bind(&list.0[..]).execute(&mut *tx).await?;
    }
    sqlx::query(
        "INSERT INTO imports (file, begun_at, moved_at) VALUES ($1, reset_now($2), reset_now($2))
         ON CONFLICT (file) DO NOTHING",
    )
    .bind(&list.0[..])
    .bind(offset)
    .execute(&mut *tx)
    .await?;
    let progress = lock(&mut tx, list).await?.unwrap_or_default();
    tx.commit().await?;
    Ok(progress)
}

pub(super) async fn import_accounts(
    pool: &PgPool,
    offset: i64,
    batch: &ImportBatch<'_>,
) -> Result<BatchOutcome, StoreError> {
    let mut tx = begin(pool).await?;
    let Some(before) = lock(&mut tx, batch.list).await?.filter(|progress| progress.is_before(batch)) else {
        return Ok(BatchOutcome::Overtaken);
    };
    let created = create(&mut tx, offset, batch.accounts).await?;
    if batch.on_conflict == OnConflict::Fail
        && let Some(index) = first_not_created(batch, &created)
    {
        return Ok(BatchOutcome::Taken { index });
    }
    let after = before.after(batch, created.len() as u64);
    move_on(&mut tx, offset, batch.list, &after).await?;
    tx.commit().await?;
    Ok(BatchOutcome::Written(after))
}

/// Locks a list's import: whoever else imports the same list waits, and then finds it moved on.
async fn lock(tx: &mut Transaction, list: ListDigest) -> Result<Option<ImportProgress>, StoreError> {
    let row = sqlx::query(
        "SELECT bytes, lines, imported, skipped, refused, finished_at IS NOT NULL AS finished
         FROM imports WHERE file = $1 FOR UPDATE",
    )
    .bind(&list.0[..])
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(progress).transpose()
}

fn progress(row: &PgRow) -> Result<ImportProgress, StoreError> {
    let count = |column| Ok::<_, StoreError>(row.try_get::<i64, _>(column)?.cast_unsigned());
    Ok(ImportProgress {
        position: ListPosition { bytes: count("bytes")?, lines: count("lines")? },
        imported: count("imported")?,
        skipped: count("skipped")?,
        refused: count("refused")?,
        finished: row.try_get("finished")?,
    })
}

/// Creates those whose address and id are free, the first of two alike; the ids of those created.
async fn create(
    tx: &mut Transaction,
    offset: i64,
    accounts: &[ImportedAccount],
) -> Result<Vec<Uuid>, StoreError> {
    let each = || accounts.iter().map(|imported| &imported.account);
    Ok(sqlx::query_scalar(
        "INSERT INTO accounts (id, address, address_key, key_id, locale, password_hash, disabled, created_at)
         SELECT id, address, address_key, key_id, locale, password_hash, disabled, reset_now($8)
         FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::smallint[], $5::text[], $6::text[], $7::boolean[])
             WITH ORDINALITY AS listed (id, address, address_key, key_id, locale, password_hash, disabled, place)
         ORDER BY place ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(each().map(|account| account.id).collect::<Vec<_>>())
    .bind(each().map(|account| account.address.to_mailbox()).collect::<Vec<_>>())
    .bind(each().map(|account| &account.address_key.0[..]).collect::<Vec<_>>())
    .bind(each().map(|account| account.key_id).collect::<Vec<_>>())
    .bind(each().map(|account| account.locale.as_ref().map(ToString::to_string)).collect::<Vec<_>>())
    .bind(each().map(|account| account.password_hash.0.as_str()).collect::<Vec<_>>())
    .bind(accounts.iter().map(|imported| imported.disabled).collect::<Vec<_>>())
    .bind(offset)
    .fetch_all(&mut **tx)
    .await?)
}

async fn move_on(
    tx: &mut Transaction,
    offset: i64,
    list: ListDigest,
    to: &ImportProgress,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE imports SET bytes = $2, lines = $3, imported = $4, skipped = $5, refused = $6, moved_at = reset_now($7),
             finished_at = CASE WHEN $8 THEN reset_now($7) END
         WHERE file = $1",
    )
    .bind(&list.0[..])
    .bind(to.position.bytes.cast_signed())
    .bind(to.position.lines.cast_signed())
    .bind(to.imported.cast_signed())
    .bind(to.skipped.cast_signed())
    .bind(to.refused.cast_signed())
    .bind(offset)
    .bind(to.finished)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
