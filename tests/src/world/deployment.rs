//! Where the system runs.

use super::DEADLINE;
use crate::folder::Folder;
use anyhow::Context as _;
use common::abort::AbortPoints;
use common::clock::ManualClock;
use common::entropy::OsEntropy;
use common::process::Surroundings;
use common::shutdown::Shutdown;
use standalone::app::Standalone;
use standalone::args::Args;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A running system, as it is seen from outside.
pub(super) struct Deployment {
    /// The gRPC listener.
    pub(super) grpc: SocketAddr,
    /// The HTTP API of the inbox that its mails go to.
    pub(super) inbox: SocketAddr,
    /// What every part of it reads the time from.
    pub(super) clock: Arc<ManualClock>,
    shutdown: Shutdown,
    running: JoinHandle<anyhow::Result<()>>,
    /// Goes with the deployment.
    _data_dir: Folder,
}

impl Deployment {
    /// Both services in this process, on the embedded adapters.
    pub(super) async fn standalone() -> anyhow::Result<Self> {
        let data_dir = Folder::new()?;
        let clock = Arc::new(ManualClock::default());
        let surroundings =
            Surroundings { clock: clock.clone(), entropy: Arc::new(OsEntropy), abort: AbortPoints::none() };
        let standalone = Standalone::build(anywhere(&data_dir), surroundings).await?;
        let addresses = standalone.addresses();
        let shutdown = Shutdown::new();
        Ok(Self {
            grpc: addresses.grpc,
            inbox: addresses.inbox,
            clock,
            running: tokio::spawn(standalone.run(shutdown.clone())),
            shutdown,
            _data_dir: data_dir,
        })
    }

    /// Stops it within the deadline.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        self.shutdown.begin();
        tokio::time::timeout(DEADLINE, &mut self.running).await.context("it drains in time")??
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

fn anywhere(data_dir: &Folder) -> Args {
    let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Args {
        data_dir: data_dir.path().to_owned(),
        web: free_port,
        grpc: free_port,
        admin: free_port,
        inbox: free_port,
        smtp_url: None,
    }
}
