//! The same commands on a directory that nothing runs on.

use super::{SERVICE, WHO_SENDS};
use clap::Parser as _;
use common::abort::AbortPoints;
use common::clock::SystemClock;
use common::entropy::OsEntropy;
use common::queue::{Message, Queue as _, Route, Source};
use common::sealing::generate_key_pair;
use mail_worker::dead_letters::{DeadLettersCommand, Office};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use standalone::queue::{QueueDb, SqliteQueue};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tests::dead_letters::{dead_letters, death};
use tests::eventually::eventually;
use tests::folder::Folder;
use tests::standalone_process::StandaloneFolder;
use uuid::Uuid;

const STANDALONE: &str = env!("CARGO_BIN_EXE_standalone_at_abort");

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn operator(data_dir: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new(SERVICE);
    command.args(["standalone", "dead-letters"]).args(arguments).arg("--data-dir").arg(data_dir);
    // Its input stays open, or it would end with that.
    command.env("LOGNAME", "grace").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(input);
        output
    });
    let output = output.await.unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

async fn poison(data_dir: &Path) {
    let db = QueueDb::open(&data_dir.join("queue.db"), Arc::new(SystemClock)).await.unwrap();
    let garbage = Message { id: Uuid::nil(), type_name: "Garbage", body: vec![0xFF; 100].into() };
    let verdicts = SqliteQueue::new(&db).publish(Route::Mail, vec![garbage]).await;
    assert_eq!(verdicts, [Ok(())]);
    db.close().await;
}

async fn has_dead_letter(data_dir: &Path) {
    eventually("the worker has set it aside", async || {
        let queue = SqliteConnectOptions::new().filename(data_dir.join("queue.db")).read_only(true);
        let mut queue = queue.connect().await?;
        let dead: i64 = sqlx::query_scalar("SELECT count(*) FROM dead_letters").fetch_one(&mut queue).await?;
        Ok((dead == 1).then_some(()))
    })
    .await
    .unwrap();
}

async fn trail(data_dir: &Path) -> Vec<String> {
    let store = SqliteConnectOptions::new().filename(data_dir.join("store.db")).read_only(true);
    let mut store = store.connect().await.unwrap();
    let trail = "SELECT actor_name || ' ' || action FROM audit ORDER BY at, id";
    sqlx::query_scalar(trail).fetch_all(&mut store).await.unwrap()
}

#[derive(clap::Parser)]
struct Line {
    #[command(subcommand)]
    command: DeadLettersCommand,
}

#[tokio::test]
async fn what_cannot_be_told_to_the_audit_trail_is_not_done() {
    let folder = Folder::new().unwrap();
    let db = QueueDb::open(&folder.path().join("queue.db"), Arc::new(SystemClock)).await.unwrap();
    let queue = Arc::new(SqliteQueue::new(&db));
    let garbage = Message { id: Uuid::from_u128(7), type_name: "Garbage", body: vec![0xFF; 9].into() };
    assert_eq!(queue.publish(Route::Mail, vec![garbage]).await, [Ok(())]);
    let consumer = queue.consume(Source::Mail, 1).await.unwrap();
    let held = consumer.receive(1, Duration::from_secs(10)).await.unwrap().remove(0);
    consumer.dead_letter(&held, &death("undecodable")).await.unwrap();

    let full = Arc::new(SqliteQueue::with_max_length(&db, 0));
    let office = Office {
        letters: queue.clone(),
        queue: full,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        abort: AbortPoints::none(),
    };
    let mut out = Vec::new();
    let drop = Line::try_parse_from(["-", "drop", "--all"]).unwrap().command;
    assert_eq!(office.run(&drop, "grace", &mut out).await.unwrap(), 1);
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("failed: the audit trail could not be told, so nothing was done"), "{out}");
    let list = Line::try_parse_from(["-", "list"]).unwrap().command;
    let told = office.run(&list, "grace", &mut Vec::new()).await.unwrap_err().to_string();
    assert!(told.starts_with("the audit trail could not be told"), "{told}");
    assert_eq!(dead_letters(&*queue).await.unwrap().len(), 1);
    db.close().await;
}

#[tokio::test]
async fn the_dead_letters_of_a_stopped_standalone_are_listed_and_dropped_and_its_next_start_writes_the_trail()
{
    let mut folder = StandaloneFolder::new(STANDALONE).unwrap();
    let data_dir = folder.data_dir();
    folder.start().await.unwrap().stop().await.unwrap();
    poison(&data_dir).await;
    let process = folder.start().await.unwrap();
    let in_use = operator(&data_dir, &["list"]).await;
    assert!(in_use.code == Some(1) && in_use.err.contains("is in use by process"), "{}", in_use.err);
    has_dead_letter(&data_dir).await;
    process.stop().await.unwrap();

    let listed = operator(&data_dir, &["list"]).await;
    assert!(listed.out.ends_with("\n1 dead letter, 0 can be redriven\n"), "{}{}", listed.out, listed.err);
    let name = listed.out.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let shown = operator(&data_dir, &["show", &name]).await;
    assert!(shown.out.contains("reason      undecodable\n"), "{}", shown.out);
    let dropped = operator(&data_dir, &["drop", &name]).await;
    assert_eq!(
        (dropped.code, dropped.out),
        (Some(0), format!("{name}  dropped\n\n1 dropped, 0 cannot be, 0 failed\n"))
    );
    assert_eq!(operator(&data_dir, &["list"]).await.out, "no dead letters\n");

    assert_eq!(trail(&data_dir).await.len(), 0, "it is in the queue");
    let process = folder.start().await.unwrap();
    let expected = ["dead_letters_listed", "dead_letter_shown", "dead_letter_dropped", "dead_letters_listed"];
    eventually("the trail is written", async || Ok((trail(&data_dir).await.len() == 4).then_some(())))
        .await
        .unwrap();
    assert_eq!(trail(&data_dir).await, expected.map(|act| format!("grace {act}")));
    process.stop().await.unwrap();
}

#[tokio::test]
async fn a_mail_that_is_redriven_in_a_stopped_standalone_arrives_after_its_next_start_and_its_link_works() {
    const ADA: &str = "ada.redriven@example.org";
    let mut folder = StandaloneFolder::new(STANDALONE).unwrap();
    let data_dir = folder.data_dir();
    folder.start().await.unwrap().stop().await.unwrap();
    // Its first half is the private key.
    let file = data_dir.join("sealing.key");
    let right_key = fs::read(&file).unwrap();
    let wrong_key = [&generate_key_pair(&OsEntropy).0[..], &right_key[32..]].concat();
    fs::write(&file, wrong_key).unwrap();
    let process = folder.start().await.unwrap();
    process.gateway().create_account(ADA, super::PASSWORD).await.unwrap();
    process.gateway().request_reset(ADA).await.unwrap();
    has_dead_letter(&data_dir).await;
    process.stop().await.unwrap();
    fs::write(&file, right_key).unwrap();

    let redriven = operator(&data_dir, &["redrive", "--reason", "unsealable"]).await;
    assert_eq!(redriven.code, Some(0), "{}{}", redriven.out, redriven.err);
    assert!(redriven.out.ends_with(&format!("\n1 redriven, 0 cannot be, 0 failed\n{WHO_SENDS}")));
    assert_eq!(operator(&data_dir, &["list"]).await.out, "no dead letters\n");
    let process = folder.start().await.unwrap();
    let mails = process.mailbox().has_mails_to(ADA, 1).await.unwrap();
    let token = mails[0].reset_token().unwrap();
    process.gateway().complete_reset(token, "nine loud ravens dive").await.unwrap();
    process.stop().await.unwrap();
}
