//! The settings of the copies: keys in files, everything else in the environment.

use super::{Role, Setup};
use crate::ports::free_port;
use common::entropy::OsEntropy;
use common::key_text;
use common::sealing::generate_key_pair;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Where the servers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// The database.
    pub postgres: String,
    /// The throttle's and dedup's server.
    pub redis: String,
    /// The broker.
    pub rabbitmq: String,
    /// What the names of queues begin with.
    pub prefix: String,
}

/// Where a copy listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Liveness and readiness.
    pub admin: SocketAddr,
    /// The gRPC services.
    pub grpc: Option<SocketAddr>,
    /// The pages.
    pub pages: Option<SocketAddr>,
}

/// What every copy of one cluster is given.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) logs: PathBuf,
    keys: Keys,
    urls: Urls,
    /// Where the first copy of reset-api serves the pages, and every link leads.
    pages: SocketAddr,
    smtp: String,
    more: Vec<(String, String)>,
}

/// The files with the keys.
#[derive(Debug)]
struct Keys {
    address: PathBuf,
    sealing: PathBuf,
    unsealing: PathBuf,
}

impl Settings {
    /// Makes the folder and the keys, where they are not there.
    pub(super) fn make(setup: &Setup) -> anyhow::Result<Self> {
        let logs = setup.folder.join("logs");
        fs::create_dir_all(&logs)?;
        let keys = Keys::make(&setup.folder.join("keys"))?;
        let (urls, smtp, more) = (setup.urls.clone(), setup.smtp.clone(), setup.more.clone());
        let pages = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        Ok(Self { logs, keys, urls, pages, smtp, more })
    }

    pub(super) fn relay_through(&mut self, smtp: String) {
        self.smtp = smtp;
    }

    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.logs.join(name)
    }

    /// The settings of one copy; the first has number 0.
    pub(super) fn environment(&self, role: Role, number: usize) -> Vec<(String, String)> {
        let (prefix, other, own) = match role {
            Role::Api => ("RESET_API", "MAIL_WORKER", self.of_api(number)),
            Role::Worker => ("MAIL_WORKER", "RESET_API", self.of_worker(number)),
        };
        let shared = [
            ("REDIS__URL", self.urls.redis.clone()),
            ("RABBITMQ__URL", self.urls.rabbitmq.clone()),
            ("RABBITMQ__PREFIX", self.urls.prefix.clone()),
            ("ADMIN__LISTEN", "127.0.0.1:0".to_owned()),
        ];
        let named = own.into_iter().chain(shared).map(|(key, value)| (format!("{prefix}__{key}"), value));
        let more = self.more.iter().filter(|(name, _)| !name.starts_with(other));
        named.chain(more.cloned()).collect()
    }

    fn of_api(&self, number: usize) -> Vec<(&'static str, String)> {
        let pages = if number == 0 { self.pages.to_string() } else { "127.0.0.1:0".to_owned() };
        vec![
            ("POSTGRES__URL", self.urls.postgres.clone()),
            ("KEYS__ADDRESS_FILE", text(&self.keys.address)),
            ("KEYS__SEALING_FILE", text(&self.keys.sealing)),
            ("WEB__LISTEN", pages),
            ("WEB__PUBLIC_URL", format!("http://{}", self.pages)),
            ("GRPC__LISTEN", "127.0.0.1:0".to_owned()),
            ("DRAIN__NOTICE_SECONDS", "0".to_owned()),
        ]
    }

    /// By its name in EHLO a relay host of ours knows which copy brings a mail.
    fn of_worker(&self, number: usize) -> Vec<(&'static str, String)> {
        vec![
            ("SMTP__URL", self.smtp.clone()),
            ("SMTP__EHLO_NAME", worker_name(number)),
            ("KEYS__UNSEALING_FILE", text(&self.keys.unsealing)),
        ]
    }
}

/// What a copy of mail-worker calls itself when it talks to a relay host.
#[must_use]
pub fn worker_name(number: usize) -> String {
    format!("worker-{number}.example")
}

impl Keys {
    fn make(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = |name: &str| folder.join(name);
        let keys = Self { address: file("address"), sealing: file("sealing"), unsealing: file("unsealing") };
        if !keys.sealing.exists() {
            let (private, public) = generate_key_pair(&OsEntropy);
            let (address, _) = generate_key_pair(&OsEntropy);
            write_private(&keys.address, &key_text::format(1, &address))?;
            write_private(&keys.unsealing, &key_text::format(1, &private))?;
            write_private(&keys.sealing, &key_text::format(1, &public))?;
        }
        Ok(keys)
    }
}

fn write_private(path: &Path, content: &str) -> anyhow::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    Ok(file.write_all(content.as_bytes())?)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
