//! The inbox of the standalone, as a mail client and a gateway developer see it.

// Says to clippy that helpers are tests, too.
mod account_events;
mod api;
mod durability;
mod page;
mod smtp;
mod wait;

use async_trait::async_trait;
use common::clock::SystemClock;
use common::entropy::OsEntropy;
use common::shutdown::Shutdown;
use serde_json::Value;
use standalone::inbox::{self, AccountEvent, AccountEvents, AccountEventsUnavailable, Inbox, Limits};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tests::folder::Folder;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Nothing here takes this long; whatever does has hung.
const DEADLINE: Duration = Duration::from_secs(20);

/// A running inbox.
struct World {
    smtp: SocketAddr,
    http: SocketAddr,
    shutdown: Shutdown,
    servers: Vec<JoinHandle<()>>,
    client: reqwest::Client,
    /// Goes with the world.
    folder: Option<Folder>,
}

/// The account events of a queue that keeps these.
struct Kept(Vec<AccountEvent>);

#[async_trait]
impl AccountEvents for Kept {
    async fn newest(&self, limit: u32) -> Result<Vec<AccountEvent>, AccountEventsUnavailable> {
        Ok(self.0.iter().take(limit as usize).cloned().collect())
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

async fn open(folder: &Path, limits: Limits) -> Inbox {
    let path = folder.join("inbox.db");
    Inbox::open_with(&path, limits, Arc::new(SystemClock), Arc::new(OsEntropy)).await.unwrap()
}

impl World {
    async fn start() -> Self {
        Self::start_with(Limits::default(), Vec::new()).await
    }

    async fn start_with(limits: Limits, events: Vec<AccountEvent>) -> Self {
        let folder = Folder::new().unwrap();
        let world = Self::start_in(folder.path(), limits, events).await;
        Self { folder: Some(folder), ..world }
    }

    /// In a folder that outlives the world.
    async fn start_in(folder: &Path, limits: Limits, events: Vec<AccountEvent>) -> Self {
        let inbox = open(folder, limits).await;
        let shutdown = Shutdown::new();
        let (smtp, http) = (inbox::bind(loopback()).await.unwrap(), inbox::bind(loopback()).await.unwrap());
        let addresses = (smtp.local_addr().unwrap(), http.local_addr().unwrap());
        let servers = vec![
            tokio::spawn(inbox.serve_smtp(smtp, shutdown.clone()).unwrap()),
            tokio::spawn(inbox.serve_http(http, Arc::new(Kept(events)), shutdown.clone()).unwrap()),
        ];
        let client = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
        Self { smtp: addresses.0, http: addresses.1, shutdown, servers, client, folder: None }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn delete(&self, path: &str, body: &'static str) -> reqwest::Response {
        self.client.delete(self.url(path)).body(body).send().await.unwrap()
    }

    /// Sends a mail and returns its id.
    async fn mail(&self, to: &str, raw: &str) -> String {
        let mut client = Smtp::greeted(self.smtp).await;
        client.send(&[to], raw).await;
        self.json("/api/v1/messages?limit=1").await["messages"][0]["ID"].as_str().unwrap().to_owned()
    }

    /// The subjects of a list or a search, newest first.
    async fn subjects(&self, path: &str) -> Vec<String> {
        let list = self.json(path).await;
        let mails = list["messages"].as_array().unwrap();
        mails.iter().map(|mail| mail["Subject"].as_str().unwrap().to_owned()).collect()
    }

    /// Stops the servers, which must drain by themselves.
    async fn stop(self) {
        self.shutdown.begin();
        for server in self.servers {
            timeout(DEADLINE, server).await.expect("the server drains").unwrap();
        }
        drop(self.folder);
    }
}

/// An SMTP client that says exactly what it is told to.
struct Smtp {
    stream: BufReader<TcpStream>,
}

impl Smtp {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Connected, greeted and greeting.
    async fn greeted(address: SocketAddr) -> Self {
        let mut client = Self::connect(address).await;
        assert!(client.reply().await.starts_with("220 "));
        assert!(client.ask("EHLO client.example").await.starts_with("250-"));
        client
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next reply, all its lines.
    async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            let read = timeout(DEADLINE, self.stream.read_line(&mut line));
            assert_ne!(read.await.expect("a reply comes").unwrap(), 0, "the server hung up after {reply:?}");
            reply.push_str(&line);
            if line.as_bytes().get(3) == Some(&b' ') {
                return reply;
            }
        }
    }

    async fn ask(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }

    /// Asks, and wants this code.
    async fn must(&mut self, code: &str, line: &str) {
        let reply = self.ask(line).await;
        assert!(reply.starts_with(code), "{line:?} was answered {reply:?}, not {code}");
    }

    /// Sends a whole mail; `raw` is dot-stuffed and its lines end with CRLF already.
    async fn send(&mut self, to: &[&str], raw: &str) {
        self.must("250 2.1.0", "MAIL FROM:<sender@example.org>").await;
        for to in to {
            self.must("250 2.1.5", &format!("RCPT TO:<{to}>")).await;
        }
        self.must("354 ", "DATA").await;
        self.must("250 2.0.0", &format!("{raw}\r\n.")).await;
    }

    async fn is_hung_up(&mut self) -> bool {
        let mut rest = Vec::new();
        timeout(DEADLINE, self.stream.read_to_end(&mut rest)).await.expect("the server hangs up").is_ok()
            && rest.is_empty()
    }
}
