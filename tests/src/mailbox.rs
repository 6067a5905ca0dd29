//! An inbox as its readers see it: mails, links, and the account events beside them.

use crate::eventually::eventually;
use anyhow::Context as _;
use serde_json::Value;
use std::net::SocketAddr;

/// How many mails a test looks through at most.
const MOST: u32 = 500;

/// The client of an inbox's HTTP API.
#[derive(Debug, Clone)]
pub struct Mailbox {
    base: String,
    client: reqwest::Client,
}

/// A mail, as far as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The first recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The Message-ID header, without angle brackets.
    pub message_id: String,
    /// The text part.
    pub text: String,
}

/// A mail in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id in the inbox.
    pub id: String,
    /// The first recipient's address.
    pub to: String,
    /// The Message-ID header, without angle brackets.
    pub message_id: String,
}

impl Mailbox {
    /// The inbox whose HTTP listener is there.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn at(address: SocketAddr) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { base: format!("http://{address}/api/v1"), client })
    }

    /// Every mail, oldest first.
    ///
    /// # Errors
    /// If the inbox does not answer.
    pub async fn mails(&self) -> anyhow::Result<Vec<Mail>> {
        let list = self.get(&format!("messages?limit={MOST}")).await?;
        let listed = list["messages"].as_array().context("no list of messages")?;
        let mut mails = Vec::new();
        for one in listed.iter().rev() {
            let id = one["ID"].as_str().context("a mail without an id")?;
            mails.push(Mail::read(&self.get(&format!("message/{id}")).await?));
        }
        Ok(mails)
    }

    /// The list of all mails, oldest first, a page at a time.
    ///
    /// # Errors
    /// If the inbox does not answer.
    pub async fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let mut listed = Vec::new();
        loop {
            let page = self.get(&format!("messages?limit={MOST}&start={}", listed.len())).await?;
            let page = page["messages"].as_array().context("no list of messages")?;
            if page.is_empty() {
                listed.reverse();
                return Ok(listed);
            }
            listed.extend(page.iter().map(Listed::read));
        }
    }

    /// A mail of the list.
    ///
    /// # Errors
    /// If the inbox does not answer.
    pub async fn read(&self, id: &str) -> anyhow::Result<Mail> {
        Ok(Mail::read(&self.get(&format!("message/{id}")).await?))
    }

    /// How many mails there are.
    ///
    /// # Errors
    /// If the inbox does not answer.
    pub async fn count(&self) -> anyhow::Result<u64> {
        self.get("messages?limit=1").await?["total"].as_u64().context("no number of messages")
    }

    /// Every mail to an address, oldest first.
    ///
    /// # Errors
    /// If the inbox does not answer.
    pub async fn mails_to(&self, address: &str) -> anyhow::Result<Vec<Mail>> {
        let mails = self.mails().await?;
        Ok(mails.into_iter().filter(|mail| mail.to == address).collect())
    }

    /// Waits until there are so many mails to an address, and returns all of them, oldest first.
    ///
    /// # Errors
    /// If there are not in time.
    pub async fn has_mails_to(&self, address: &str, count: usize) -> anyhow::Result<Vec<Mail>> {
        eventually(&format!("{count} mails to {address}"), async || {
            let mails = self.mails_to(address).await?;
            Ok((mails.len() >= count).then_some(mails))
        })
        .await
    }

    /// The account events beside the mails, newest first.
    ///
    /// # Errors
    /// If the inbox does not answer.
    pub async fn account_events(&self) -> anyhow::Result<Vec<Value>> {
        let list = self.get("account-events?limit=1000").await?;
        Ok(list["events"].as_array().context("no list of events")?.clone())
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.client.get(format!("{}/{path}", self.base)).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

impl Listed {
    fn read(message: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            id: text(&message["ID"]),
            to: text(&message["To"][0]["Address"]),
            message_id: text(&message["MessageID"]),
        }
    }
}

impl Mail {
    fn read(message: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            to: text(&message["To"][0]["Address"]),
            subject: text(&message["Subject"]),
            message_id: text(&message["MessageID"]),
            text: text(&message["Text"]),
        }
    }

    /// The token of the button that leads to a new password.
    #[must_use]
    pub fn reset_token(&self) -> Option<&str> {
        self.last_part_after("/r/")
    }

    /// The token of "this was not me".
    #[must_use]
    pub fn revoke_token(&self) -> Option<&str> {
        self.last_part_after("/revoke/")
    }

    fn last_part_after(&self, path: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(path)?;
        rest.split_whitespace().next()
    }
}
