//! `GET /view/{ID}.html`: a mail's HTML for the page's frame, or a tab of its own; harmless in either.

use super::Served;
use super::message::find;
use super::refusal::Refusal;
use super::security::FRAME_POLICY;
use crate::inbox::mail::framed_html;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;

pub(super) async fn view(
    State(served): State<Served>,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let id = name.strip_suffix(".html").ok_or_else(|| Refusal::not_found("a view ends in .html"))?;
    let mail = find(&served, id).await?;
    let html = framed_html(&mail.raw).ok_or_else(|| Refusal::not_found("the mail has no html part"))?;
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, FRAME_POLICY)], html))
}
