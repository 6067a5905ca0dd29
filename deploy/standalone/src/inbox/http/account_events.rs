//! `GET /api/v1/account-events?limit=N` → `{"events": […]}`, newest first. An event is `{ID, PublishedAt, Kind:
//! "PasswordChanged", AccountID, CredentialsVersion, AppID, ChangedAt}`; one that cannot be read has an `Error`
//! in place of the last five.

use super::Served;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::inbox::account_events::ShownEvent;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// The most events of one answer.
const MOST: u32 = 1_000;

#[derive(Debug, Deserialize)]
pub(super) struct Limit {
    #[serde(default = "fifty")]
    limit: u32,
}

fn fifty() -> u32 {
    50
}

#[derive(Debug, Serialize)]
pub(super) struct EventList {
    events: Vec<ShownEvent>,
}

pub(super) async fn list(
    State(served): State<Served>,
    Parameters(Limit { limit }): Parameters<Limit>,
) -> Result<Json<EventList>, Refusal> {
    let events = served.events.newest(limit.min(MOST)).await?;
    Ok(Json(EventList { events: events.iter().map(ShownEvent::of).collect() }))
}
