//! The one line that tells how the cluster is.

use common::shutdown::Shutdown;
use sqlx::{Connection as _, PgConnection};
use std::io::{IsTerminal as _, Write as _, stdout};
use std::time::Duration;
use tests::cluster::{Catcher, Cluster, Servers};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);
/// What is not done yet: a mail's outbox row leaves with its final report.
const UNDER_WAY: &str =
    "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM reset_requests WHERE state = 'accepted')";

/// Looks at the cluster from outside.
pub(crate) struct Status<'a> {
    database: String,
    catcher: Option<&'a Catcher>,
}

impl<'a> Status<'a> {
    pub(crate) fn new(servers: &Servers, catcher: Option<&'a Catcher>) -> Self {
        Self { database: servers.urls().postgres, catcher }
    }

    /// Shows it until shutdown begins: on a terminal in one place, elsewhere a line whenever it has changed.
    pub(crate) async fn show(&self, cluster: &Cluster, shutdown: &Shutdown) -> anyhow::Result<()> {
        let mut before = String::new();
        while !shutdown.has_begun() {
            let line = self.line(cluster).await;
            if stdout().is_terminal() {
                write!(stdout(), "\r\x1b[K{line}")?;
                stdout().flush()?;
            } else if line != before {
                writeln!(stdout(), "{line}")?;
            }
            before = line;
            let _ = shutdown.interrupts(tokio::time::sleep(EVERY)).await;
        }
        if stdout().is_terminal() {
            writeln!(stdout())?;
        }
        Ok(())
    }

    async fn line(&self, cluster: &Cluster) -> String {
        let (apis, workers) = cluster.count_ready().await;
        let (all_apis, all_workers) = (cluster.apis.len(), cluster.workers.len());
        let mut line = format!("ready: reset-api {apis}/{all_apis}, mail-worker {workers}/{all_workers}");
        match self.under_way().await {
            Ok(count) => line.push_str(&format!(" · under way: {count}")),
            Err(_) => line.push_str(" · Postgres is away"),
        }
        if let Some(catcher) = self.catcher
            && let Ok(mails) = catcher.inbox().mailbox().count().await
        {
            line.push_str(&format!(" · mails: {mails}"));
        }
        line
    }

    async fn under_way(&self) -> sqlx::Result<i64> {
        let mut connection = PgConnection::connect(&self.database).await?;
        let count = sqlx::query_scalar(UNDER_WAY).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(count)
    }
}
