//! axe-core on the page that is shown.

use super::Browser;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// As in `tests/run`, which installs it.
const VERSION: &str = "4.14.1";

/// What axe-core finds against a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// The first elements against it, and why.
    pub elements: String,
}

impl Browser {
    /// Puts axe-core into the page. It comes from DevTools, so that the page's content policy has no say in it.
    ///
    /// # Panics
    /// If axe-core is not installed.
    pub async fn install_axe(&self) {
        let file = axe_file();
        let source = fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}; tests/run installs axe-core", file.display()));
        self.devtools("Runtime.evaluate", json!({ "expression": source })).await;
    }

    /// Everything that axe-core finds, by WCAG 2.2 A and AA and by its best practices.
    ///
    /// # Panics
    /// If axe-core fails.
    pub async fn findings(&self) -> Vec<Finding> {
        let run = "axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
            .then((results) => results.violations.map((found) => [found.id,
                found.nodes.slice(0, 3).map((node) => node.html + ' ' + node.failureSummary).join('; ')]))";
        let asked = json!({ "expression": run, "awaitPromise": true, "returnByValue": true });
        let answer = self.devtools("Runtime.evaluate", asked).await;
        let found =
            answer["result"]["value"].as_array().unwrap_or_else(|| panic!("axe-core failed: {answer}"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        found.iter().map(|one| Finding { rule: text(&one[0]), elements: text(&one[1]) }).collect()
    }
}

fn axe_file() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    target.join(format!("tools/axe-core-{VERSION}/node_modules/axe-core/axe.min.js"))
}
