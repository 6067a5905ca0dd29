//! The inbox: where the standalone's mails, and those of any other program, can be looked at.
//!
//! A loopback SMTP server ([`Inbox::serve_smtp`]) that stores a mail durably before its 250, and a page with an
//! HTTP API ([`Inbox::serve_http`]) whose paths and JSON follow Mailpit's, so that clients people already use
//! in their tests work unchanged. It is a mailbox: live links lie in it. So it listens on loopback only, its
//! file is readable by its owner only, and no mail can run anything in its page.

mod account_events;
mod address_key;
mod http;
mod loopback;
mod mail;
mod mail_id;
mod smtp;
mod store;

pub use account_events::{AccountEvent, AccountEvents, AccountEventsUnavailable};
pub use loopback::{ListenError, bind};
pub use store::StoreError;

use common::clock::Clock;
use common::entropy::Entropy;
use common::shutdown::Shutdown;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;

/// How long a server that was asked to stop waits for the clients it is serving.
const DRAIN_GRACE: Duration = Duration::from_secs(5);

/// What the inbox takes and keeps.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many mails are kept; the oldest leave first. At least one is.
    pub mails_kept: u32,
    /// The most bytes of a mail (RFC 1870).
    pub mail_bytes: usize,
    /// The most recipients of a mail (RFC 5321 §4.5.3.1.8 asks for at least 100).
    pub recipients: usize,
    /// How long an SMTP client may be silent (RFC 5321 §4.5.3.2.7 asks for at least five minutes).
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mails_kept: 5_000,
            mail_bytes: 10 * 1024 * 1024,
            recipients: 100,
            idle: Duration::from_secs(300),
        }
    }
}

/// The inbox. Cheap to clone; all clones are one inbox.
#[derive(Clone)]
pub struct Inbox {
    store: Store,
    limits: Limits,
    /// For the page, which tells people where to send mail to.
    smtp_address: Arc<OnceLock<SocketAddr>>,
}

impl Inbox {
    /// Opens the inbox in the file `path`, made with mode 0600 if it is not there, with default [`Limits`].
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be made, opened or brought to the present schema.
    pub async fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        Self::open_with(path, Limits::default(), clock, entropy).await
    }

    /// As [`Inbox::open`], with other limits.
    ///
    /// # Errors
    /// As [`Inbox::open`].
    pub async fn open_with(
        path: &Path,
        limits: Limits,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let store = Store::open(path, limits.mails_kept, clock, entropy).await?;
        Ok(Self { store, limits, smtp_address: Arc::default() })
    }

    /// The SMTP server on `listener`. The future ends when `shutdown` has begun and every client has its answer
    /// to the mail it was sending, or after five seconds.
    ///
    /// # Errors
    /// [`ListenError`] if `listener` can be reached from other machines.
    pub fn serve_smtp(
        &self,
        listener: TcpListener,
        shutdown: Shutdown,
    ) -> Result<impl Future<Output = ()> + Send + use<>, ListenError> {
        let address = loopback::require(&listener)?;
        // A second server of one inbox is as good; the page names the first.
        let _ = self.smtp_address.set(address);
        Ok(smtp::serve(listener, self.store.clone(), self.limits, shutdown))
    }

    /// The page and the API on `listener`, with the account events of `events` beside the mails. The future
    /// ends when `shutdown` has begun and every request is answered, or after five seconds; waiting requests
    /// are answered at once.
    ///
    /// # Errors
    /// [`ListenError`] if `listener` can be reached from other machines.
    pub fn serve_http(
        &self,
        listener: TcpListener,
        events: Arc<dyn AccountEvents>,
        shutdown: Shutdown,
    ) -> Result<impl Future<Output = ()> + Send + use<>, ListenError> {
        loopback::require(&listener)?;
        let served = http::Served {
            store: self.store.clone(),
            events,
            smtp_address: Arc::clone(&self.smtp_address),
            shutdown,
        };
        Ok(http::serve(listener, served))
    }
}
