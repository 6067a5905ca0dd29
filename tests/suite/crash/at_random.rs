//! kill -9 at random moments, under load.

use super::{OLD_PASSWORD, STANDALONE, nothing_is_left_waiting};
use anyhow::{Context as _, ensure};
use common::entropy::{Entropy as _, OsEntropy};
use futures::{StreamExt as _, TryStreamExt as _, future, stream};
use std::collections::BTreeMap;
use std::time::Duration;
use tests::dice::scattered;
use tests::gateway::Gateway;
use tests::mailbox::Mail;
use tests::standalone_process::{StandaloneFolder, StandaloneProcess};
use tokio::sync::mpsc;

const ROUNDS: u64 = 3;
const ACCOUNTS: usize = 20;
/// Requests on their way at a time.
const IN_FLIGHT: usize = 4;
/// The kill comes at most so long after the answer it waits for.
const LATEST: u64 = 30_000;
/// Set to a printed seed, this repeats its rounds.
const SEED: &str = "RESET_TESTS_SEED";

/// What became of a round's requests.
#[derive(Debug, Default)]
struct Tally {
    answered_before_the_kill: usize,
    accepted: usize,
    mailed: usize,
    lost: usize,
    duplicated: usize,
}

#[tokio::test]
async fn killed_at_any_moment_every_accepted_request_leads_to_its_mail() -> anyhow::Result<()> {
    let seed = seed();
    let tallies = future::try_join_all((0..ROUNDS).map(|number| round(seed.wrapping_add(number)))).await?;
    let sum = |count: fn(&Tally) -> usize| tallies.iter().map(count).sum::<usize>();
    let (accepted, mailed) = (sum(|t| t.accepted), sum(|t| t.mailed));
    let (lost, duplicated) = (sum(|t| t.lost), sum(|t| t.duplicated));
    let when: Vec<_> = tallies.iter().map(|tally| tally.answered_before_the_kill).collect();
    println!("killed after {when:?} of {ACCOUNTS} answers each");
    println!("accepted={accepted} mailed={mailed} lost={lost} duplicated={duplicated} ({SEED}={seed})");
    ensure!(accepted == ACCOUNTS * tallies.len(), "every request is accepted in the end");
    ensure!(lost == 0, "an accepted request led to no mail");
    Ok(())
}

fn seed() -> u64 {
    let given = std::env::var(SEED).ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        OsEntropy.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    })
}

async fn round(seed: u64) -> anyhow::Result<Tally> {
    let addresses: Vec<_> = (0..ACCOUNTS).map(|number| format!("round-{number}@example.org")).collect();
    let mut folder = StandaloneFolder::new(STANDALONE)?;
    let process = folder.start().await?;
    let created = stream::iter(&addresses)
        .map(async |address| process.gateway().create_account(address, OLD_PASSWORD).await);
    created.buffer_unordered(2).try_collect::<()>().await?;
    let unanswered = ask_until_killed(process, &addresses, scattered(seed)).await?;

    let process = folder.start().await?;
    // Their gateways ask again: the first try may or may not have been accepted.
    let asked = stream::iter(&unanswered).map(async |address| process.gateway().request_reset(address).await);
    asked.buffer_unordered(IN_FLIGHT).try_collect::<()>().await?;
    nothing_is_left_waiting(&folder.data_dir()).await?;
    let mut tally = count(&addresses, process.mailbox().mails().await?)?;
    tally.answered_before_the_kill = ACCOUNTS - unanswered.len();
    process.stop().await?;
    Ok(tally)
}

/// Asks for all addresses, and kills the process a moment after some number of answers. Returns the addresses for
/// which no answer came.
async fn ask_until_killed(
    process: StandaloneProcess,
    addresses: &[String],
    random: u64,
) -> anyhow::Result<Vec<String>> {
    let (answers, moment) = (random % ACCOUNTS as u64 + 1, Duration::from_micros((random >> 32) % LATEST));
    let (answered, mut answers_in) = mpsc::unbounded_channel();
    let asking = tokio::spawn(ask_all(process.gateway().clone(), addresses.to_owned(), answered));
    for _ in 0..answers {
        answers_in.recv().await.context("a request before the kill was not accepted")?;
    }
    tokio::time::sleep(moment).await;
    process.kill()?;
    Ok(asking.await?)
}

async fn ask_all(
    gateway: Gateway,
    addresses: Vec<String>,
    answered: mpsc::UnboundedSender<()>,
) -> Vec<String> {
    let asked = stream::iter(addresses).map(async |address: String| {
        let answer = gateway.request_reset(&address).await;
        // Nobody listens any more once the kill is decided.
        let _ = answer.is_ok().then(|| answered.send(()));
        answer.is_err().then_some(address)
    });
    asked.buffer_unordered(IN_FLIGHT).filter_map(future::ready).collect().await
}

/// Duplicates must be copies: the same Message-ID, the same link.
fn count(addresses: &[String], mails: Vec<Mail>) -> anyhow::Result<Tally> {
    let mut copies: BTreeMap<String, Vec<Mail>> = BTreeMap::new();
    for mail in mails {
        copies.entry(mail.to.clone()).or_default().push(mail);
    }
    let mut tally = Tally { accepted: addresses.len(), ..Tally::default() };
    for address in addresses {
        let copies = copies.remove(address).unwrap_or_default();
        let Some(first) = copies.first() else {
            tally.lost += 1;
            continue;
        };
        ensure!(copies.iter().all(|mail| mail == first), "two different mails for one request");
        ensure!(copies.len() <= 2, "at most once more");
        tally.mailed += 1;
        tally.duplicated += copies.len() - 1;
    }
    ensure!(copies.is_empty(), "mail for nobody who asked");
    Ok(tally)
}
