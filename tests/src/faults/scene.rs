//! What a scenario is played on: servers, a cluster, a relay host, a clock, and a bad network between them if it asks for one.

use super::diary::Diary;
use super::plan::Server;
use super::proxy::Proxy;
use super::sink::{Certificates, Sink, Taken};
use crate::cluster::{Cluster, Copy, Servers, Services, Setup, Urls, accounts};
use crate::file_clock::FileClock;
use crate::gateway::Gateway;
use crate::journeys::Gateways;
use crate::process::Home;
use anyhow::Context as _;
use futures::future::join_all;
use reqwest::Url;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Copies of each service.
pub(super) const COPIES: usize = 2;
/// How long a killed worker's mails wait for another; the shipped 30 s would make every run wait so long.
pub(super) const LEASE: Duration = Duration::from_secs(5);
/// The folder with the offsets of the clocks.
pub(super) const CLOCKS: &str = "clocks";
/// How many callers may leave in a run.
pub(super) const LEAVING: u32 = 1_000;
/// The name that the relay host's certificate is for.
const HOST: &str = "localhost";

/// What stands between the copies and their servers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Surroundings {
    /// The relay host must be spoken to over TLS.
    pub(super) tls: bool,
    /// Everything goes through proxies.
    pub(super) proxied: bool,
    /// So many more nodes of RabbitMQ.
    pub(super) more_nodes: usize,
    /// A second relay host, which is always well.
    pub(super) second_relay: bool,
}

impl Surroundings {
    /// Nothing but the servers themselves, one of each.
    pub(super) const PLAIN: Self = Self { tls: false, proxied: false, more_nodes: 0, second_relay: false };
}

/// All of it, running. Everything ends when this is dropped.
pub(super) struct Scene {
    /// Dropped first: the copies drain while their servers are there.
    pub(super) cluster: Cluster,
    pub(super) gateways: Gateways,
    pub(super) sink: Sink,
    pub(super) second_sink: Option<Sink>,
    pub(super) clock: Arc<FileClock>,
    pub(super) diary: Diary,
    /// What was seen to be broken while a fault was at work.
    pub(super) broken: Vec<String>,
    /// The folder with what every copy said.
    pub(super) logs: PathBuf,
    /// The first of the accounts for callers who leave.
    pub(super) leaving: u32,
    proxies: Vec<(Server, Proxy)>,
    pub(super) servers: Servers,
}

impl Scene {
    /// Starts it with so many accounts and those of the callers who leave, and waits until every copy is ready.
    pub(super) async fn start(
        services: Services,
        folder: &Path,
        seed: u64,
        surroundings: Surroundings,
        accounts_before: u32,
        arrivals: mpsc::UnboundedSender<Taken>,
    ) -> anyhow::Result<Self> {
        let servers = Servers::start_with_nodes(&Home::Passing, surroundings.more_nodes).await?;
        let certificates = surroundings.tls.then(|| Certificates::for_host(HOST)).transpose()?;
        let mut more = quick();
        if let Some(certificates) = &certificates {
            let roots = folder.join("roots.pem");
            std::fs::write(&roots, &certificates.roots)?;
            more.push(("MAIL_WORKER__SMTP__EXTRA_ROOTS_FILE".into(), roots.to_string_lossy().into_owned()));
        }
        let clock_file = folder.join(CLOCKS).join("time");
        let clock = Arc::new(FileClock::open(&clock_file)?);
        let sink = Sink::start(seed, clock.clone(), certificates, arrivals)?;
        let second_sink = surroundings.second_relay.then(|| sink.start_beside()).transpose()?;
        let proxies = if surroundings.proxied { proxies(&servers, &sink).await? } else { Vec::new() };
        let setup = Setup {
            services,
            folder: folder.to_owned(),
            urls: through(&proxies, servers.urls())?,
            smtp: smtp_urls(&sink, second_sink.as_ref(), &proxies, surroundings.tls),
            api: COPIES,
            worker: COPIES,
            clock: Some(clock_file),
            more,
        };
        let cluster = Cluster::start(setup).await?;
        accounts::import(&cluster, folder, accounts_before + LEAVING).await?;
        cluster.ready().await?;
        let (gateways, diary) = (Gateways::default(), Diary::default());
        let (leaving, logs) = (accounts_before, cluster.logs().to_owned());
        let broken = Vec::new();
        let scene = Self {
            cluster,
            gateways,
            sink,
            second_sink,
            clock,
            diary,
            broken,
            logs,
            leaving,
            proxies,
            servers,
        };
        scene.call_all()?;
        Ok(scene)
    }

    /// Every copy of reset-api is called from now on, where it is now.
    pub(super) fn call_all(&self) -> anyhow::Result<()> {
        let gateways = self.cluster.grpc()?.into_iter().map(Gateway::calling);
        self.gateways.set(gateways.collect::<anyhow::Result<_>>()?);
        Ok(())
    }

    /// Every copy drains and ends; the servers stay.
    pub(super) async fn stop_copies(&mut self) -> anyhow::Result<()> {
        let Cluster { apis, workers, .. } = &mut self.cluster;
        join_all(apis.iter_mut().chain(workers).map(Copy::stop)).await.into_iter().collect()
    }

    /// The network on the way to that server.
    pub(super) fn way_to(&self, server: Server) -> anyhow::Result<&Proxy> {
        let found = self.proxies.iter().find(|(one, _)| *one == server);
        found.map(|(_, proxy)| proxy).context("this scenario has no network of its own")
    }
}

/// Hashes that cost nothing, no limit for so many callers behind one gateway, and a short wait for a killed worker's mails.
fn quick() -> Vec<(String, String)> {
    let lease = LEASE.as_secs().to_string();
    let more = [
        ("RESET_API__HASHING__MEMORY_KIB", "8"),
        ("RESET_API__HASHING__ITERATIONS", "1"),
        ("RESET_API__HASHING__WAITING", "4096"),
        ("RESET_API__THROTTLE__GATEWAY_BURST", "100000"),
        ("MAIL_WORKER__WORK__LEASE_SECONDS", &lease),
    ];
    more.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

async fn proxies(servers: &Servers, sink: &Sink) -> anyhow::Result<Vec<(Server, Proxy)>> {
    let urls = servers.urls();
    let mut proxies = Vec::new();
    for server in Server::ALL {
        let port = match server {
            Server::Postgres => port_of(&urls.postgres)?,
            Server::Redis => port_of(&urls.redis)?,
            Server::RabbitMq => port_of(&urls.rabbitmq)?,
            Server::Smtp => sink.port(),
        };
        proxies.push((server, Proxy::start(port).await?));
    }
    Ok(proxies)
}

fn port_of(url: &str) -> anyhow::Result<u16> {
    Url::parse(url)?.port().context("a URL without a port")
}

/// The servers' URLs, by way of the proxies where there are any.
fn through(proxies: &[(Server, Proxy)], urls: Urls) -> anyhow::Result<Urls> {
    let moved = |url: String, server| -> anyhow::Result<String> {
        let Some((_, proxy)) = proxies.iter().find(|(one, _)| *one == server) else { return Ok(url) };
        let mut url = Url::parse(&url)?;
        url.set_port(Some(proxy.port())).ok().context("a URL without a port")?;
        Ok(url.into())
    };
    Ok(Urls {
        postgres: moved(urls.postgres, Server::Postgres)?,
        redis: moved(urls.redis, Server::Redis)?,
        rabbitmq: moved(urls.rabbitmq, Server::RabbitMq)?,
        prefix: urls.prefix,
    })
}

fn smtp_urls(sink: &Sink, second: Option<&Sink>, proxies: &[(Server, Proxy)], tls: bool) -> String {
    let second = second.map(|second| format!(",smtp://127.0.0.1:{}?tls=none", second.port()));
    let proxy = proxies.iter().find(|(server, _)| *server == Server::Smtp);
    let port = proxy.map_or(sink.port(), |(_, proxy)| proxy.port());
    let first =
        if tls { format!("smtp://{HOST}:{port}") } else { format!("smtp://127.0.0.1:{port}?tls=none") };
    first + &second.unwrap_or_default()
}
