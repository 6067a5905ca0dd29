//! The mailboxes of everybody, through the inbox's HTTP API.

use super::{DEADLINE, Mail, World};
use reqwest::StatusCode;
use serde_json::Value;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Mutex;
use tokio::time::Instant;

/// More mails than any test causes.
const ALL: &str = "/api/v1/messages?limit=2000";
/// How long one request may wait for a mail, in seconds: less than the deadline, so that it answers before.
const PATIENCE: u64 = 10;

/// A client of the inbox that remembers what it has read.
pub(super) struct InboxClient {
    http: reqwest::Client,
    address: SocketAddr,
    read: Mutex<HashSet<String>>,
}

/// A mail in the list: its id, and whom it went to.
struct Listed {
    id: String,
    to: Vec<String>,
}

impl World {
    /// The first mail to this address that no call has returned yet; waits until there is one.
    ///
    /// # Panics
    /// If none comes.
    pub async fn mail_to(&self, email: &str) -> Mail {
        self.inbox.next_to(email).await
    }

    /// How many mails to this address there are, returned or not.
    pub async fn mails_to(&self, email: &str) -> usize {
        self.inbox.list().await.iter().filter(|mail| mail.is_to(email)).count()
    }

    /// How many mails to this address there are once everything asked before has led to its mail.
    pub async fn mails_to_in_the_end(&self, email: &str) -> usize {
        self.settle().await;
        self.mails_to(email).await
    }

    /// Something of the inbox's HTTP API.
    pub(super) async fn inbox_json(&self, path: &str) -> Value {
        self.inbox.json(path).await.expect("the inbox answers")
    }
}

impl InboxClient {
    pub(super) fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
        Self { http, address, read: Mutex::default() }
    }

    async fn next_to(&self, email: &str) -> Mail {
        let deadline = Instant::now() + DEADLINE;
        loop {
            // Newest first, as the inbox lists them; the oldest that was not read is the next.
            let mails = self.list().await;
            let unread = mails.iter().rev().find(|mail| mail.is_to(email) && self.is_unread(&mail.id));
            if let Some(mail) = unread {
                self.read.lock().unwrap().insert(mail.id.clone());
                let content = self.json(&format!("/api/v1/message/{}", mail.id)).await;
                return Mail::read(&content.expect("a mail that is listed is there"));
            }
            assert!(Instant::now() < deadline, "no mail to {email} came in time");
            let after = mails.first().map(|newest| format!("&after={}", newest.id)).unwrap_or_default();
            self.json(&format!("/api/v1/wait?to={email}&timeout={PATIENCE}{after}")).await;
        }
    }

    fn is_unread(&self, id: &str) -> bool {
        !self.read.lock().unwrap().contains(id)
    }

    async fn list(&self) -> Vec<Listed> {
        let list = self.json(ALL).await.expect("there is a list");
        list["messages"].as_array().expect("a list of mails").iter().map(Listed::read).collect()
    }

    /// The answer, or none if it is 204.
    async fn json(&self, path: &str) -> Option<Value> {
        let answer = self.http.get(format!("http://{}{path}", self.address)).send().await.unwrap();
        if answer.status() == StatusCode::NO_CONTENT {
            return None;
        }
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        Some(answer.json().await.unwrap())
    }
}

impl Listed {
    fn read(mail: &Value) -> Self {
        let to = mail["To"].as_array().expect("recipients").iter();
        let to = to.filter_map(|mailbox| mailbox["Address"].as_str()).map(str::to_owned).collect();
        Self { id: mail["ID"].as_str().expect("an id").to_owned(), to }
    }

    fn is_to(&self, email: &str) -> bool {
        self.to.iter().any(|to| to == email)
    }
}
