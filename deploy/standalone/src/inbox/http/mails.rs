//! Lists: `GET`, `PUT` and `DELETE /api/v1/messages`, `GET` and `DELETE /api/v1/search`.

use super::Served;
use super::parameters::{Paging, Parameters};
use super::refusal::Refusal;
use crate::inbox::mail::Summary;
use crate::inbox::mail_id::MailId;
use crate::inbox::store::{Listed, Listing, Query, Selection};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Mailpit's `MessagesSummary`.
#[derive(Debug, Serialize)]
pub(super) struct MailList {
    total: u32,
    unread: u32,
    count: usize,
    messages_count: u32,
    messages_unread: u32,
    start: u32,
    tags: [String; 0],
    messages: Vec<MailSummary>,
}

/// Mailpit's `MessageSummary`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MailSummary {
    #[serde(rename = "ID")]
    id: String,
    read: bool,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    username: &'static str,
    tags: [String; 0],
    size: i64,
    #[serde(flatten)]
    summary: Summary,
}

/// `query`, which must hold a word.
#[derive(Debug, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    query: String,
}

/// The body of a `DELETE`; without ids it is about all mails.
#[derive(Debug, Default, Deserialize)]
struct Deleted {
    #[serde(default, rename = "IDs")]
    ids: Vec<String>,
}

/// The body of a `PUT`; without ids and search it is about all mails.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Marked {
    #[serde(rename = "Read")]
    read: bool,
    #[serde(rename = "IDs")]
    ids: Vec<String>,
    #[serde(rename = "Search")]
    search: String,
}

pub(super) async fn list(
    State(served): State<Served>,
    Parameters(paging): Parameters<Paging>,
) -> Result<Json<MailList>, Refusal> {
    page_of(&served, &Selection::All, paging).await
}

pub(super) async fn search(
    State(served): State<Served>,
    Parameters(search): Parameters<Search>,
    Parameters(paging): Parameters<Paging>,
) -> Result<Json<MailList>, Refusal> {
    page_of(&served, &matching(&search.query)?, paging).await
}

pub(super) async fn delete(State(served): State<Served>, body: Bytes) -> Result<&'static str, Refusal> {
    let Deleted { ids } = from_body(&body)?;
    served.store.delete(with_ids(&ids)?).await?;
    Ok("ok")
}

pub(super) async fn delete_found(
    State(served): State<Served>,
    Parameters(search): Parameters<Search>,
) -> Result<&'static str, Refusal> {
    served.store.delete(matching(&search.query)?).await?;
    Ok("ok")
}

pub(super) async fn set_read(State(served): State<Served>, body: Bytes) -> Result<&'static str, Refusal> {
    let Marked { read, ids, search } = from_body(&body)?;
    let selection = match (ids.is_empty(), search.is_empty()) {
        (false, false) => return Err(Refusal::bad_request("either IDs or Search, not both")),
        (true, false) => matching(&search)?,
        (_, true) => with_ids(&ids)?,
    };
    served.store.set_read(selection, read).await?;
    Ok("ok")
}

async fn page_of(served: &Served, selection: &Selection, paging: Paging) -> Result<Json<MailList>, Refusal> {
    let listing = served.store.list(selection, paging.start, paging.limit).await?;
    Ok(Json(MailList::of(listing, paging.start)))
}

fn matching(query: &str) -> Result<Selection, Refusal> {
    Query::parse(query)
        .map(Selection::Matching)
        .ok_or_else(|| Refusal::bad_request("query holds no word to look for"))
}

fn with_ids(ids: &[String]) -> Result<Selection, Refusal> {
    if ids.is_empty() {
        return Ok(Selection::All);
    }
    let ids = ids.iter().map(|id| id.parse::<MailId>()).collect::<Result<_, _>>()?;
    Ok(Selection::Ids(ids))
}

/// Reads a body whatever its content type says; clients of Mailpit send none. A body that is there and makes no
/// sense is refused, so that a typing error does not become "all".
fn from_body<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Refusal> {
    if body.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("the body is not as it should be: {error}")))
}

impl MailList {
    fn of(listing: Listing, start: u32) -> Self {
        let Listing { counts, mails } = listing;
        Self {
            total: counts.total,
            unread: counts.unread,
            count: mails.len(),
            messages_count: counts.matching,
            messages_unread: counts.matching_unread,
            start,
            tags: [],
            messages: mails.into_iter().map(MailSummary::of).collect(),
        }
    }
}

impl MailSummary {
    fn of(mail: Listed) -> Self {
        let Listed { id, received_at, read, size, summary } = mail;
        Self { id, read, created: received_at, username: "", tags: [], size, summary }
    }
}
