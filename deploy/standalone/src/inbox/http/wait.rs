//! The long poll: `GET /api/v1/wait?to=ADDRESS&after=ID&timeout=SECONDS`.
//!
//! Answers 200 with the mail, as `GET /api/v1/message/{ID}` does, or 204 when time is out.
//!
//! - `to`: any spelling of the address; mails sent to it as Bcc count.
//! - with `after`: the first mail to the address that arrived after the mail with that ID, which may have been
//!   to another address, or have been deleted. Going from ID to ID so misses none and sees none twice.
//!   `latest` stands for the mail that is the newest now.
//! - without `after`: the newest mail to the address, one that is there already included. A test that makes up
//!   an address needs no more, and cannot come too late.
//! - `timeout`: whole seconds, 0 to 60, 30 if not given. When the inbox stops, 204 comes at once.

use super::Served;
use super::message::{opened, resolve};
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::inbox::address_key::whole_address_key;
use crate::inbox::mail_id::MailId;
use crate::inbox::store::{StoreError, StoredMail};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The longest wait, in seconds; proxies and clients give up on longer ones.
const LONGEST: u64 = 60;

#[derive(Debug, Deserialize)]
pub(super) struct Wait {
    #[serde(default)]
    to: String,
    after: Option<String>,
    #[serde(default = "half_a_minute")]
    timeout: u64,
}

fn half_a_minute() -> u64 {
    30
}

/// Which mail is waited for.
enum Wanted {
    /// The newest to an address.
    Newest(String),
    /// The first to an address after a mail.
    Next(String, MailId),
}

pub(super) async fn wait(
    State(served): State<Served>,
    Parameters(wait): Parameters<Wait>,
) -> Result<Response, Refusal> {
    if wait.timeout > LONGEST {
        return Err(Refusal::bad_request("timeout is at most 60 seconds"));
    }
    let wanted = Wanted::of(&served, &wait).await?;
    let deadline = Instant::now() + Duration::from_secs(wait.timeout);
    // Subscribed before the first look, so that no change is missed.
    let mut changes = served.store.changes();
    loop {
        if let Some(mail) = wanted.look(&served).await? {
            return Ok(opened(&served, mail).await?.into_response());
        }
        let change = timeout_at(deadline, changes.changed());
        if !matches!(served.shutdown.interrupts(change).await, Some(Ok(_))) {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
}

impl Wanted {
    async fn of(served: &Served, wait: &Wait) -> Result<Self, Refusal> {
        let key = whole_address_key(&wait.to).ok_or_else(|| Refusal::bad_request("to is not an address"))?;
        let Some(after) = &wait.after else { return Ok(Self::Newest(key)) };
        // After the newest of no mails at all, the newest is the next.
        let after = resolve(served, after).await?;
        Ok(after.map_or_else(|| Self::Newest(key.clone()), |after| Self::Next(key.clone(), after)))
    }

    async fn look(&self, served: &Served) -> Result<Option<StoredMail>, StoreError> {
        let id = match self {
            Self::Newest(key) => served.store.newest_to(key).await?,
            Self::Next(key, after) => served.store.next_to(key, *after).await?,
        };
        match id {
            Some(id) => served.store.mail(id).await,
            None => Ok(None),
        }
    }
}
