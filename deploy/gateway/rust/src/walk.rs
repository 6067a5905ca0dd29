//! The whole reset against a standalone, step by step; it ends with a failure where the service answers otherwise.

use crate::client::{ResetClient, new_request_id};
use crate::refusal::{DeadLink, Refusal};
use anyhow::{Context as _, bail, ensure};
use clap::Parser;
use proto::v1::ClientInfo;
use serde_json::Value;
use std::ffi::OsString;
use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;
use std::time::Duration;

/// What nobody should choose.
const WEAK: &str = "password123";
/// What passes the policy.
const STRONG: &str = "correct horse battery staple";
/// How often is looked whether the event has come.
const PAUSE: Duration = Duration::from_millis(100);

/// Walks through a password reset as an app's gateway does.
#[derive(Debug, Parser)]
#[command(name = "gateway-example")]
struct Args {
    /// reset-api's gRPC listener
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50051")]
    grpc: String,
    /// The standalone's inbox
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8025")]
    inbox: String,
    /// The account's address
    #[arg(long, value_name = "ADDRESS", default_value = "ada@example.org")]
    email: String,
}

/// Runs the walk from its command line, the program's name included.
pub async fn main(command_line: impl IntoIterator<Item = OsString>) -> ExitCode {
    match walk(Args::parse_from(command_line)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn walk(Args { grpc, inbox, email }: Args) -> anyhow::Result<()> {
    let client = ResetClient::new(&grpc, "tapo")?;
    let inbox = Inbox { api: format!("http://{inbox}/api/v1"), http: reqwest::Client::new() };

    say("The rules, for the form")?;
    for rule in client.password_rules().await? {
        tell(&rule)?;
    }
    let before = inbox.newest().await?;
    ask(&client, &email).await?;

    say("The mail")?;
    let token = inbox.reset_token(&email, &before).await?;
    let link = client.inspect_link(&token).await?;
    tell(&format!("its link resets {} for the app {}", link.masked_email, link.app_id))?;

    complete(&client, &token).await?;
    log_in(&client, &inbox, &email).await
}

/// Asking, asking the same again, and asking too early.
async fn ask(client: &ResetClient, email: &str) -> anyhow::Result<()> {
    say("Asking for a link")?;
    let asker = ClientInfo { ip: "192.0.2.7".to_owned(), ..ClientInfo::default() };
    let request_id = new_request_id();
    let answer = client.request_reset(&request_id, email, &asker).await?;
    let wait = answer.resend_after.context("a time until the next request")?.seconds;
    tell(&format!("if there is an account, a mail is on its way; resend in {wait} s"))?;

    let again = client.request_reset(&request_id, email, &asker).await?;
    ensure!(again == answer, "the same request has another answer: {again:?}");
    tell("the same request_id once more: the same answer, and no second mail")?;

    match client.request_reset(&new_request_id(), email, &asker).await {
        Err(Refusal::Throttled(wait)) => {
            tell(&format!("another request at once: throttled, try again in {} s", wait.as_secs()))
        }
        answer => bail!("another request at once should be throttled: {answer:?}"),
    }
}

/// A password that is refused, one that is not, and a link that is used up.
async fn complete(client: &ResetClient, token: &str) -> anyhow::Result<()> {
    say("The new password")?;
    match client.complete_reset(token, WEAK).await {
        Err(Refusal::PasswordRejected(sentences)) => {
            tell(&format!("{WEAK:?} is refused: {}", sentences.join(" ")))?;
        }
        answer => bail!("a weak password should be refused: {answer:?}"),
    }
    let done = client.complete_reset(token, STRONG).await?;
    tell(&format!("{STRONG:?} is set; back to the app {}", done.app_id))?;
    match client.inspect_link(token).await {
        Err(Refusal::Link(DeadLink::Used)) => tell("the link is used up"),
        answer => bail!("the link should be used up: {answer:?}"),
    }
}

/// The new password holds, and sessions made with the old one end.
async fn log_in(client: &ResetClient, inbox: &Inbox, email: &str) -> anyhow::Result<()> {
    say("Logging in")?;
    match client.verify_password(email, WEAK).await {
        Err(Refusal::CredentialsRefused) => tell("with another password: refused")?,
        answer => bail!("another password should be refused: {answer:?}"),
    }
    let account = client.verify_password(email, STRONG).await?;
    tell(&format!("with the new one: account {}", account.account_id))?;

    say("PasswordChanged, for every gateway")?;
    inbox.told_of(&account.account_id, account.credentials_version).await?;
    tell(&format!("end the account's sessions of a version below {}", account.credentials_version))
}

/// The standalone's inbox, which stands for the owner's mailbox and for the broker.
struct Inbox {
    api: String,
    http: reqwest::Client,
}

impl Inbox {
    /// Where the inbox stands, for a query: what is waited for comes after it.
    async fn newest(&self) -> anyhow::Result<String> {
        let url = format!("{}/messages?limit=1", self.api);
        let list: Value = self.http.get(url).send().await?.error_for_status()?.json().await?;
        let id = list["messages"][0]["ID"].as_str();
        Ok(id.map(|id| format!("&after={id}")).unwrap_or_default())
    }

    /// The token of the next mail's link, once there is one.
    async fn reset_token(&self, email: &str, before: &str) -> anyhow::Result<String> {
        let url = format!("{}/wait?to={email}&timeout=10{before}", self.api);
        let answer = self.http.get(url).send().await?.error_for_status()?;
        ensure!(answer.status() == 200, "no mail has come to {email}");
        let mail: Value = answer.json().await?;
        let (_, rest) = mail["Text"].as_str().and_then(|text| text.split_once("/r/")).context("a link")?;
        Ok(rest.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// Waits until the event of this version is published.
    async fn told_of(&self, account_id: &str, version: u64) -> anyhow::Result<()> {
        for _ in 0..100 {
            let list: Value =
                self.http.get(format!("{}/account-events", self.api)).send().await?.json().await?;
            let events = list["events"].as_array().context("a list of events")?;
            if events
                .iter()
                .any(|event| event["AccountID"] == account_id && event["CredentialsVersion"] == version)
            {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("no event has come")
    }
}

fn say(step: &str) -> std::io::Result<()> {
    writeln!(stdout(), "\n{step}")
}

fn tell(what: &str) -> anyhow::Result<()> {
    Ok(writeln!(stdout(), "  {what}")?)
}
