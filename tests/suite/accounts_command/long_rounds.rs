//! How long a million accounts take, with a disk that is synced.

use super::going_on::{fresh_database, open};
use super::world::{HASH, args, import_parts};
use reset_api::accounts_command::{Console, import};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;
use tests::postgres::Postgres;
use tests::process::Home;

const ACCOUNTS: u64 = 1_000_000;
/// What an operator may be asked to wait.
const MOST: Duration = Duration::from_secs(180);
/// How much memory the import may take beyond what the process had, in KiB: a third of the list, whatever its length.
const MOST_MEMORY_KIB: u64 = 64 * 1_024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes more than a minute in a debug build"]
async fn a_million_accounts_are_imported_in_three_minutes_and_in_little_memory() {
    let postgres = Postgres::start_in(Home::Durable).await.unwrap();
    let url = fresh_database(&postgres).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    write_list(&file);
    let before = most_memory_kib();
    let imported = import(&args(file), &import_parts(open(&url)), Console::standard()).await.unwrap();
    let memory = most_memory_kib() - before;
    println!("{memory} KiB more memory at most");
    assert_eq!(imported.progress.imported, ACCOUNTS);
    assert!(imported.took < MOST, "{:?}", imported.took);
    assert!(memory < MOST_MEMORY_KIB, "{memory} KiB");
}

fn write_list(path: &Path) {
    let mut list = BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(list, "email,password_hash,locale,disabled").unwrap();
    for n in 0..ACCOUNTS {
        // As in a real list, neighbours have nothing in common.
        let name = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        writeln!(list, "owner.{name:016x}@mail{}.example.org,{HASH},de-AT,false", n % 500).unwrap();
    }
    list.flush().unwrap();
}

/// The most that was resident so far, in KiB.
fn most_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
