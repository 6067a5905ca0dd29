//! Server processes that cannot outlive the tests.
//!
//! A small shell is the parent of the server. It obeys lines on a pipe whose other end only the test process holds:
//! when that process ends, be it by kill -9, the pipe closes, and the shell ends the server and removes its folder.

use anyhow::{Context as _, bail};
use nix::sys::statvfs::statvfs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// `$1`: the name of the signal that ends the server; `$2`: where its folder is made; `$3`: what to run in the folder
/// when the server is gone; `$4`: the folder that is kept, or nothing if it is to be made, and removed in the end. The signal is sent again and again, since a program that is only starting ignores it, and after ten seconds KILL is. The folder is removed in
/// several tries, because a program that is still preparing it may add files meanwhile. `tests/run` gives its folders
/// the run's own name, to know them among those of others.
const SUPERVISOR: &str = r#"
if [ -n "$4" ]; then
  folder=$4 && mkdir -p "$folder" || exit 1
else
  folder=$(mktemp -d "$2/reset-tests.${RESET_TESTS_RUN:+$RESET_TESTS_RUN.}XXXXXX") || exit 1
fi
echo "$folder"
pid=
end() {
  tries=0
  while [ -n "$pid" ] && read -r _ _ state _ <"/proc/$pid/stat" && [ "$state" != Z ]; do
    if [ $tries -lt 200 ]; then kill -s "$1" "$pid"; else kill -s KILL "$pid"; fi
    sleep 0.05
    tries=$((tries + 1))
  done
  if [ -n "$pid" ]; then wait "$pid"; pid=; fi
}
while read -r verb rest; do
  case $verb in
    start) sh -c "exec $rest" </dev/null >>"$folder/log" 2>&1 & pid=$!; echo "$pid" ;;
    end) end "$rest"; echo ended ;;
  esac
done
end "$1"
(cd "$folder" && eval "$3")
[ -z "$4" ] || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do rm -rf "$folder" && break; sleep 0.2; done
"#;

/// Less free memory than this is left to others.
const ROOM: u64 = 4 << 30;

/// Where servers of tests keep their files: in memory, where there is room, since making the hundreds of files of a
/// database takes ten times as long on a disk. What was written there survives kill -9 as it does on a disk.
fn fast_storage() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let free = statvfs(memory).map_or(0, |room| room.blocks_available() * room.fragment_size());
    if free > ROOM { memory.to_owned() } else { std::env::temp_dir() }
}

/// Where a server of tests keeps its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// In memory where there is room, and removed with the server: for tests.
    Passing,
    /// On a disk, synced as in production, and removed with the server: for figures.
    Durable,
    /// The same, in a folder that is kept, and found again by the next server there.
    Kept(PathBuf),
}

impl Home {
    /// A home of one's own in this one.
    #[must_use]
    pub fn room(&self, name: &str) -> Self {
        match self {
            Self::Kept(folder) => Self::Kept(folder.join(name)),
            home => home.clone(),
        }
    }

    /// Whether what is written must be on the disk before it is confirmed.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        *self != Self::Passing
    }
}

/// A folder, and the server that runs in it.
#[derive(Debug)]
pub struct Supervised {
    supervisor: Child,
    orders: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Supervised {
    /// Makes the folder, empty unless it is a kept one; no server runs in it yet. At the end the server gets the signal of the name `stop`
    /// (`TERM`, `QUIT`, `INT`), and then the shell runs `afterwards` in the folder, which may remove what the server
    /// keeps elsewhere.
    ///
    /// # Errors
    /// If the shell or the folder cannot be made.
    pub fn prepare(home: &Home, stop: &str, afterwards: &str) -> anyhow::Result<Self> {
        let storage = if home.is_synced() { std::env::temp_dir() } else { fast_storage() };
        let kept = if let Home::Kept(folder) = home { folder.as_path() } else { Path::new("") };
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervisor", stop])
            .arg(storage)
            .arg(afterwards)
            .arg(kept)
            // Its own group: a Ctrl-C at the terminal is for the tests, whose end it then notices.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start sh")?;
        let orders = supervisor.stdin.take();
        let replies = supervisor.stdout.take().context("the supervisor has no output")?;
        let mut prepared =
            Self { supervisor, orders, replies: BufReader::new(replies), folder: PathBuf::new() };
        prepared.folder = prepared.reply()?.into();
        Ok(prepared)
    }

    /// The server's folder. What the server prints is in its file `log`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server: a program and its arguments. Returns its process id.
    ///
    /// # Errors
    /// If the supervisor is gone. A program that fails says so in the log.
    pub fn start(&mut self, command: &[String]) -> anyhow::Result<u32> {
        let words: Vec<String> = command.iter().map(|word| quote(word)).collect();
        self.order(&format!("start {}", words.join(" ")))?;
        self.reply()?.parse().context("the supervisor did not tell a process id")
    }

    /// Ends the server as a crash does, and waits until it is gone. Its folder stays.
    ///
    /// # Errors
    /// If the supervisor is gone.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.order("end KILL")?;
        self.reply().map(drop)
    }

    /// The last lines of the log, for an error's text.
    #[must_use]
    pub fn end_of_log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    fn order(&mut self, line: &str) -> anyhow::Result<()> {
        let orders = self.orders.as_mut().context("the supervisor takes no more orders")?;
        writeln!(orders, "{line}").context("the supervisor is gone")
    }

    fn reply(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        if self.replies.read_line(&mut line)? == 0 {
            bail!("the supervisor is gone");
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.orders.take());
        // Nobody is left to tell of a failure; the supervisor ends by itself all the same.
        self.supervisor.wait().ok();
    }
}

/// The word as the shell reads it back unchanged.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
