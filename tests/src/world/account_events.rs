//! What a subscriber of the account events is told.

use super::{World, eventually};
use serde_json::Value;

/// End the account's sessions of a lower version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordChanged {
    /// The account's id.
    pub account_id: String,
    /// The version now in force.
    pub credentials_version: u64,
    /// The app the reset was asked from.
    pub app_id: String,
}

impl World {
    /// Everything published so far, newest first.
    pub async fn account_events(&self) -> Vec<PasswordChanged> {
        let list = self.inbox_json("/api/v1/account-events").await;
        list["events"].as_array().expect("a list of events").iter().map(PasswordChanged::read).collect()
    }

    /// Waits until the event of this account's version is published.
    pub async fn password_changed(&self, account_id: &str, credentials_version: u64) -> PasswordChanged {
        eventually("the password change is published", async || {
            self.account_events().await.into_iter().find(|event| {
                event.account_id == account_id && event.credentials_version == credentials_version
            })
        })
        .await
    }
}

impl PasswordChanged {
    fn read(event: &Value) -> Self {
        assert_eq!(event["Kind"], "PasswordChanged", "{event}");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            account_id: text(&event["AccountID"]),
            credentials_version: event["CredentialsVersion"].as_u64().expect("a number"),
            app_id: text(&event["AppID"]),
        }
    }
}
