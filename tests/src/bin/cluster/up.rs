//! Bringing the cluster up, telling where it is, and taking it down again.

use super::SERVICE;
use super::args::Args;
use super::status::Status;
use anyhow::Context as _;
use common::clock::SystemClock;
use common::process::stop_at_signals;
use common::shutdown::Shutdown;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tests::cluster::{Catcher, Cluster, Servers, Services, Setup, accounts};
use tests::process::Home;

/// Where everything is kept.
struct Folder {
    path: PathBuf,
    home: Home,
    /// Removed in the end, if it is not to be kept.
    _temporary: Option<TempDir>,
}

/// Runs the cluster until it is told to stop.
pub(crate) async fn up(args: Args) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    stop_at_signals(&shutdown)?;
    let folder = Folder::choose(args.keep.as_deref())?;
    say("starting Postgres, Redis and RabbitMQ …")?;
    let Some(servers) = shutdown.interrupts(Servers::start(&folder.home)).await else { return Ok(()) };
    let servers = servers?;
    let catcher = match args.smtp {
        Some(_) => None,
        None => {
            let kept = args.keep.is_some().then(|| folder.path.join("inbox"));
            Some(Catcher::start(&servers.urls(), Arc::new(SystemClock), kept.as_deref()).await?)
        }
    };
    let setup = setup(&args, &folder.path, &servers, catcher.as_ref())?;
    let Some(cluster) = shutdown.interrupts(start(setup, &folder.path, args.seed_accounts)).await else {
        return Ok(());
    };
    let cluster = cluster?;
    say(&announcement(&cluster, &servers, catcher.as_ref(), &folder.path, args.seed_accounts)?)?;
    Status::new(&servers, catcher.as_ref()).show(&cluster, &shutdown).await?;
    say("stopping: every copy finishes what it holds …")?;
    cluster.stop().await?;
    drop(servers);
    say(&args
        .keep
        .map_or("stopped".into(), |kept| format!("stopped; everything is kept in {}", kept.display())))
}

async fn start(setup: Setup, folder: &Path, count: u32) -> anyhow::Result<Cluster> {
    let cluster = Cluster::start(setup).await?;
    if count > 0 {
        say(&format!("importing {count} accounts …"))?;
        accounts::import(&cluster, folder, count).await?;
    }
    cluster.ready().await?;
    Ok(cluster)
}

fn setup(args: &Args, folder: &Path, servers: &Servers, catcher: Option<&Catcher>) -> anyhow::Result<Setup> {
    let smtp = args.smtp.clone().or_else(|| catcher.map(Catcher::smtp_url));
    Ok(Setup {
        services: Services { file: std::env::current_exe()?, before: vec![SERVICE.into()] },
        folder: folder.to_owned(),
        urls: servers.urls(),
        smtp: smtp.context("no relay host")?,
        api: args.api.into(),
        worker: args.worker.into(),
        clock: None,
        more: Vec::new(),
    })
}

fn announcement(
    cluster: &Cluster,
    servers: &Servers,
    catcher: Option<&Catcher>,
    folder: &Path,
    count: u32,
) -> anyhow::Result<String> {
    let mut text = "The cluster is up.\n\n".to_owned();
    for (number, copy) in cluster.apis.iter().enumerate() {
        let place = copy.place()?;
        let (grpc, pages) = (place.grpc.context("no gRPC")?, place.pages.context("no pages")?);
        writeln!(
            text,
            "  reset-api {number}    gRPC {grpc}   pages http://{pages}/   admin http://{}/ready",
            place.admin
        )?;
    }
    for (number, copy) in cluster.workers.iter().enumerate() {
        writeln!(text, "  mail-worker {number}  admin http://{}/ready", copy.place()?.admin)?;
    }
    if let Some(catcher) = catcher {
        writeln!(
            text,
            "  inbox          http://{}/   (mails sent to {} arrive there)",
            catcher.inbox().http(),
            catcher.smtp_url()
        )?;
    }
    let urls = servers.urls();
    writeln!(
        text,
        "  Postgres       {}\n  Redis          {}\n  RabbitMQ       {}",
        urls.postgres, urls.redis, urls.rabbitmq
    )?;
    writeln!(text, "  logs, keys     {}", folder.display())?;
    if let Some(last) = count.checked_sub(1) {
        writeln!(
            text,
            "  accounts       {} to {}, password: {}",
            accounts::address(0),
            accounts::address(last),
            accounts::PASSWORD
        )?;
    }
    write!(text, "\nStop with Ctrl-C.")?;
    Ok(text)
}

impl Folder {
    fn choose(keep: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(keep) = keep {
            std::fs::create_dir_all(keep)
                .with_context(|| format!("cannot keep data in {}", keep.display()))?;
            let path = keep.canonicalize()?;
            return Ok(Self { home: Home::Kept(path.clone()), path, _temporary: None });
        }
        let temporary = tempfile::Builder::new().prefix("cluster-").tempdir()?;
        Ok(Self { path: temporary.path().to_owned(), home: Home::Durable, _temporary: Some(temporary) })
    }
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
