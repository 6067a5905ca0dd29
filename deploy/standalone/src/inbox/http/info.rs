//! `GET /api/v1/info`: the part of Mailpit's that makes sense here, and where to send mail to.

use super::Served;
use super::refusal::Refusal;
use crate::inbox::store::Selection;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Info {
    /// Of this program, not of the Mailpit whose API it speaks.
    version: &'static str,
    messages: u32,
    unread: u32,
    tags: [String; 0],
    /// `host:port` of the SMTP server, or empty while it does not listen.
    smtp_address: String,
}

pub(super) async fn info(State(served): State<Served>) -> Result<Json<Info>, Refusal> {
    let counts = served.store.count(&Selection::All).await?;
    Ok(Json(Info {
        version: env!("CARGO_PKG_VERSION"),
        messages: counts.total,
        unread: counts.unread,
        tags: [],
        smtp_address: served.smtp_address.get().map(ToString::to_string).unwrap_or_default(),
    }))
}
