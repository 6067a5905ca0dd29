//! `dead-letters list | show | redrive | drop`, as an operator uses them.

mod journey;
mod poison;
mod standalone;
mod strange;

use common::entropy::OsEntropy;
use common::key_text;
use common::sealing::generate_key_pair;
use serde_json::Value;
use sqlx::Connection as _;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::sync::{Arc, Mutex};
use tests::cluster::{Answer, Catcher, Cluster, Role, Servers, Services, Setup};
use tests::eventually::eventually;
use tests::file_clock::FileClock;
use tests::folder::Folder;
use tests::gateway::Gateway;
use tests::mailbox::Mailbox;
use tests::process::Home;

const SERVICE: &str = env!("CARGO_BIN_EXE_service_under_test");
const PASSWORD: &str = "seven quiet herons wade";
/// What is said whenever mails are redriven.
const WHO_SENDS: &str =
    "reset-api sends a redriven mail only while its link can still live; of each, the audit trail says
whether it did, and `reset-api explain ADDRESS` what became of it
";

/// A cluster of one copy each, and an operator.
struct World {
    servers: Servers,
    clock: Arc<FileClock>,
    catcher: Catcher,
    folder: Folder,
    cluster: Cluster,
    gateway: Gateway,
}

impl World {
    async fn start() -> Self {
        let servers = Servers::start(&Home::Passing).await.unwrap();
        let folder = Folder::new().unwrap();
        let file = folder.path().join("clock");
        let clock = Arc::new(FileClock::open(&file).unwrap());
        let catcher = Catcher::start(&servers.urls(), clock.clone(), None).await.unwrap();
        let setup = Setup {
            services: Services { file: SERVICE.into(), before: Vec::new() },
            folder: folder.path().to_owned(),
            urls: servers.urls(),
            smtp: catcher.smtp_url(),
            api: 1,
            worker: 1,
            clock: Some(file),
            more: Vec::new(),
        };
        let cluster = Cluster::start(setup).await.unwrap();
        cluster.ready().await.unwrap();
        let gateway = Gateway::calling(cluster.grpc().unwrap()[0]).unwrap();
        Self { servers, clock, catcher, folder, cluster, gateway }
    }

    fn mailbox(&self) -> &Mailbox {
        self.catcher.inbox().mailbox()
    }

    async fn asks(&self, email: &str) {
        self.gateway.create_account(email, PASSWORD).await.unwrap();
        self.gateway.request_reset(email).await.unwrap();
    }

    /// Gives the worker another private key under the same id. Gives the one it had.
    async fn change_key(&mut self, key: Option<String>) -> String {
        self.cluster.workers[0].stop().await.unwrap();
        self.start_worker_with(key).await
    }

    /// The same for a worker that is stopped.
    async fn start_worker_with(&mut self, key: Option<String>) -> String {
        let file = self.folder.path().join("keys/unsealing");
        let before = fs::read_to_string(&file).unwrap();
        let other = || key_text::format(1, &generate_key_pair(&OsEntropy).0).to_string();
        fs::write(&file, key.unwrap_or_else(other)).unwrap();
        self.cluster.workers[0].restart().await.unwrap();
        self.cluster.ready().await.unwrap();
        before
    }

    /// The exit code and what was printed.
    async fn operator(&self, arguments: &[&str]) -> (i32, String) {
        let Answer { status, out, log } = self.dead_letters(&[], arguments).await;
        (status.code().unwrap_or_else(|| panic!("{status}: {log}")), out)
    }

    async fn dead_letters(&self, ours: &[&str], arguments: &[&str]) -> Answer {
        let arguments: Vec<_> = ["dead-letters"].iter().chain(arguments).copied().collect();
        self.cluster.ask(Role::Worker, ours, &arguments).await.unwrap()
    }

    async fn letters(&self) -> Vec<Value> {
        let (code, out) = self.operator(&["list", "--json"]).await;
        assert_eq!(code, 0);
        serde_json::from_str::<Value>(&out).unwrap()["letters"].as_array().unwrap().clone()
    }

    async fn has_letters(&self, count: usize) -> Vec<Value> {
        let last = Mutex::new(Vec::new());
        let wanted = format!("{count} dead letters");
        let has = eventually(&wanted, async || {
            let letters = self.letters().await;
            last.lock().unwrap().clone_from(&letters);
            Ok((letters.len() == count).then_some(letters))
        });
        has.await.unwrap_or_else(|error| panic!("{error}: {:#?}", last.lock().unwrap()))
    }

    async fn explain(&self, email: &str) -> String {
        self.cluster.ask(Role::Api, &[], &["explain", email]).await.unwrap().out
    }

    async fn texts(&self, query: &'static str) -> Vec<String> {
        let mut database = sqlx::PgConnection::connect(&self.servers.urls().postgres).await.unwrap();
        sqlx::query_scalar(query).fetch_all(&mut database).await.unwrap()
    }
}

/// Whether it ended as if by kill -9.
fn has_aborted(answer: &Answer) -> bool {
    answer.status.signal() == Some(nix::sys::signal::Signal::SIGABRT as i32)
}
