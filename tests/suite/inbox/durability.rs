//! What a 250 promises.

use super::{DEADLINE, Limits, Smtp, World, loopback};
use common::shutdown::Shutdown;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use standalone::inbox;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

const FOLDER: &str = "INBOX_TEST_FOLDER";

/// Ends the process however the test ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// This very test binary, as an inbox on `folder`.
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "inbox::durability::serves_until_it_is_killed", "--ignored"]);
        command.env(FOLDER, folder).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    async fn smtp(&mut self, folder: &Path) -> SocketAddr {
        let begun = Instant::now();
        loop {
            if let Ok(address) = std::fs::read_to_string(folder.join("smtp")) {
                return address.parse().unwrap();
            }
            assert!(begun.elapsed() < DEADLINE, "the process does not listen");
            assert_eq!(self.0.try_wait().unwrap(), None, "the process ended");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    fn kill_9(&mut self) {
        let pid = Pid::from_raw(i32::try_from(self.0.id()).unwrap());
        kill(pid, Signal::SIGKILL).unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
#[ignore = "the process that a_mail_with_its_250_survives_kill_9 starts and kills"]
fn serves_until_it_is_killed() {
    let folder = std::env::var(FOLDER).expect("started by a_mail_with_its_250_survives_kill_9 only");
    let folder = Path::new(&folder).to_owned();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let clock = Arc::new(common::clock::SystemClock);
        let entropy = Arc::new(common::entropy::OsEntropy);
        let inbox = inbox::Inbox::open(&folder.join("inbox.db"), clock, entropy).await.unwrap();
        let listener = inbox::bind(loopback()).await.unwrap();
        // Written apart and renamed, so that a half-written address is never read.
        std::fs::write(folder.join("smtp.new"), listener.local_addr().unwrap().to_string()).unwrap();
        std::fs::rename(folder.join("smtp.new"), folder.join("smtp")).unwrap();
        inbox.serve_smtp(listener, Shutdown::new()).unwrap().await;
    });
}

#[tokio::test]
async fn a_mail_with_its_250_survives_kill_9() {
    let folder = tests::folder::Folder::new().unwrap();
    for round in 1..=3 {
        let _ = std::fs::remove_file(folder.path().join("smtp"));
        let mut process = Process::start(folder.path());
        let mut client = Smtp::greeted(process.smtp(folder.path()).await).await;
        for number in 0..10 {
            let raw = format!("Subject: {round}-{number}\r\n\r\nhello");
            client.send(&["ada@example.org"], &raw).await;
        }
        process.kill_9();
        let world = World::start_in(folder.path(), Limits::default(), Vec::new()).await;
        let subjects = world.subjects("/api/v1/messages").await;
        let expected: Vec<_> =
            (1..=round).rev().flat_map(|r| (0..10).rev().map(move |n| format!("{r}-{n}"))).collect();
        assert_eq!(subjects, expected);
        world.stop().await;
    }
}

#[tokio::test]
async fn only_the_newest_mails_are_kept() {
    let folder = tests::folder::Folder::new().unwrap();
    let limits = Limits { mails_kept: 3, ..Limits::default() };
    let world = World::start_in(folder.path(), limits, Vec::new()).await;
    let mut client = Smtp::greeted(world.smtp).await;
    for number in 0..5 {
        client.send(&["ada@example.org"], &format!("Subject: {number}\r\n\r\nhello")).await;
    }
    assert_eq!(world.subjects("/api/v1/messages").await, ["4", "3", "2"]);
    world.stop().await;
    let world = World::start_in(folder.path(), Limits { mails_kept: 2, ..limits }, Vec::new()).await;
    world.mail("ada@example.org", "Subject: 5\r\n\r\nhello").await;
    assert_eq!(world.subjects("/api/v1/messages").await, ["5", "4"]);
    assert_eq!(world.subjects("/api/v1/search?query=to:ada@example.org").await, ["5", "4"]);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tests::folder::Folder::new().unwrap();
    let path = folder.path().join("inbox.db");
    std::fs::write(&path, "not a database, but somebody's file of more than a hundred bytes ".repeat(9))
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let clock = Arc::new(common::clock::SystemClock);
    let opened = inbox::Inbox::open(&path, clock, Arc::new(common::entropy::OsEntropy)).await;
    assert!(matches!(opened.err(), Some(inbox::StoreError::Database(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
