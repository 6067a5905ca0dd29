//! chromedriver, one for all browsers of the tests, and a session of it for each.

use super::chromium::{Chromium, in_folder};
use crate::eventually::eventually;
use crate::process::{Home, Supervised};
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use std::fs;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::OnceCell;

/// Nothing here takes this long, not even a page on a busy machine; whatever does has hung.
const DEADLINE: Duration = Duration::from_secs(60);

/// Ends with the process of the tests.
#[derive(Debug)]
struct Driver {
    base: String,
    _process: Mutex<Supervised>,
}

static SHARED: OnceCell<Driver> = OnceCell::const_new();

/// Commands to one browser.
#[derive(Debug)]
pub(super) struct Session {
    base: String,
    client: reqwest::Client,
}

impl Driver {
    async fn start() -> anyhow::Result<Self> {
        let mut process = Supervised::prepare(&Home::Passing, "TERM", "true")?;
        let mut command = in_folder(process.folder(), "chromedriver");
        command.push("--port=0".to_owned());
        process.start(&command)?;
        let log = process.folder().join("log");
        let port = eventually("chromedriver listens", async || {
            let log = fs::read_to_string(&log).unwrap_or_default();
            let port = log.split_once("successfully on port ").and_then(|(_, rest)| rest.split_once('.'));
            Ok(port.map(|(port, _)| port.to_owned()))
        });
        let port = port.await.with_context(|| process.end_of_log())?;
        Ok(Self { base: format!("http://127.0.0.1:{port}"), _process: Mutex::new(process) })
    }
}

impl Session {
    /// Attaches to a browser.
    pub(super) async fn start(chromium: &Chromium) -> anyhow::Result<Self> {
        let driver = SHARED.get_or_try_init(Driver::start).await?;
        let client = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build()?;
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "debuggerAddress": chromium.debugger() },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let base = format!("{}/session", driver.base);
        let answer = value(client.post(&base).json(&wanted)).await?;
        let id = answer["sessionId"].as_str().context("no session")?;
        Ok(Self { base: format!("{base}/{id}"), client })
    }

    /// # Panics
    /// If the command fails.
    pub(super) async fn post(&self, command: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}/{command}", self.base)).json(&body);
        value(request).await.unwrap_or_else(|error| panic!("{command} {body}: {error:#}"))
    }

    /// # Panics
    /// If the command fails.
    pub(super) async fn get(&self, what: &str) -> Value {
        let request = self.client.get(format!("{}/{what}", self.base));
        value(request).await.unwrap_or_else(|error| panic!("{what}: {error:#}"))
    }
}

async fn value(request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
    let answer = request.send().await?;
    let fine = answer.status().is_success();
    let mut body: Value = answer.json().await?;
    ensure!(fine, "{}: {}", body["value"]["error"], body["value"]["message"]);
    Ok(body["value"].take())
}
