//! A relay host that keeps what it accepts: the standalone's inbox in the process of the test, where the crash of
//! a standalone cannot reach it.

use crate::folder::Folder;
use crate::mailbox::Mailbox;
use anyhow::Context as _;
use async_trait::async_trait;
use common::clock::{Clock, SystemClock};
use common::entropy::OsEntropy;
use common::shutdown::Shutdown;
use standalone::inbox::{AccountEvent, AccountEvents, AccountEventsUnavailable, Inbox, Limits, bind};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The inbox, serving until it is dropped.
#[derive(Debug)]
pub struct RelayInbox {
    smtp: SocketAddr,
    http: SocketAddr,
    mailbox: Mailbox,
    shutdown: Shutdown,
    /// Goes with it.
    _temporary: Option<Folder>,
}

/// Keeps all that a load sends to it.
const LIMITS: Limits = Limits {
    mails_kept: 10_000_000,
    mail_bytes: 10 * 1024 * 1024,
    recipients: 100,
    idle: Duration::from_secs(300),
};

/// This inbox stands beside no queue.
struct NoEvents;

#[async_trait]
impl AccountEvents for NoEvents {
    async fn newest(&self, _limit: u32) -> Result<Vec<AccountEvent>, AccountEventsUnavailable> {
        Ok(Vec::new())
    }
}

impl RelayInbox {
    /// Starts an empty one.
    ///
    /// # Errors
    /// If there is no room or no port for it.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(Arc::new(NoEvents), Arc::new(SystemClock), None).await
    }

    /// Starts an empty one on this port of loopback, which workers have been told of before.
    ///
    /// # Errors
    /// As [`RelayInbox::start`].
    pub async fn start_on(smtp_port: u16) -> anyhow::Result<Self> {
        Self::listening(smtp_port, Arc::new(NoEvents), Arc::new(SystemClock), None).await
    }

    /// Starts one that shows these account events beside its mails: an empty one, or with the mails in the kept folder.
    ///
    /// # Errors
    /// As [`RelayInbox::start`].
    pub async fn start_with(
        events: Arc<dyn AccountEvents>,
        clock: Arc<dyn Clock>,
        kept: Option<&Path>,
    ) -> anyhow::Result<Self> {
        Self::listening(0, events, clock, kept).await
    }

    async fn listening(
        smtp_port: u16,
        events: Arc<dyn AccountEvents>,
        clock: Arc<dyn Clock>,
        kept: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let temporary = if kept.is_none() { Some(Folder::new()?) } else { None };
        let folder = temporary.as_ref().map(Folder::path).or(kept).context("no folder")?;
        std::fs::create_dir_all(folder)?;
        let path = folder.join("inbox.db");
        let inbox = Inbox::open_with(&path, LIMITS, clock, Arc::new(OsEntropy)).await?;
        let on = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let (smtp, http) = (bind(on(smtp_port)).await?, bind(on(0)).await?);
        let (smtp_address, http_address) = (smtp.local_addr()?, http.local_addr()?);
        let shutdown = Shutdown::new();
        tokio::spawn(inbox.serve_smtp(smtp, shutdown.clone())?);
        tokio::spawn(inbox.serve_http(http, events, shutdown.clone())?);
        let mailbox = Mailbox::at(http_address)?;
        Ok(Self { smtp: smtp_address, http: http_address, mailbox, shutdown, _temporary: temporary })
    }

    /// What it accepted.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Its page and HTTP API.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// The port of its SMTP listener on loopback.
    #[must_use]
    pub fn smtp_port(&self) -> u16 {
        self.smtp.port()
    }
}

impl Drop for RelayInbox {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}
