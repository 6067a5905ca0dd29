//! A collector that is away, silent or refuses costs spans and a line of the log: never a request, a mail or their time.

use crate::crash::STANDALONE;
use anyhow::{Context as _, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;
use tests::collector::{Collector, Manner};
use tests::eventually::eventually;
use tests::ports::free_port;
use tests::standalone_process::{StandaloneFolder, StandaloneProcess};
use tokio::time::Instant;
use tonic::Code;

const PASSWORD: &str = "analytical engines hum softly";
/// How many are compared; the median of so many hardly moves.
const ASKS: usize = 60;
/// How many mails are waited for.
const MAILS: usize = 5;
/// What an outage begins with in the log, and what it ends with.
pub(super) const BEGINS: &str = "spans are not taken";
const ENDS: &str = "spans are taken again";
/// The longest stop: drains are short here, three seconds are for the last spans, and the machine is busy.
const LONGEST_STOP: Duration = Duration::from_secs(10);

fn address(number: usize) -> String {
    format!("owner-{number}@example.org")
}

/// Accounts, asks, and the mails they lead to.
async fn works(process: &StandaloneProcess) -> anyhow::Result<()> {
    for number in 0..MAILS {
        process.gateway().create_account(&address(number), PASSWORD).await?;
        process.gateway().request_reset(&address(number)).await?;
    }
    for number in 0..MAILS {
        process.mailbox().has_mails_to(&address(number), 1).await?;
    }
    Ok(())
}

/// Where a collector may come up.
fn at(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

pub(super) fn log(folder: &StandaloneFolder) -> anyhow::Result<String> {
    let files = folder.logs()?.into_iter().map(fs::read_to_string);
    Ok(files.collect::<Result<Vec<_>, _>>()?.concat())
}

pub(super) async fn says(folder: &StandaloneFolder, words: &str) -> anyhow::Result<()> {
    eventually(words, async || Ok(log(folder)?.contains(words).then_some(()))).await
}

pub(super) fn count(folder: &StandaloneFolder, words: &str) -> anyhow::Result<usize> {
    Ok(log(folder)?.matches(words).count())
}

async fn stops_in_time(process: StandaloneProcess) -> anyhow::Result<()> {
    let begun = Instant::now();
    process.stop().await?;
    ensure!(begun.elapsed() < LONGEST_STOP, "it took {:?} to stop", begun.elapsed());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_collector_is_away_work_goes_on_and_when_it_comes_it_hears_of_it() -> anyhow::Result<()> {
    let port = free_port()?;
    let mut folder = StandaloneFolder::new(STANDALONE)?.telling(at(port));
    let process = folder.start().await?;
    works(&process).await?;
    says(&folder, BEGINS).await?;
    let collector = Collector::start_at(port, Manner::Takes).await?;
    says(&folder, ENDS).await?;
    let asks = eventually("what was kept is told", async || {
        let told = collector.told();
        let asks = told.iter().filter(|span| span.name.ends_with("/RequestReset")).count();
        Ok((asks == MAILS && told.iter().any(|span| span.name == "smtp send")).then_some(asks))
    });
    asks.await?;
    ensure!((count(&folder, BEGINS)?, count(&folder, ENDS)?) == (1, 1), "{}", log(&folder)?);
    stops_in_time(process).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_never_comes_does_not_hold_up_the_end() -> anyhow::Result<()> {
    let mut folder = StandaloneFolder::new(STANDALONE)?.telling(at(free_port()?));
    let process = folder.start().await?;
    works(&process).await?;
    says(&folder, BEGINS).await?;
    stops_in_time(process).await?;
    ensure!(count(&folder, BEGINS)? == 1 && count(&folder, "spans were lost")? == 1, "{}", log(&folder)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_its_way_at_the_end_is_told_once() -> anyhow::Result<()> {
    let collector = Collector::start_at(0, Manner::TakesSlowly).await?;
    let mut folder = StandaloneFolder::new(STANDALONE)?.telling(collector.endpoint());
    let process = folder.start().await?;
    process.gateway().create_account(&address(0), PASSWORD).await?;
    process.gateway().request_reset(&address(0)).await?;
    eventually("spans are taken, and not answered yet", async || {
        Ok((!collector.told().is_empty()).then_some(()))
    })
    .await?;
    stops_in_time(process).await?;
    let told = collector.told();
    let different: BTreeSet<_> = told.iter().map(|span| (&span.trace, &span.id)).collect();
    ensure!(different.len() == told.len(), "{} spans were told twice", told.len() - different.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_never_answers_holds_up_neither_the_work_nor_the_end() -> anyhow::Result<()> {
    let collector = Collector::start_at(0, Manner::IsSilent).await?;
    let mut folder = StandaloneFolder::new(STANDALONE)?.telling(collector.endpoint());
    let process = folder.start().await?;
    works(&process).await?;
    eventually("it was called", async || Ok((collector.calls() > 0).then_some(()))).await?;
    stops_in_time(process).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_refuses_is_told_of_once_and_heard_of_again_when_it_takes() -> anyhow::Result<()> {
    for (code, are_kept) in [(Code::Unavailable, true), (Code::ResourceExhausted, false)] {
        let collector = Collector::start_at(0, Manner::Refuses(code)).await?;
        let mut folder = StandaloneFolder::new(STANDALONE)?.telling(collector.endpoint());
        let process = folder.start().await?;
        works(&process).await?;
        let refused = eventually("it has refused twice", async || {
            // One refused for good is not repeated: there must be something new to tell.
            process.gateway().request_reset(&address(MAILS)).await.ok();
            Ok((collector.calls() >= 2).then_some(()))
        });
        refused.await?;
        collector.behave(Manner::Takes);
        process.gateway().request_reset(&address(MAILS + 1)).await?;
        says(&folder, ENDS).await?;
        ensure!((count(&folder, BEGINS)?, count(&folder, ENDS)?) == (1, 1), "{}", log(&folder)?);
        let kept = collector.told().iter().any(|span| span.name.ends_with("/CreateAccount"));
        ensure!(kept == are_kept, "{code:?}: the first batch is kept: {kept}");
        stops_in_time(process).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asks_and_mails_are_as_fast_with_a_silent_collector_as_without_telemetry() -> anyhow::Result<()> {
    let collector = Collector::start_at(0, Manner::IsSilent).await?;
    let (mut untold, mut told) = (
        StandaloneFolder::new(STANDALONE)?,
        StandaloneFolder::new(STANDALONE)?.telling(collector.endpoint()),
    );
    let (untold, told) = (untold.start().await?, told.start().await?);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    // In turn, so that whatever else the machine does meets both.
    for number in 0..ASKS {
        without.push(ask(&untold, number).await?);
        with.push(ask(&told, number).await?);
    }
    are_alike("ask", without, with, Duration::from_millis(2))?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for number in ASKS..ASKS + MAILS {
        without.push(mail(&untold, number).await?);
        with.push(mail(&told, number).await?);
    }
    // It is looked for every ten milliseconds.
    are_alike("mail", without, with, Duration::from_millis(20))
}

/// Half as long again and a little more may be chance; more is not.
fn are_alike(
    what: &str,
    without: Vec<Duration>,
    with: Vec<Duration>,
    chance: Duration,
) -> anyhow::Result<()> {
    let (without, with) = (median(without)?, median(with)?);
    println!("{what}, in the middle: {without:?} without telemetry, {with:?} with a silent collector");
    ensure!(with < without.mul_f64(1.5) + chance, "{what}: {with:?} with, {without:?} without");
    Ok(())
}

/// From asking until the mail is there.
async fn mail(process: &StandaloneProcess, number: usize) -> anyhow::Result<Duration> {
    process.gateway().create_account(&address(number), PASSWORD).await?;
    let begun = Instant::now();
    process.gateway().request_reset(&address(number)).await?;
    process.mailbox().has_mails_to(&address(number), 1).await?;
    Ok(begun.elapsed())
}

async fn ask(process: &StandaloneProcess, number: usize) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    process.gateway().request_reset(&address(number)).await?;
    Ok(begun.elapsed())
}

fn median(mut times: Vec<Duration>) -> anyhow::Result<Duration> {
    times.sort();
    times.get(times.len() / 2).copied().context("nothing was measured")
}
