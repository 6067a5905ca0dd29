//! What the browser noted: requests it sent, and complaints about a page.

use super::Browser;
use serde_json::{Value, json};

impl Browser {
    /// Every request since the last call.
    pub async fn requests(&self) -> Vec<String> {
        let noted = self.log("performance").await;
        let messages = noted.iter().filter_map(|entry| entry["message"].as_str());
        messages
            .filter_map(|message| serde_json::from_str::<Value>(message).ok())
            .filter(|message| message["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|message| message["message"]["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }

    /// What the console says since the last call, violations of the content policy among it. That a page has a status
    /// such as 422 is meant to be so, and is left out.
    pub async fn complaints(&self) -> Vec<String> {
        let noted = self.log("browser").await;
        let said = noted.iter().filter_map(|entry| entry["message"].as_str());
        said.filter(|text| !text.contains("the server responded with a status of"))
            .map(str::to_owned)
            .collect()
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        self.session.post("se/log", json!({ "type": kind })).await.as_array().cloned().unwrap_or_default()
    }
}
