//! The one writer.

use super::{MailId, Selection, Store, StoreError};
use crate::inbox::mail::{Digest, Envelope};
use common::clock::to_micros;
use futures::future::BoxFuture;
use sqlx::{Connection as _, QueryBuilder, Sqlite, SqliteConnection, Transaction};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// A mail about to be kept.
pub(super) struct NewMail {
    pub(super) id: Uuid,
    pub(super) received_at: OffsetDateTime,
    pub(super) envelope: Envelope,
    pub(super) digest: Digest,
    pub(super) raw: Vec<u8>,
}

/// The connection that writes, and what it alone knows.
pub(super) struct Writer {
    connection: SqliteConnection,
    last: Option<MailId>,
    held: u32,
    keep: u32,
}

impl Store {
    /// Runs `work` to its end, whoever stops waiting for it, and tells of the change.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl for<'w> FnOnce(&'w mut Writer) -> BoxFuture<'w, Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (writer, changes) = (Arc::clone(&self.writer), Arc::clone(&self.changes));
        let task = async move {
            let done = work(&mut *writer.lock().await).await;
            changes.send_modify(|count| *count += 1);
            done
        };
        tokio::spawn(task).await.unwrap_or(Err(StoreError::Interrupted))
    }
}

impl Writer {
    pub(super) async fn new(mut connection: SqliteConnection, keep: u32) -> Result<Self, StoreError> {
        let last: Option<String> =
            sqlx::query_scalar("SELECT max(id) FROM mail").fetch_one(&mut connection).await?;
        let last = last.map(|id| id.parse()).transpose().map_err(|_| StoreError::Malformed("id"))?;
        let held = count(&mut connection).await?;
        Ok(Self { connection, last, held, keep: keep.max(1) })
    }

    pub(super) async fn add(&mut self, new: NewMail) -> Result<MailId, StoreError> {
        let id = MailId::following(self.last, new.id);
        let surplus = (self.held + 1).saturating_sub(self.keep);
        let mut transaction = self.connection.begin().await?;
        insert_mail(&mut transaction, id, &new).await?;
        insert_raw(&mut transaction, id, new.raw).await?;
        insert_addressees(&mut transaction, id, &new.digest).await?;
        if surplus > 0 {
            delete_oldest(&mut transaction, surplus).await?;
        }
        transaction.commit().await?;
        self.last = Some(id);
        self.held = self.held + 1 - surplus;
        Ok(id)
    }

    pub(super) async fn delete(&mut self, selection: Selection) -> Result<(), StoreError> {
        let mut sql = QueryBuilder::new("DELETE FROM mail WHERE ");
        selection.push_condition(&mut sql);
        sql.build().execute(&mut self.connection).await?;
        self.held = count(&mut self.connection).await?;
        Ok(())
    }

    pub(super) async fn set_read(&mut self, selection: Selection, read: bool) -> Result<(), StoreError> {
        let mut sql = QueryBuilder::new("UPDATE mail SET read = ");
        sql.push_bind(read).push(" WHERE read <> ").push_bind(read).push(" AND ");
        selection.push_condition(&mut sql);
        sql.build().execute(&mut self.connection).await?;
        Ok(())
    }
}

async fn count(connection: &mut SqliteConnection) -> Result<u32, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM mail").fetch_one(connection).await?)
}

async fn insert_mail(
    transaction: &mut Transaction<'_, Sqlite>,
    id: MailId,
    new: &NewMail,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO mail (id, received_at, size, sender, recipients, summary,
                           sought_from, sought_to, sought_subject, sought_text)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(to_micros(new.received_at))
    .bind(i64::try_from(new.raw.len()).unwrap_or(i64::MAX))
    .bind(&new.envelope.sender)
    .bind(json(&new.envelope.recipients)?)
    .bind(json(&new.digest.summary)?)
    .bind(&new.digest.sought_from)
    .bind(&new.digest.sought_to)
    .bind(&new.digest.sought_subject)
    .bind(&new.digest.sought_text)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn insert_raw(
    transaction: &mut Transaction<'_, Sqlite>,
    id: MailId,
    raw: Vec<u8>,
) -> Result<(), StoreError> {
    let insert = sqlx::query("INSERT INTO raw_mail (id, bytes) VALUES (?, ?)");
    insert.bind(id.to_string()).bind(raw).execute(&mut **transaction).await?;
    Ok(())
}

async fn insert_addressees(
    transaction: &mut Transaction<'_, Sqlite>,
    id: MailId,
    digest: &Digest,
) -> Result<(), StoreError> {
    let insert =
        sqlx::query("INSERT INTO addressee (address, mail_id) SELECT DISTINCT value, ? FROM json_each(?)");
    insert.bind(id.to_string()).bind(json(&digest.addressees)?).execute(&mut **transaction).await?;
    Ok(())
}

async fn delete_oldest(transaction: &mut Transaction<'_, Sqlite>, many: u32) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM mail WHERE id IN (SELECT id FROM mail ORDER BY id LIMIT ?)")
        .bind(many)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Malformed("summary"))
}
