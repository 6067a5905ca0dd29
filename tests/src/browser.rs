//! A real browser, Chromium without a window, and the verbs of whoever sits in front of it.
//!
//! WebDriver is JSON over HTTP, so the tests' own HTTP client is all it takes. What WebDriver has no word for (no
//! script, dark mode, a narrow window) goes through chromedriver to DevTools. Each browser is a process with a profile of its own.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, and only tests call these verbs"
)]

mod axe;
mod chromium;
mod driver;
mod keys;
mod logs;
mod looks;

pub use self::axe::Finding;
pub use self::keys::Key;
pub use self::looks::Look;

use self::chromium::Chromium;
use self::driver::Session;
use crate::eventually::eventually;
use serde_json::{Value, json};

/// What WebDriver calls an element's id in its answers (W3C WebDriver §12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser, with one tab that shows nothing yet.
#[derive(Debug)]
pub struct Browser {
    session: Session,
    /// Ends with the browser.
    _chromium: Chromium,
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    /// If Chromium or its driver does not start; the text says why.
    pub async fn start() -> Self {
        let chromium = Chromium::start().await.expect("Chromium starts");
        let session = Session::start(&chromium).await.expect("chromedriver attaches");
        Self { session, _chromium: chromium }
    }

    /// Starts one that runs no script of any page.
    pub async fn without_script() -> Self {
        let browser = Self::start().await;
        browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        browser
    }

    /// Opens an address and waits until all of it is there.
    pub async fn open(&self, url: &str) {
        self.session.post("url", json!({ "url": url })).await;
    }

    /// Presses *back*.
    pub async fn back(&self) {
        self.session.post("back", json!({})).await;
    }

    /// Opens another tab and turns to it; its name, to come back to it.
    pub async fn new_tab(&self) -> String {
        let tab = self.session.post("window/new", json!({ "type": "tab" })).await;
        let tab = tab["handle"].as_str().expect("a tab has a name").to_owned();
        self.turn_to(&tab).await;
        tab
    }

    /// The name of the tab in front.
    pub async fn tab(&self) -> String {
        self.session.get("window").await.as_str().expect("a tab is open").to_owned()
    }

    /// Turns to a tab.
    pub async fn turn_to(&self, tab: &str) {
        self.session.post("window", json!({ "handle": tab })).await;
    }

    /// What stands in the address bar.
    pub async fn address(&self) -> String {
        self.session.get("url").await.as_str().expect("an address").to_owned()
    }

    /// Waits until the document has this title.
    pub async fn is_titled(&self, title: &str) {
        self.becomes("return document.title", title).await;
    }

    /// The value of a JavaScript function's body, which runs although the page itself may run none.
    pub async fn look(&self, script: &str) -> Value {
        self.session.post("execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// The same for a text.
    pub async fn read(&self, script: &str) -> String {
        self.look(script).await.as_str().unwrap_or_default().to_owned()
    }

    /// The words that an element shows.
    pub async fn text(&self, selector: &str) -> String {
        let element = self.element(selector).await;
        self.session.get(&format!("element/{element}/text")).await.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks in the middle of an element, as a mouse does; what covers it gets the click.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.session.post(&format!("element/{element}/click"), json!({})).await;
    }

    /// Types into a field.
    pub async fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        self.session.post(&format!("element/{element}/clear"), json!({})).await;
        self.session.post(&format!("element/{element}/value"), json!({ "text": text })).await;
    }

    /// Waits for the page with that heading.
    ///
    /// # Panics
    /// If it does not come; the text says what is there instead.
    pub async fn shows(&self, heading: &str) {
        self.becomes("return document.querySelector('h1')?.textContent", heading).await;
    }

    /// Waits until a script's value is that text.
    ///
    /// # Panics
    /// If it never is; the text says what it was last.
    pub async fn becomes(&self, script: &str, expected: &str) {
        let mut last = String::new();
        let seen = eventually(expected, async || {
            last = self.read(script).await;
            Ok((last == expected).then_some(()))
        });
        assert!(seen.await.is_ok(), "{script}: {last:?} instead of {expected:?} at {}", self.address().await);
    }

    /// A command to DevTools.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.session.post("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    async fn element(&self, selector: &str) -> String {
        let found = self.session.post("element", json!({ "using": "css selector", "value": selector })).await;
        found[ELEMENT].as_str().expect("an element").to_owned()
    }
}
