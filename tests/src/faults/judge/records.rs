//! The product's own records, read from its database.

use crate::faults::scene::Scene;
use sqlx::{Connection as _, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// Requests for addresses that an account has.
const REQUESTS: &str = "SELECT a.address, r.id, r.state, r.reason, r.coalesced_into, t.event_id
     FROM reset_requests r JOIN accounts a ON a.address_key = r.address_key
     LEFT JOIN reset_tokens t ON t.request_id = r.id AND t.purpose = 'reset' ORDER BY r.accepted_at, r.id";
/// Every mail there should be: each carries tokens.
const EVENTS: &str = "SELECT t.event_id, a.address, bool_or(t.purpose = 'revoke_change'),
         coalesce(bool_or(t.end_reason = 'mail_failed'), false)
     FROM reset_tokens t JOIN accounts a ON a.id = t.account_id GROUP BY t.event_id, a.address";
const REPORTS: &str =
    "SELECT event_id, outcome, received_at FROM delivery_attempts ORDER BY received_at, attempt";

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) coalesced_into: Option<Uuid>,
    pub(super) event: Option<Uuid>,
}

impl Row {
    /// Whether it is told that no mail will come.
    pub(super) fn has_failed(&self) -> bool {
        self.state == "undeliverable" || self.reason.as_deref() == Some("expired_before_delivery")
    }
}

/// A mail as it was meant, and what was reported of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) id: Uuid,
    pub(super) address: String,
    pub(super) is_notice: bool,
    /// A link in it was ended because its mail failed.
    pub(super) ended_with_its_mail: bool,
    /// Outcomes and when they became known, in that order.
    pub(super) reports: Vec<(String, OffsetDateTime)>,
}

impl Event {
    /// The final outcome, if there is one.
    pub(super) fn ended(&self) -> Option<&str> {
        let mut outcomes = self.reports.iter().rev().map(|(outcome, _)| outcome.as_str());
        outcomes.find(|outcome| !matches!(*outcome, "transient" | "ambiguous"))
    }

    /// When it became known that it failed.
    pub(super) fn failed_at(&self) -> Option<OffsetDateTime> {
        let failures = ["refused", "expired", "undeliverable"];
        let failed = self.reports.iter().find(|(outcome, _)| failures.contains(&outcome.as_str()));
        failed.map(|(_, known)| *known)
    }

    /// Whether it was known by then that a relay host has it.
    pub(super) fn was_accepted_by(&self, time: OffsetDateTime) -> bool {
        self.reports.iter().any(|(outcome, known)| outcome == "accepted" && *known <= time)
    }

    /// Whether an attempt had this outcome.
    pub(super) fn had(&self, outcome: &str) -> bool {
        self.reports.iter().any(|(one, _)| one == outcome)
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// By address.
    pub(super) requests: BTreeMap<String, Vec<Row>>,
    pub(super) addresses: BTreeSet<String>,
    pub(super) events: BTreeMap<Uuid, Event>,
}

impl Records {
    pub(super) async fn read(scene: &Scene) -> anyhow::Result<Self> {
        let mut connection = scene.servers.postgres.connect("postgres").await?;
        let requests = requests(&mut connection).await?;
        let events = events(&mut connection).await?;
        let accounts: Vec<String> =
            sqlx::query_scalar("SELECT address FROM accounts").fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(Self { requests, addresses: accounts.into_iter().collect(), events })
    }

    pub(super) fn requests_of(&self, address: &str) -> &[Row] {
        self.requests.get(address).map_or(&[], Vec::as_slice)
    }

    /// The notices of new passwords.
    pub(super) fn notices_of(&self, address: &str) -> impl Iterator<Item = &Event> {
        self.events.values().filter(move |event| event.is_notice && event.address == address)
    }
}

async fn requests(connection: &mut PgConnection) -> sqlx::Result<BTreeMap<String, Vec<Row>>> {
    type Columns = (String, Uuid, String, Option<String>, Option<Uuid>, Option<Uuid>);
    let rows: Vec<Columns> = sqlx::query_as(REQUESTS).fetch_all(connection).await?;
    let mut requests: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for (address, id, state, reason, coalesced_into, event) in rows {
        requests.entry(address).or_default().push(Row { id, state, reason, coalesced_into, event });
    }
    Ok(requests)
}

async fn events(connection: &mut PgConnection) -> sqlx::Result<BTreeMap<Uuid, Event>> {
    let rows: Vec<(Uuid, String, bool, bool)> = sqlx::query_as(EVENTS).fetch_all(&mut *connection).await?;
    let mut events: BTreeMap<Uuid, Event> = BTreeMap::new();
    for (id, address, is_notice, ended_with_its_mail) in rows {
        events.insert(id, Event { id, address, is_notice, ended_with_its_mail, reports: Vec::new() });
    }
    let reports: Vec<(Uuid, String, OffsetDateTime)> = sqlx::query_as(REPORTS).fetch_all(connection).await?;
    for (id, outcome, at) in reports {
        if let Some(event) = events.get_mut(&id) {
            event.reports.push((outcome, at));
        }
    }
    Ok(events)
}
