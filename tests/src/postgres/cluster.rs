//! A cluster in a folder, and the command that serves it.

use super::SUPERUSER;
use anyhow::{Context as _, bail};
use nix::unistd::{Uid, User};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The system account that Postgres runs as when the tests run as root, which it refuses.
const UNPRIVILEGED: &str = "postgres";

/// Files that need not survive a power cut, only kill -9, are not synced.
const UNSYNCED: [&str; 2] = ["fsync=off", "full_page_writes=off"];
/// Settings of every server. Shared memory is in files of the cluster, so that it goes with the folder even after a
/// crash.
const SETTINGS: [&str; 6] = [
    "dynamic_shared_memory_type=mmap",
    "max_connections=400",
    "shared_buffers=64MB",
    "max_wal_size=512MB",
    "listen_addresses=127.0.0.1",
    "log_min_messages=warning",
];

/// A killed server leaves its lock file, whose seventh line names a segment of System V shared memory by key and id.
pub(super) const REMOVE_SEGMENT: &str = "set -- $(sed -n 7p data/postmaster.pid) && ipcrm -m \"$2\"";

/// The folder of the newest Postgres programs: Debian's, or that of the `postgres` on the path.
pub(super) fn programs() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.map(|version| version.path().join("bin"));
    let on_path = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let complete = |folder: &PathBuf| folder.join("postgres").exists() && folder.join("initdb").exists();
    let newest = installed.filter(complete).max_by_key(|folder| version_of(folder));
    newest
        .or_else(|| on_path.into_iter().find(complete))
        .context("no Postgres found: install the package postgresql")
}

fn version_of(programs: &Path) -> Option<u32> {
    programs.parent()?.file_name()?.to_str()?.parse().ok()
}

/// Lets the server's account use the folder.
fn give_away(folder: &Path) -> anyhow::Result<()> {
    if Uid::effective().is_root() {
        let user = User::from_name(UNPRIVILEGED)?.context("there is no system account `postgres`")?;
        std::os::unix::fs::chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
    }
    Ok(())
}

/// What to put before a command so that it does not run as root.
fn unprivileged() -> Vec<String> {
    if !Uid::effective().is_root() {
        return vec![];
    }
    let words = ["setpriv", "--reuid", UNPRIVILEGED, "--regid", UNPRIVILEGED, "--init-groups"];
    words.map(str::to_owned).into()
}

/// Makes an empty cluster in the folder `data` of `folder`, which the server's account may use from now on.
pub(super) fn make(programs: &Path, folder: &Path) -> anyhow::Result<()> {
    give_away(folder)?;
    let mut command = unprivileged();
    command.push(path(&programs.join("initdb")));
    command.extend(["--no-sync", "-N", "-A", "trust", "--no-locale", "-E", "UTF8"].map(str::to_owned));
    command.extend(["-U".to_owned(), SUPERUSER.to_owned(), "-D".to_owned(), path(&folder.join("data"))]);
    let output = Command::new(&command[0])
        .args(&command[1..])
        // Its account may not be allowed into ours.
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .context("could not start initdb")?;
    if !output.status.success() {
        bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The program and the arguments that serve the cluster.
pub(super) fn server_command(programs: &Path, folder: &Path, port: u16, synced: bool) -> Vec<String> {
    let mut command = unprivileged();
    command.push(path(&programs.join("postgres")));
    command.extend(["-D".to_owned(), path(&folder.join("data"))]);
    command.extend(["-p".to_owned(), port.to_string(), "-k".to_owned(), path(folder)]);
    let unsynced = if synced { &[][..] } else { &UNSYNCED[..] };
    for setting in SETTINGS.iter().chain(unsynced) {
        command.extend(["-c".to_owned(), (*setting).to_owned()]);
    }
    command
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
