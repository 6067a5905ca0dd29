//! The account events that stand beside the mails: what a gateway subscribed to would have been told.

use async_trait::async_trait;
use bytes::Bytes;
use common::event::DecodeError;
use prost::Message as _;
use proto::v1::PasswordChanged;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// A published account event, as the queue keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvent {
    /// The same in every copy of the event.
    pub event_id: Uuid,
    /// When it was published.
    pub published_at: OffsetDateTime,
    /// The encoded [`PasswordChanged`].
    pub body: Bytes,
}

/// The account events cannot be read now.
#[derive(Debug, thiserror::Error)]
#[error("the account events cannot be read")]
pub struct AccountEventsUnavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where the inbox finds the account events; in the standalone, its queue.
#[async_trait]
pub trait AccountEvents: Send + Sync {
    /// The newest `limit` events, newest first.
    ///
    /// # Errors
    /// [`AccountEventsUnavailable`].
    async fn newest(&self, limit: u32) -> Result<Vec<AccountEvent>, AccountEventsUnavailable>;
}

/// An event as the API shows it.
#[derive(Debug, Serialize)]
pub(super) struct ShownEvent {
    #[serde(rename = "ID")]
    id: Uuid,
    #[serde(rename = "PublishedAt", with = "time::serde::rfc3339")]
    published_at: OffsetDateTime,
    #[serde(flatten)]
    content: Content,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content {
    PasswordChanged {
        #[serde(rename = "Kind")]
        kind: &'static str,
        #[serde(rename = "AccountID")]
        account_id: String,
        #[serde(rename = "CredentialsVersion")]
        credentials_version: u64,
        #[serde(rename = "AppID")]
        app_id: String,
        #[serde(rename = "ChangedAt")]
        changed_at: String,
    },
    /// Shown rather than hidden: whoever looks here is looking for what went wrong.
    Unreadable {
        #[serde(rename = "Error")]
        error: String,
    },
}

impl ShownEvent {
    pub(super) fn of(event: &AccountEvent) -> Self {
        let content = Content::decode(event.body.clone())
            .unwrap_or_else(|error| Content::Unreadable { error: error.to_string() });
        Self { id: event.event_id, published_at: event.published_at, content }
    }
}

impl Content {
    fn decode(body: Bytes) -> Result<Self, DecodeError> {
        let event = PasswordChanged::decode(body).map_err(|_| DecodeError::Protobuf)?;
        Ok(Self::PasswordChanged {
            kind: "PasswordChanged",
            account_id: event.account_id,
            credentials_version: event.credentials_version,
            app_id: event.app_id,
            changed_at: event
                .changed_at
                .and_then(|at| rfc3339(at.seconds, at.nanos))
                .ok_or(DecodeError::Field("changed_at"))?,
        })
    }
}

fn rfc3339(seconds: i64, nanos: i32) -> Option<String> {
    let nanos = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?.format(&Rfc3339).ok()
}
