//! The page: three files inside the program, and the stream that tells the page to look again.

use super::Served;
use super::security::PAGE_POLICY;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{Html, IntoResponse, Sse};
use futures::{Stream, stream};
use std::convert::Infallible;

pub(super) async fn document() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(include_str!("../../../inbox/inbox.html")))
}

pub(super) async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../../inbox/inbox.css"))
}

pub(super) async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../../../inbox/inbox.js"))
}

/// Server-sent events: a `change` at the start and after every change. Ends when the inbox stops.
pub(super) async fn changes(
    State(served): State<Served>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = served.store.changes();
    changes.mark_changed();
    let events = stream::unfold((changes, served.shutdown), |(mut changes, shutdown)| async move {
        shutdown.interrupts(changes.changed()).await?.ok()?;
        let count = *changes.borrow_and_update();
        Some((Ok(Event::default().event("change").data(count.to_string())), (changes, shutdown)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
