//! What the API reads.

use super::{MailId, Selection, Store, StoreError};
use crate::inbox::mail::{Envelope, Summary};
use common::clock::from_micros;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow as _, QueryBuilder, Row as _};
use time::OffsetDateTime;

/// A mail in a list.
pub(in crate::inbox) struct Listed {
    pub(in crate::inbox) id: String,
    pub(in crate::inbox) received_at: OffsetDateTime,
    pub(in crate::inbox) read: bool,
    pub(in crate::inbox) size: i64,
    pub(in crate::inbox) summary: Summary,
}

/// How many mails there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(in crate::inbox) struct Counts {
    pub(in crate::inbox) total: u32,
    pub(in crate::inbox) unread: u32,
    /// Of the selected ones.
    pub(in crate::inbox) matching: u32,
    pub(in crate::inbox) matching_unread: u32,
}

/// A page of a list, newest first.
pub(in crate::inbox) struct Listing {
    pub(in crate::inbox) counts: Counts,
    pub(in crate::inbox) mails: Vec<Listed>,
}

/// A whole mail.
pub(in crate::inbox) struct StoredMail {
    pub(in crate::inbox) id: MailId,
    pub(in crate::inbox) received_at: OffsetDateTime,
    pub(in crate::inbox) read: bool,
    pub(in crate::inbox) envelope: Envelope,
    pub(in crate::inbox) raw: Vec<u8>,
}

impl Store {
    /// The selected mails from the `start`-th newest on, at most `limit` of them.
    pub(in crate::inbox) async fn list(
        &self,
        selection: &Selection,
        start: u32,
        limit: u32,
    ) -> Result<Listing, StoreError> {
        let mut sql = QueryBuilder::new("SELECT id, received_at, read, size, summary FROM mail WHERE ");
        selection.push_condition(&mut sql);
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(start);
        let rows = sql.build().fetch_all(&self.readers).await?;
        let mails = rows.iter().map(listed).collect::<Result<_, _>>()?;
        Ok(Listing { counts: self.count(selection).await?, mails })
    }

    /// How many mails there are, and how many of them are selected.
    pub(in crate::inbox) async fn count(&self, selection: &Selection) -> Result<Counts, StoreError> {
        let mut sql = QueryBuilder::new(
            "SELECT count(*) AS matching, count(*) FILTER (WHERE read = 0) AS matching_unread,
                    (SELECT count(*) FROM mail) AS total,
                    (SELECT count(*) FROM mail WHERE read = 0) AS unread
             FROM mail WHERE ",
        );
        selection.push_condition(&mut sql);
        Ok(Counts::from_row(&sql.build().fetch_one(&self.readers).await?)?)
    }

    /// The mail of that id.
    pub(in crate::inbox) async fn mail(&self, id: MailId) -> Result<Option<StoredMail>, StoreError> {
        let row = sqlx::query(
            "SELECT received_at, read, sender, recipients, bytes FROM mail JOIN raw_mail USING (id) WHERE id = ?",
        )
        .bind(id.to_string())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| stored(id, &row)).transpose()
    }

    /// The id of the newest mail.
    pub(in crate::inbox) async fn newest(&self) -> Result<Option<MailId>, StoreError> {
        let id = sqlx::query_scalar("SELECT max(id) FROM mail").fetch_one(&self.readers).await?;
        parsed(id)
    }

    /// The newest mail to the address that this is the key of.
    pub(in crate::inbox) async fn newest_to(&self, key: &str) -> Result<Option<MailId>, StoreError> {
        let newest = sqlx::query_scalar("SELECT max(mail_id) FROM addressee WHERE address = ?");
        parsed(newest.bind(key).fetch_one(&self.readers).await?)
    }

    /// The oldest mail to the address that this is the key of, of those that arrived after `after`.
    pub(in crate::inbox) async fn next_to(
        &self,
        key: &str,
        after: MailId,
    ) -> Result<Option<MailId>, StoreError> {
        let next = sqlx::query_scalar("SELECT min(mail_id) FROM addressee WHERE address = ? AND mail_id > ?");
        parsed(next.bind(key).bind(after.to_string()).fetch_one(&self.readers).await?)
    }
}

fn parsed(id: Option<String>) -> Result<Option<MailId>, StoreError> {
    id.map(|id| id.parse()).transpose().map_err(|_| StoreError::Malformed("id"))
}

fn listed(row: &SqliteRow) -> Result<Listed, StoreError> {
    let summary: &str = row.try_get("summary")?;
    Ok(Listed {
        id: row.try_get("id")?,
        received_at: from_micros(row.try_get("received_at")?),
        read: row.try_get("read")?,
        size: row.try_get("size")?,
        summary: serde_json::from_str(summary).map_err(|_| StoreError::Malformed("summary"))?,
    })
}

fn stored(id: MailId, row: &SqliteRow) -> Result<StoredMail, StoreError> {
    let recipients: &str = row.try_get("recipients")?;
    let recipients = serde_json::from_str(recipients).map_err(|_| StoreError::Malformed("recipients"))?;
    Ok(StoredMail {
        id,
        received_at: from_micros(row.try_get("received_at")?),
        read: row.try_get("read")?,
        envelope: Envelope { sender: row.try_get("sender")?, recipients },
        raw: row.try_get("bytes")?,
    })
}
