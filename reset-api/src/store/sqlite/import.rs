//! Account lists: their accounts, in one transaction with how far the list has come.

use super::Transaction;
use crate::store::import::first_not_created;
use crate::store::{
    BatchOutcome, Beginning, ImportBatch, ImportProgress, ImportedAccount, ListDigest, ListPosition,
    OnConflict, StoreError,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

pub(super) async fn begin_import(
    tx: &mut Transaction,
    now: i64,
    list: ListDigest,
    beginning: Beginning,
) -> Result<ImportProgress, StoreError> {
    if beginning == Beginning::Anew {
        sqlx::query("DELETE FROM imports WHERE file = ?1").bind(&list.0[..]).execute(&mut **tx).await?;
    }
    sqlx::query(
        "INSERT INTO imports (file, begun_at, moved_at) VALUES (?1, ?2, ?2) ON CONFLICT (file) DO NOTHING",
    )
    .bind(&list.0[..])
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(find(tx, list).await?.unwrap_or_default())
}

/// Whatever is not [`BatchOutcome::Written`] must be rolled back.
pub(super) async fn import_accounts(
    tx: &mut Transaction,
    now: i64,
    batch: &ImportBatch<'_>,
) -> Result<BatchOutcome, StoreError> {
    let Some(before) = find(tx, batch.list).await?.filter(|progress| progress.is_before(batch)) else {
        return Ok(BatchOutcome::Overtaken);
    };
    let mut created = vec![];
    for imported in batch.accounts {
        if create(tx, now, imported).await? {
            created.push(imported.account.id);
        }
    }
    if batch.on_conflict == OnConflict::Fail
        && let Some(index) = first_not_created(batch, &created)
    {
        return Ok(BatchOutcome::Taken { index });
    }
    let after = before.after(batch, created.len() as u64);
    move_on(tx, now, batch.list, &after).await?;
    Ok(BatchOutcome::Written(after))
}

async fn find(tx: &mut Transaction, list: ListDigest) -> Result<Option<ImportProgress>, StoreError> {
    let row = sqlx::query(
        "SELECT bytes, lines, imported, skipped, refused, finished_at IS NOT NULL AS finished
         FROM imports WHERE file = ?1",
    )
    .bind(&list.0[..])
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(progress).transpose()
}

fn progress(row: &SqliteRow) -> Result<ImportProgress, StoreError> {
    let count = |column| Ok::<_, StoreError>(row.try_get::<i64, _>(column)?.cast_unsigned());
    Ok(ImportProgress {
        position: ListPosition { bytes: count("bytes")?, lines: count("lines")? },
        imported: count("imported")?,
        skipped: count("skipped")?,
        refused: count("refused")?,
        finished: row.try_get("finished")?,
    })
}

/// Whether its address and id were free.
async fn create(tx: &mut Transaction, now: i64, imported: &ImportedAccount) -> Result<bool, StoreError> {
    let account = &imported.account;
    let created = sqlx::query(
        "INSERT INTO accounts (id, address, address_key, key_id, locale, password_hash, disabled, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )
    .bind(account.id)
    .bind(account.address.to_mailbox())
    .bind(&account.address_key.0[..])
    .bind(account.key_id)
    .bind(account.locale.as_ref().map(ToString::to_string))
    .bind(&account.password_hash.0)
    .bind(imported.disabled)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(created.rows_affected() == 1)
}

async fn move_on(
    tx: &mut Transaction,
    now: i64,
    list: ListDigest,
    to: &ImportProgress,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE imports SET bytes = ?2, lines = ?3, imported = ?4, skipped = ?5, refused = ?6, moved_at = ?7,
             finished_at = CASE WHEN ?8 THEN ?7 END
         WHERE file = ?1",
    )
    .bind(&list.0[..])
    .bind(to.position.bytes.cast_signed())
    .bind(to.position.lines.cast_signed())
    .bind(to.imported.cast_signed())
    .bind(to.skipped.cast_signed())
    .bind(to.refused.cast_signed())
    .bind(now)
    .bind(to.finished)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
