//! The cluster that is asked, whole or with parts taken away.

use super::Plan;
use crate::cluster::{Catcher, Cluster, Servers, Services, Setup, accounts};
use crate::process::Home;
use anyhow::Context as _;
use common::clock::SystemClock;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

/// A part that is taken away, to see what it has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Mails are published and stay in the queue.
    Worker,
    /// Mails stay in the outbox.
    Broker,
    /// Postgres does not wait for the disk.
    Sync,
}

/// Servers, two copies of reset-api, the workers and an inbox.
pub struct Stage {
    cluster: Cluster,
    _catcher: Catcher,
    _servers: Servers,
}

impl FromStr for Missing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "worker" => Ok(Self::Worker),
            "broker" => Ok(Self::Broker),
            "sync" => Ok(Self::Sync),
            _ => Err("one of worker, broker, sync".to_owned()),
        }
    }
}

impl Stage {
    /// Starts it with the accounts of the plan, synced to the disk as in production, and takes away what is to be missing.
    ///
    /// # Errors
    /// If a part does not come up.
    pub async fn start(
        services: Services,
        folder: &Path,
        plan: &Plan,
        missing: &[Missing],
    ) -> anyhow::Result<Self> {
        let count = plan.accounts()?;
        let servers = Servers::start(&Home::Durable).await?;
        let catcher = Catcher::start(&servers.urls(), Arc::new(SystemClock), None).await?;
        let setup = Setup {
            services,
            folder: folder.to_owned(),
            urls: servers.urls(),
            smtp: catcher.smtp_url(),
            api: 2,
            worker: if missing.contains(&Missing::Worker) { 0 } else { 2 },
            clock: None,
            more: Vec::new(),
        };
        let cluster = Cluster::start(setup).await?;
        accounts::import(&cluster, folder, count).await?;
        cluster.ready().await?;
        if missing.contains(&Missing::Sync) {
            let mut connection = servers.postgres.connect("postgres").await?;
            sqlx::query("ALTER SYSTEM SET fsync = off").execute(&mut connection).await?;
            sqlx::query("SELECT pg_reload_conf()").execute(&mut connection).await?;
        }
        if missing.contains(&Missing::Broker) {
            servers.rabbitmq.crash()?;
        }
        Ok(Self { cluster, _catcher: catcher, _servers: servers })
    }

    /// Where the copies of reset-api take calls.
    pub(super) fn grpc(&self) -> anyhow::Result<Vec<SocketAddr>> {
        self.cluster.grpc().context("reset-api does not run")
    }
}
