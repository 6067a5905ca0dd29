//! One mail: `GET /api/v1/message/{ID}` and what is under it. `latest` stands for the newest mail's ID.

use super::Served;
use super::refusal::Refusal;
use crate::inbox::mail::{MailContent, header_map};
use crate::inbox::mail_id::MailId;
use crate::inbox::store::{Selection, StoredMail};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use std::collections::BTreeMap;

/// The whole mail. Whoever gets it has read it, as in Mailpit.
pub(super) async fn content(
    State(served): State<Served>,
    Path(id): Path<String>,
) -> Result<Json<MailContent>, Refusal> {
    opened(&served, find(&served, &id).await?).await
}

pub(super) async fn headers(
    State(served): State<Served>,
    Path(id): Path<String>,
) -> Result<Json<BTreeMap<String, Vec<String>>>, Refusal> {
    Ok(Json(header_map(&find(&served, &id).await?.raw)))
}

/// The mail as it was sent; text, so that no browser makes anything else of it.
pub(super) async fn raw(
    State(served): State<Served>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let mail = find(&served, &id).await?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], mail.raw))
}

/// The mail of that id, or the newest.
pub(super) async fn find(served: &Served, id: &str) -> Result<StoredMail, Refusal> {
    let id = resolve(served, id).await?.ok_or_else(no_such_mail)?;
    served.store.mail(id).await?.ok_or_else(no_such_mail)
}

/// The id that the text stands for; none if it is `latest` and there is no mail.
pub(super) async fn resolve(served: &Served, id: &str) -> Result<Option<MailId>, Refusal> {
    if id == "latest" { Ok(served.store.newest().await?) } else { Ok(Some(id.parse()?)) }
}

/// The JSON of a mail that is read now.
pub(super) async fn opened(served: &Served, mail: StoredMail) -> Result<Json<MailContent>, Refusal> {
    if !mail.read {
        served.store.set_read(Selection::Ids(vec![mail.id]), true).await?;
    }
    Ok(Json(MailContent::of(mail.id.to_string(), &mail.raw, &mail.envelope, mail.received_at)))
}

fn no_such_mail() -> Refusal {
    Refusal::not_found("no such mail")
}
