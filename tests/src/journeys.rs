//! Many journeys at once, as many gateways and owners walk them, and the account of what became of each.

use crate::gateway::Gateway;
use crate::mailbox::{Listed, Mailbox};
use anyhow::{Context as _, ensure};
use futures::StreamExt as _;
use sqlx::{Connection as _, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tonic::Code;
use uuid::Uuid;

/// The password that every owner has forgotten.
pub const FORGOTTEN: &str = "seven quiet herons wade";
/// The one they choose.
pub const CHOSEN: &str = "eleven paper lanterns drift";
/// How long a gateway goes on asking, and an account is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a gateway waits before it asks again.
const PAUSE: Duration = Duration::from_millis(50);
/// How many calls are under way at once where that is not what is tested.
const AT_ONCE: usize = 64;

/// The gateways that can be called at the moment.
#[derive(Clone, Default)]
pub struct Gateways {
    all: Arc<RwLock<Vec<Gateway>>>,
    next: Arc<AtomicUsize>,
}

/// What became of the journeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Requests that were answered as accepted.
    pub accepted: usize,
    /// Addresses that a mail came to.
    pub mailed: usize,
    /// Requests that ended without a mail, with the reason.
    pub refused: BTreeMap<String, usize>,
    /// Accepted, and neither.
    pub lost: usize,
    /// Second copies: the same Message-ID.
    pub copies: usize,
    /// Second mails: another Message-ID to the same address, which nothing permits.
    pub second_mails: usize,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, mailed, refused, lost, copies, second_mails } = self;
        let reasons: Vec<String> =
            refused.iter().map(|(reason, count)| format!("{reason}: {count}")).collect();
        write!(
            f,
            "accepted={accepted} mailed={mailed} refused={} ({}) lost={lost} copies={copies} second_mails={second_mails}",
            refused.values().sum::<usize>(),
            reasons.join(", ")
        )
    }
}

impl Gateways {
    /// From now on these are called.
    pub fn set(&self, gateways: Vec<Gateway>) {
        *self.all.write().unwrap_or_else(PoisonError::into_inner) = gateways;
    }

    /// The next one in turn.
    ///
    /// # Errors
    /// If there is none.
    pub fn next(&self) -> anyhow::Result<Gateway> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        all.get(turn % all.len().max(1)).cloned().context("there is no gateway")
    }

    /// Calls one gateway after the other until one answers. A call that was not answered may have been done: the caller
    /// must be able to repeat it.
    ///
    /// # Errors
    /// The answer, if it is a refusal; or that none came in time.
    pub async fn call<T>(
        &self,
        call: impl AsyncFn(Gateway) -> Result<T, tonic::Status>,
    ) -> anyhow::Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match call(self.next()?).await {
                Err(status) if is_passing(status.code()) && Instant::now() < deadline => sleep(PAUSE).await,
                answer => return Ok(answer?),
            }
        }
    }
}

/// What a gateway calls again for: nobody there, somebody who went away, or somebody who is overloaded.
#[must_use]
pub fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
            | Code::Internal
    )
}

/// An owner's address.
#[must_use]
pub fn owner(number: usize) -> String {
    format!("owner-{number}@example.org")
}

/// Makes so many accounts.
///
/// # Errors
/// If one cannot be made.
pub async fn make_accounts(gateways: &Gateways, count: usize) -> anyhow::Result<()> {
    each(count, async |number| {
        let address = owner(number);
        gateways.call(async |gateway| gateway.create_account(&address, FORGOTTEN).await).await
    })
    .await
    .map(drop)
}

/// All owners ask at once; how many were accepted. A gateway that hears nothing asks again under the same id.
///
/// # Errors
/// If one was refused.
pub async fn all_ask(gateways: &Gateways, count: usize) -> anyhow::Result<usize> {
    let asks = (0..count).map(|number| async move {
        let (address, id) = (owner(number), Uuid::from_u128(number as u128 + 1).to_string());
        gateways.call(async |gateway| gateway.request_reset_as(&address, &id).await).await
    });
    let answers = futures::future::join_all(asks).await;
    answers.into_iter().collect::<anyhow::Result<Vec<_>>>().map(|accepted| accepted.len())
}

/// Every owner who has a mail uses its link and logs in; how many did.
///
/// # Errors
/// If one cannot.
pub async fn all_complete(gateways: &Gateways, mailbox: &Mailbox, count: usize) -> anyhow::Result<usize> {
    let mails = by_address(mailbox.list().await?);
    let completed = each(count, async |number| {
        let address = owner(number);
        let Some(mail) = mails.get(&address).and_then(|mails| mails.first()) else { return Ok(0) };
        let mail = mailbox.read(&mail.id).await?;
        let token = mail.reset_token().context("a mail without a link")?.to_owned();
        gateways.call(async |gateway| gateway.complete_reset(&token, CHOSEN).await).await?;
        gateways.call(async |gateway| gateway.verify_password(&address, CHOSEN).await).await?;
        Ok(1)
    })
    .await?;
    Ok(completed.into_iter().sum())
}

/// Waits until nothing is under way, and counts.
///
/// # Errors
/// If something still is when the time is over.
pub async fn account(database: &str, mailbox: &Mailbox, accepted: usize) -> anyhow::Result<Account> {
    let mut connection = PgConnection::connect(database).await?;
    nothing_under_way(&mut connection).await?;
    let mails = by_address(mailbox.list().await?);
    let distinct =
        |mails: &Vec<Listed>| mails.iter().map(|mail| &mail.message_id).collect::<BTreeSet<_>>().len();
    let all: usize = mails.values().map(Vec::len).sum();
    let messages: usize = mails.values().map(distinct).sum();
    let ended: Vec<(String, i64)> = sqlx::query_as(
        "SELECT state || coalesce(' ' || reason, ''), count(*) FROM reset_requests
         WHERE state IN ('undeliverable', 'expired', 'suppressed') GROUP BY 1",
    )
    .fetch_all(&mut connection)
    .await?;
    let refused: BTreeMap<String, usize> =
        ended.into_iter().map(|(reason, count)| (reason, usize::try_from(count).unwrap_or(0))).collect();
    let known = mails.len() + refused.values().sum::<usize>();
    Ok(Account {
        accepted,
        mailed: mails.len(),
        refused,
        lost: accepted.saturating_sub(known),
        copies: all - messages,
        second_mails: messages - mails.len(),
    })
}

async fn nothing_under_way(connection: &mut PgConnection) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM reset_requests WHERE state = 'accepted')",
        )
        .fetch_one(&mut *connection)
        .await?;
        if waiting == 0 {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "{waiting} are still under way");
        sleep(PAUSE).await;
    }
}

fn by_address(mails: Vec<Listed>) -> BTreeMap<String, Vec<Listed>> {
    let mut by_address: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for mail in mails {
        by_address.entry(mail.to.clone()).or_default().push(mail);
    }
    by_address
}

async fn each<T>(count: usize, act: impl AsyncFn(usize) -> anyhow::Result<T>) -> anyhow::Result<Vec<T>> {
    let acts = futures::stream::iter(0..count).map(|number| act(number)).buffer_unordered(AT_ONCE);
    acts.collect::<Vec<_>>().await.into_iter().collect()
}
