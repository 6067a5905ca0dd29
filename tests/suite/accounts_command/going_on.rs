//! An import that is stopped, by itself or by kill -9, goes on where it was.

use super::world::{HASH, Run, World, args, import_parts};
use common::clock::SystemClock;
use common::entropy::{Entropy as _, OsEntropy};
use common::server_url::{POSTGRES, ServerUrl};
use reset_api::accounts_command::{ConflictChoice, Console, ImportArgs, import};
use reset_api::store::Store;
use reset_api::store::postgres::{PostgresSettings, PostgresStore, migrate};
use sqlx::{Connection as _, PgConnection};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::postgres::Postgres;

/// Tell the process that is killed what to import, and where to.
const CHILD_LIST: &str = "IMPORT_LIST";
const CHILD_URL: &str = "IMPORT_URL";
/// Lines of the list that is imported under fire: twenty-five pieces.
const LINES: u64 = 50_000;
/// How often it is killed.
const KILLS: u64 = 4;
/// No child takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A list of accounts, some twice, some that are none; and how many are fresh, there already, refused.
fn list(lines: u64) -> (String, u64, u64, u64) {
    let mut text = "email,password_hash\n".to_owned();
    let (mut fresh, mut again, mut refused) = (0, 0, 0);
    for n in 0..lines {
        let (address, count) = if is_bad(n) {
            ("nobody".to_owned(), &mut refused)
        } else if is_repeated(n) {
            let earlier = (0..=n / 2).rev().find(|n| !is_bad(*n) && !is_repeated(*n)).unwrap();
            (format!("Account{earlier}@example.org"), &mut again)
        } else {
            (format!("account{n}@example.org"), &mut fresh)
        };
        *count += 1;
        writeln!(text, "{address},{HASH}").unwrap();
    }
    (text, fresh, again, refused)
}

fn is_bad(n: u64) -> bool {
    n % 101 == 100
}

fn is_repeated(n: u64) -> bool {
    n % 10 == 9
}

#[tokio::test]
async fn an_import_that_stopped_goes_on_after_what_it_has_done() {
    let world = World::new().await;
    let mut text = "email,password_hash\n".to_owned();
    for n in 0..5_000 {
        writeln!(text, "account{n}@example.org,{HASH}").unwrap();
    }
    writeln!(text, "account0@example.org,{HASH}\nlast@example.org,{HASH}").unwrap();
    let args = world.list("list.csv", text);
    let stopped = world.run(&ImportArgs { on_conflict: ConflictChoice::Fail, ..args.clone() }).await;
    assert_eq!(stopped.error(), "line 5002: a***@example.org: another account has this address or id");
    let going_on = world.run(&args).await;
    assert_eq!(going_on.err, "going on after line 4001\n");
    assert_eq!((going_on.counts(), going_on.outcome.unwrap().lines), ((5_001, 1, 0), 1_002));
}

#[tokio::test]
async fn a_list_that_was_changed_is_read_from_its_start() {
    let world = World::new().await;
    let mut text = "email,password_hash\n".to_owned();
    for n in 0..5_000 {
        writeln!(text, "account{n}@example.org,{HASH}").unwrap();
    }
    let args = world.list("list.csv", format!("{text}account0@example.org,{HASH}\n"));
    world.run(&ImportArgs { on_conflict: ConflictChoice::Fail, ..args }).await.error();
    // As long as before, and the same where it was read already, but for one letter of one line.
    let changed = text.replacen("account7@", "acc0unt7@", 1);
    let run = world.import("list.csv", format!("{changed}account0@example.org,{HASH}\n")).await;
    assert_eq!(run.err, "");
    assert_eq!(run.counts(), (1_001, 4_000, 0));
    assert!(world.credentials("acc0unt7@example.org").await.is_some());
}

/// Not a test: the process that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process that killed_at_any_moment_an_import_loses_and_doubles_nothing starts and kills"]
async fn the_killed_process() {
    let (Some(list), Some(url)) = (std::env::var_os(CHILD_LIST), std::env::var(CHILD_URL).ok()) else {
        return;
    };
    let args = args_of(Path::new(&list));
    import(&args, &import_parts(open(&url)), Console::standard()).await.unwrap();
}

fn args_of(list: &Path) -> ImportArgs {
    ImportArgs { report: Some(list.with_extension("report")), ..args(list.to_owned()) }
}

pub(super) fn open(url: &str) -> Arc<dyn Store> {
    let url = ServerUrl::parse(url, POSTGRES).unwrap();
    let settings = PostgresSettings { url, request_connections: 2, loop_connections: 2 };
    Arc::new(PostgresStore::new(settings, Arc::new(SystemClock)).unwrap())
}

pub(super) async fn fresh_database(server: &Postgres) -> String {
    let migrate = async |url: &str| Ok(migrate(&ServerUrl::parse(url, POSTGRES).unwrap()).await?);
    server.fresh_database(migrate).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_an_import_loses_and_doubles_nothing() {
    let (text, fresh, again, refused) = list(LINES);
    let mut world = World::new().await;
    let args = args_of(&world.list("list.csv", text).file);
    let url = fresh_database(Postgres::shared().await.unwrap()).await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let mut moments = vec![];
    for kill in 0..KILLS {
        // Somewhere in its part of the list, wherever the import is by the time it is noticed.
        let after_line = LINES * kill / (KILLS + 1) + a_number_below(LINES / (KILLS + 1));
        let mut child = start(&args.file, &url);
        lines_done(&mut connection, after_line, &mut child).await;
        child.kill().unwrap();
        child.wait().unwrap();
        moments.push(lines(&mut connection).await);
    }
    println!("killed after lines {moments:?}");
    assert!(moments.iter().all(|moment| (1..LINES).contains(moment)), "{moments:?}");

    world.store = open(&url);
    let run: Run = world.run(&args).await;
    assert!(run.err.starts_with("going on after line "), "{}", run.err);
    assert_eq!(run.counts(), (fresh, again, refused));
    let accounts: (i64, i64) =
        sqlx::query_as("SELECT count(*), count(*) FILTER (WHERE address LIKE 'account%') FROM accounts")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(accounts, (fresh.cast_signed(), fresh.cast_signed()), "the first of two alike was created");
    let refused_lines: Vec<_> = (0..LINES).filter(|n| is_bad(*n)).map(|n| n + 2).collect();
    assert_eq!(told_lines(&args.report.unwrap()), refused_lines);
}

/// The lines that a report is about.
fn told_lines(report: &PathBuf) -> Vec<u64> {
    let report = std::fs::read_to_string(report).unwrap();
    let number = |line: &str| line.strip_prefix("line ").unwrap().split_once(':').unwrap().0.parse().unwrap();
    report.lines().map(number).collect()
}

fn start(list: &Path, url: &str) -> Child {
    let (_binary, module) = module_path!().split_once("::").unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", &format!("{module}::the_killed_process")])
        .env(CHILD_LIST, list)
        .env(CHILD_URL, url)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

async fn lines_done(connection: &mut PgConnection, at_least: u64, child: &mut Child) {
    let deadline = Instant::now() + PATIENCE;
    while lines(connection).await <= at_least {
        assert!(child.try_wait().unwrap().is_none(), "the import ended before it was killed");
        assert!(Instant::now() < deadline, "the import does not come to line {at_least}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn lines(connection: &mut PgConnection) -> u64 {
    let lines = sqlx::query_scalar("SELECT coalesce(max(lines), 0) FROM imports");
    lines.fetch_one(connection).await.map(i64::cast_unsigned).unwrap()
}

fn a_number_below(limit: u64) -> u64 {
    let mut bytes = [0; 8];
    OsEntropy.fill(&mut bytes);
    u64::from_le_bytes(bytes) % limit
}
