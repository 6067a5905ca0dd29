//! A relay host that keeps what it accepts: the standalone's inbox in the process of the test, where the crash of
//! a standalone cannot reach it.

use crate::folder::Folder;
use crate::mailbox::Mailbox;
use async_trait::async_trait;
use common::clock::SystemClock;
use common::entropy::OsEntropy;
use common::shutdown::Shutdown;
use standalone::inbox::{AccountEvent, AccountEvents, AccountEventsUnavailable, Inbox, bind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The inbox, serving until it is dropped.
#[derive(Debug)]
pub struct RelayInbox {
    smtp: SocketAddr,
    mailbox: Mailbox,
    shutdown: Shutdown,
    _folder: Folder,
}

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
        let folder = Folder::new()?;
        let path = folder.path().join("inbox.db");
        let inbox = Inbox::open(&path, Arc::new(SystemClock), Arc::new(OsEntropy)).await?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (smtp, http) = (bind(any).await?, bind(any).await?);
        let (smtp_address, http_address) = (smtp.local_addr()?, http.local_addr()?);
        let shutdown = Shutdown::new();
        tokio::spawn(inbox.serve_smtp(smtp, shutdown.clone())?);
        tokio::spawn(inbox.serve_http(http, Arc::new(NoEvents), shutdown.clone())?);
        Ok(Self { smtp: smtp_address, mailbox: Mailbox::at(http_address)?, shutdown, _folder: folder })
    }

    /// What it accepted.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
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
