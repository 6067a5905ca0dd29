//! Dying between a completion and what follows from it.

use super::{NEW_PASSWORD, OLD_PASSWORD, STANDALONE, nothing_is_left_waiting};
use anyhow::{Context as _, ensure};
use common::abort::AbortPoint;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tests::eventually::eventually;
use tests::standalone_process::{StandaloneFolder, StandaloneProcess};
use tonic::Code;

const ADDRESS: &str = "hedy@example.org";
/// Half the relay's lease: what the dead process held must not wait for its end, since nobody else can hold it.
const SOON: Duration = Duration::from_secs(15);

/// How the process ends. The reset mail is the first thing that is published, the notice the second, the account
/// event the third; the latter two are confirmed together.
#[derive(Debug, Clone, Copy)]
enum Death {
    Kill,
    At(AbortPoint, u32),
}

#[tokio::test]
async fn killed_after_a_completion_its_notice_and_event_still_come() -> anyhow::Result<()> {
    survives(Death::Kill).await
}

#[tokio::test]
async fn dying_between_notice_and_event_loses_neither() -> anyhow::Result<()> {
    survives(Death::At(AbortPoint::AfterPublish, 2)).await
}

#[tokio::test]
async fn dying_before_notice_and_event_are_marked_sends_the_notice_once() -> anyhow::Result<()> {
    survives(Death::At(AbortPoint::AfterConfirm, 2)).await
}

async fn survives(death: Death) -> anyhow::Result<()> {
    let mut folder = StandaloneFolder::new(STANDALONE)?;
    let process = match death {
        Death::Kill => folder.start().await?,
        Death::At(point, visit) => folder.start_armed(point, visit).await?,
    };
    process.gateway().create_account(ADDRESS, OLD_PASSWORD).await?;
    process.gateway().request_reset(ADDRESS).await?;
    let mails = process.mailbox().has_mails_to(ADDRESS, 1).await?;
    let token = mails[0].reset_token().context("a mail without a link")?.to_owned();
    let answer = process.gateway().complete_reset(&token, NEW_PASSWORD).await;
    match death {
        Death::Kill => {
            answer?;
            process.kill()?;
        }
        // It may die before it has answered; the password is set by then.
        Death::At(..) => process.aborts().await?,
    }

    let started = Instant::now();
    let process = folder.start().await?;
    process.gateway().verify_password(ADDRESS, NEW_PASSWORD).await?;
    let refused = process.gateway().verify_password(ADDRESS, OLD_PASSWORD).await;
    ensure!(refused.is_err_and(|status| status.code() == Code::Unauthenticated), "the old one still holds");
    process.mailbox().has_mails_to(ADDRESS, 2).await?;
    ensure!(events(&process).await?.len() == 1, "one event, however often it is published");
    ensure!(started.elapsed() < SOON, "the event came after {:?}", started.elapsed());
    nothing_is_left_waiting(&folder.data_dir()).await?;
    let mails = process.mailbox().mails_to(ADDRESS).await?;
    let notices = mails.iter().filter(|mail| mail.reset_token().is_none()).count();
    ensure!((mails.len(), notices) == (2, 1), "{} mails, {notices} notices", mails.len());
    process.stop().await
}

/// The ids of the account events that were published, once there is one.
async fn events(process: &StandaloneProcess) -> anyhow::Result<BTreeSet<String>> {
    eventually("the account event is published", async || {
        let events = process.mailbox().account_events().await?;
        let changes = events.iter().filter(|event| event["Kind"] == "PasswordChanged");
        let ids: BTreeSet<_> = changes.map(|event| event["ID"].to_string()).collect();
        Ok((!ids.is_empty()).then_some(ids))
    })
    .await
}
