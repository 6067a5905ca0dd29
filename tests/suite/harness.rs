//! The harness itself: what it starts, it ends.

mod rabbitmq;

use redis::{Client, cmd};
use sqlx::{Connection as _, Executor as _, PgConnection};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tests::folder::Folder;
use tests::postgres::Postgres;
use tests::redis_server::RedisServer;

/// Waits until something holds.
fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "not so in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The command line of each running program, as far as it may be read.
fn command_lines() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok());
    lines.collect()
}

fn is_served(folder: &Path) -> bool {
    let folder = folder.to_str().unwrap();
    command_lines().iter().any(|line| line.contains(folder))
}

async fn migrate(url: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute("CREATE TABLE kept (number int); INSERT INTO kept VALUES (1)").await?;
    Ok(connection.close().await?)
}

async fn count(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn fresh_databases_are_apart_and_survive_a_crash() {
    let postgres = Postgres::start().await.unwrap();
    let first = postgres.fresh_database(migrate).await.unwrap();
    let second = postgres.fresh_database(migrate).await.unwrap();
    let mut connection = PgConnection::connect(&first).await.unwrap();
    connection.execute("INSERT INTO kept VALUES (2)").await.unwrap();

    postgres.crash_and_restart().await.unwrap();
    connection.execute("SELECT 1").await.expect_err("the crash ended the connection");
    assert_eq!((count(&first).await, count(&second).await), (2, 1));

    let folder = postgres.folder().to_owned();
    assert!(is_served(&folder));
    drop(postgres);
    assert!(!folder.exists() && !is_served(&folder), "nothing is left");
}

#[tokio::test]
async fn a_redis_keeps_its_data_through_a_crash_and_loses_it_when_told_to() {
    let redis = RedisServer::start().await.unwrap();
    redis.ask::<()>(cmd("SET").arg("kept").arg(1)).await.unwrap();
    redis.crash_and_restart().await.unwrap();
    assert_eq!(redis.ask::<Option<u8>>(cmd("GET").arg("kept")).await.unwrap(), Some(1));
    redis.restart_empty().await.unwrap();
    assert_eq!(redis.ask::<Option<u8>>(cmd("GET").arg("kept")).await.unwrap(), None);

    redis.freeze().unwrap();
    let (folder, client) = (redis.folder(), Client::open(redis.url().expose_secret()).unwrap());
    drop(redis);
    assert!(!folder.exists(), "nothing is left, although it was frozen");
    client.get_multiplexed_async_connection().await.expect_err("nobody listens");
}

/// The id of the shared memory segment that a server's lock file names.
fn segment_of(folder: &Path) -> String {
    let lock = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    lock.lines().nth(6).unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

fn has_segment(id: &str) -> bool {
    let segments = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
    segments.lines().skip(1).any(|line| line.split_whitespace().nth(1) == Some(id))
}

#[tokio::test]
async fn a_crashed_server_leaves_no_shared_memory_behind() {
    let postgres = Postgres::start().await.unwrap();
    let (folder, segment) = (postgres.folder().to_owned(), segment_of(postgres.folder()));
    postgres.crash().unwrap();
    assert!(has_segment(&segment), "a crash leaves it");
    drop(postgres);
    assert!(!has_segment(&segment) && !folder.exists());
}

/// As a thread does that opens a database: it makes the file where it is missing. Each loss of the race would do, but
/// it must not go on for ever.
fn makes_a_file_again_and_again(folder: &Path) {
    for _ in 0..200 {
        let made = std::fs::write(folder.join("store.db"), "");
        let Err(error) = made else { continue };
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}");
        break;
    }
}

#[test]
fn a_folder_is_removed_while_a_database_is_opened_in_it() {
    for _ in 0..50 {
        let folder = Folder::new().unwrap();
        let path = folder.path().to_owned();
        let opened = path.join("store.db");
        let opening = std::thread::spawn({
            let path = path.clone();
            move || makes_a_file_again_and_again(&path)
        });
        while !opened.exists() && !opening.is_finished() {
            std::hint::spin_loop();
        }
        drop(folder);
        opening.join().unwrap();
        assert!(!path.exists(), "nothing is left");
    }
}

/// Not a test: the process that the next test kills.
#[tokio::test]
#[ignore = "waits to be killed"]
async fn a_process_with_a_server() {
    let postgres = Postgres::start().await.unwrap();
    println!("\nfolder {}", postgres.folder().display());
    std::future::pending::<()>().await;
}

#[test]
fn a_killed_test_process_leaves_nothing_behind() {
    let mut process = this_program("harness::a_process_with_a_server");
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let folder = lines.find_map(|line| line.unwrap().strip_prefix("folder ").map(str::to_owned)).unwrap();
    let folder = Path::new(&folder);
    assert!(folder.exists() && is_served(folder));

    process.kill().unwrap();
    process.wait().unwrap();
    eventually("the server is gone", || !is_served(folder));
    eventually("its folder is gone", || !folder.exists());
}

/// Runs one ignored test of this binary in a process of its own.
fn this_program(test: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
