//! The browser's process: on a profile that goes with it, and with no way to any other machine.

use crate::eventually::eventually;
use crate::process::{Home, Supervised};
use anyhow::Context as _;
use std::fs;
use std::path::Path;

/// As root there is no sandbox to be had; what the pages show is ours. The rest keeps the browser from asking its maker for anything: no
/// name is resolved, and only loopback has no name.
const ARGUMENTS: [&str; 15] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--lang=en-US",
    "--window-size=1280,900",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// Its other processes outlive it for a moment, in which they still write to the profile. All of them name it.
const UNTIL_ALL_ARE_GONE: &str = r#"
tries=0
while [ $tries -lt 80 ] && echo "$PWD/profile" | grep -qsF -f - /proc/[0-9]*/cmdline; do
  sleep 0.05
  tries=$((tries + 1))
done"#;

/// A running Chromium.
#[derive(Debug)]
pub(super) struct Chromium {
    debugger: String,
    _process: Supervised,
}

impl Chromium {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let mut process = Supervised::prepare(&Home::Passing, "TERM", UNTIL_ALL_ARE_GONE)?;
        let profile = process.folder().join("profile");
        let mut command = in_folder(process.folder(), "chromium");
        command.extend(ARGUMENTS.map(str::to_owned));
        command.push(format!("--user-data-dir={}", profile.display()));
        command.push("about:blank".to_owned());
        process.start(&command)?;
        // It writes the port it was given there, and then the path of its socket.
        let port = eventually("Chromium listens", async || {
            let written = fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
            Ok(written.split_once('\n').map(|(port, _)| port.to_owned()))
        });
        let port = port.await.with_context(|| process.end_of_log())?;
        Ok(Self { debugger: format!("127.0.0.1:{port}"), _process: process })
    }

    /// Where DevTools is reached.
    pub(super) fn debugger(&self) -> &str {
        &self.debugger
    }
}

/// A program that keeps everything it writes in that folder.
pub(super) fn in_folder(folder: &Path, program: &str) -> Vec<String> {
    let home = folder.display();
    let mut command = vec!["env".to_owned()];
    command
        .extend(["TMPDIR", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"].map(|name| format!("{name}={home}")));
    command.push(program.to_owned());
    command
}
