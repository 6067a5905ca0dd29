//! Dying at each named boundary.

use super::{NEW_PASSWORD, OLD_PASSWORD, STANDALONE, Waiting, nothing_is_left_waiting};
use anyhow::{Context as _, ensure};
use common::abort::AbortPoint;
use futures::future::join_all;
use tests::mailbox::Mail;
use tests::relay_inbox::RelayInbox;
use tests::scripted_smtp::{Script, ScriptedSmtp};
use tests::standalone_process::StandaloneFolder;

const ADDRESS: &str = "grace@example.org";

#[tokio::test]
async fn dying_at_any_boundary_changes_only_when_the_mail_comes() {
    let outcomes = join_all(AbortPoint::ALL.map(async |point| (point, survives(point).await))).await;
    for (point, outcome) in &outcomes {
        println!(
            "{}: {}",
            point.name(),
            outcome.as_ref().map_or_else(|e| format!("{e:#}"), |()| "kept".into())
        );
    }
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
}

async fn survives(point: AbortPoint) -> anyhow::Result<()> {
    let relay = RelayInbox::start().await?;
    let busy = ScriptedSmtp::start(vec![tries_again_later()]).await?;
    let first = if point == AbortPoint::AfterRetryPublish { busy.port() } else { relay.smtp_port() };
    let mut folder = StandaloneFolder::new(STANDALONE)?.relaying_to(first);
    let process = folder.start_armed(point, 1).await?;
    process.gateway().create_account(ADDRESS, OLD_PASSWORD).await?;
    // Whether the answer gets out before the end is left open; the request is durable by then, but for the first point.
    let _ = process.gateway().request_reset(ADDRESS).await;
    process.aborts().await?;
    let left = Waiting::look(&folder.data_dir()).await?;
    ensure!(is_what_is_left_at(point, &left), "this is not what is left there: {left:?}");

    let mut folder = folder.relaying_to(relay.smtp_port());
    let process = folder.start().await?;
    if point == AbortPoint::BeforeAccept {
        process.gateway().request_reset(ADDRESS).await?;
    }
    let mails = relay.mailbox().has_mails_to(ADDRESS, copies(point)).await?;
    let token = mails[0].reset_token().context("a mail without a link")?;
    process.gateway().complete_reset(token, NEW_PASSWORD).await?;
    process.gateway().verify_password(ADDRESS, NEW_PASSWORD).await?;
    // The notice of the change is the later mail that shows that no other is on its way before it.
    relay.mailbox().has_mails_to(ADDRESS, copies(point) + 1).await?;
    nothing_is_left_waiting(&folder.data_dir()).await?;
    process.stop().await?;
    let mails = relay.mailbox().mails_to(ADDRESS).await?;
    are_copies_of_one_and_a_notice(&mails, copies(point))
}

/// Two where the relay host's answer was lost with the process that had asked, else one.
fn copies(point: AbortPoint) -> usize {
    if matches!(point, AbortPoint::AfterDot | AbortPoint::AfterReply) { 2 } else { 1 }
}

fn are_copies_of_one_and_a_notice(mails: &[Mail], copies: usize) -> anyhow::Result<()> {
    let subjects: Vec<_> = mails.iter().map(|mail| &mail.subject).collect();
    let (links, notices): (Vec<_>, Vec<_>) = mails.iter().partition(|mail| mail.reset_token().is_some());
    ensure!((links.len(), notices.len()) == (copies, 1), "{subjects:?}");
    ensure!(links.iter().all(|mail| *mail == links[0]), "the copies differ");
    Ok(())
}

/// A relay host that wants to be asked again later.
fn tries_again_later() -> Script {
    Script::greeting(&[]).answer("MAIL", "451 4.3.0 try again later")
}

/// The process must have died where it was told to, and not a step before or after.
fn is_what_is_left_at(point: AbortPoint, left: &Waiting) -> bool {
    let in_queue = left.accepted == 0 && left.outbox == 1 && left.mails == 1 && left.sent == 0;
    match point {
        AbortPoint::BeforeAccept => left.is_nothing(),
        AbortPoint::AfterAccept => left.accepted == 1 && left.outbox == 0,
        AbortPoint::AfterIssue => left.accepted == 0 && left.unmarked == 1 && left.mails == 0,
        AbortPoint::AfterPublish | AbortPoint::AfterConfirm => in_queue && left.unmarked == 1,
        AbortPoint::BeforeData => in_queue && left.claimed == 1,
        AbortPoint::AfterDot | AbortPoint::AfterReply => in_queue && left.dotted == 1,
        AbortPoint::AfterSent => left.sent == 1 && left.mails == 1 && left.reports == 0,
        // The report may have been taken up already.
        AbortPoint::AfterReport => {
            left.sent == 1 && left.mails == 1 && (left.reports == 1 || left.outbox == 0)
        }
        // No request comes by there.
        AbortPoint::AfterRedrivePublish => false,
        AbortPoint::AfterRetryPublish => left.delayed == 1 && left.mails == 0 && left.sent == 0,
    }
}
