//! Owners who use their link: every so-manyth opens it and sets a password, so that notices and account events are in
//! the run as well.

use super::sink::Taken;
use crate::cluster::accounts;
use crate::journeys::{CHOSEN, Gateways, is_passing};
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tonic::Code;

/// One owner of so many uses the link.
const OF: u32 = 6;
/// How long an owner goes on trying.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long one waits before the next try.
const PAUSE: Duration = Duration::from_millis(200);

/// The owners, until this is dropped.
pub(super) struct Completing {
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    under_way: AtomicUsize,
    completed: Mutex<BTreeSet<String>>,
    failures: Mutex<Vec<String>>,
}

impl Completing {
    /// Owners who read these mails and call these gateways.
    pub(super) fn start(
        arrivals: mpsc::UnboundedReceiver<Taken>,
        gateways: Gateways,
    ) -> anyhow::Result<Self> {
        let shared = Arc::<Shared>::default();
        let browser = reqwest::Client::builder().no_proxy().build()?;
        let listening = tokio::spawn(listen(arrivals, gateways, browser, shared.clone()));
        Ok(Self { shared, listening })
    }

    /// Whether none of them is at it.
    pub(super) fn are_done(&self) -> bool {
        self.shared.under_way.load(Ordering::SeqCst) == 0
    }

    /// The addresses whose owners have set a password.
    pub(super) fn completed(&self) -> BTreeSet<String> {
        self.shared.completed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What went wrong for the others.
    pub(super) fn failures(&self) -> Vec<String> {
        self.shared.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Completing {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(
    mut arrivals: mpsc::UnboundedReceiver<Taken>,
    gateways: Gateways,
    browser: reqwest::Client,
    shared: Arc<Shared>,
) {
    let owners: BTreeSet<String> = (0..u32::from(u16::MAX) / OF).map(|n| accounts::address(n * OF)).collect();
    while let Some(mail) = arrivals.recv().await {
        let Some(link) = mail.reset_link().filter(|_| owners.contains(&mail.to)).map(str::to_owned) else {
            continue;
        };
        let (gateways, browser, shared) = (gateways.clone(), browser.clone(), shared.clone());
        shared.under_way.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            if let Err(why) = complete(link, gateways, browser).await {
                let why = format!("{} could not set a password: {why:#}", mail.to);
                shared.failures.lock().unwrap_or_else(PoisonError::into_inner).push(why);
            } else {
                shared.completed.lock().unwrap_or_else(PoisonError::into_inner).insert(mail.to);
            }
            shared.under_way.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Opens the page, which changes nothing and may be away, and sets a password, in as many calls as it takes.
async fn complete(link: String, gateways: Gateways, browser: reqwest::Client) -> anyhow::Result<()> {
    let _ = browser.get(&link).send().await;
    let token = link.rsplit('/').next().context("a link without a token")?;
    let deadline = Instant::now() + PATIENCE;
    let mut unanswered = false;
    loop {
        match gateways.next()?.complete_reset(token, CHOSEN).await {
            // A call that nobody answered had done it.
            Err(status) if unanswered && status.code() == Code::FailedPrecondition => return Ok(()),
            Err(status) if is_passing(status.code()) && Instant::now() < deadline => {
                unanswered = true;
                sleep(PAUSE).await;
            }
            answer => return Ok(answer?),
        }
    }
}
