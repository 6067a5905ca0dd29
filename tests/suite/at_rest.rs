//! What is kept and what is logged opens no account: neither while everything is on its way nor afterwards.

mod audit;
mod spans;

use crate::crash::{NEW_PASSWORD, OLD_PASSWORD, STANDALONE, Waiting};
use anyhow::{Context as _, ensure};
use audit::{Secrets, Snapshot};
use common::abort::AbortPoint;
use mail_parser::MessageParser;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tests::mailbox::Mail;
use tests::scripted_smtp::{Script, ScriptedSmtp};
use tests::standalone_process::{StandaloneFolder, StandaloneProcess};
use tonic::Code;

const ADDRESS: &str = "katherine.coleman@example.org";

#[tokio::test]
async fn no_token_password_or_address_is_at_rest_or_in_a_log() -> anyhow::Result<()> {
    let mut folder = StandaloneFolder::new(STANDALONE)?.logging("trace");
    let mut snapshots = Vec::new();
    let mails = walk_the_journey(&mut folder, &mut snapshots).await?;

    let mut secrets = Secrets::of_account(ADDRESS, &[OLD_PASSWORD, NEW_PASSWORD]);
    for token in mails.iter().flat_map(|mail| [mail.reset_token(), mail.revoke_token()]).flatten() {
        secrets.add_token(token)?;
    }
    ensure!(secrets.tokens() == 5, "two links with a way back each, and the way back from the change");
    for snapshot in &snapshots {
        secrets.are_not_in(snapshot).await?;
    }
    secrets.tokens_are_in_the_mailbox(snapshots.last().context("no snapshot")?)?;
    let logs = secrets.are_in_no_log(&folder.logs()?)?;
    ensure!(logs.contains("TRACE") && logs.contains("handled a mail"), "the logs tell what happens");
    Ok(())
}

/// Ask, complete, "this was not me"; dying with the files in every state on the way. Returns the mails.
async fn walk_the_journey(
    folder: &mut StandaloneFolder,
    snapshots: &mut Vec<Snapshot>,
) -> anyhow::Result<Vec<Mail>> {
    // In the outbox.
    let process = folder.start_armed(AbortPoint::AfterIssue, 1).await?;
    process.gateway().create_account(ADDRESS, OLD_PASSWORD).await?;
    only_its_owner_may_look(&folder.data_dir())?;
    let _ = process.gateway().request_reset(ADDRESS).await;
    process.aborts().await?;
    snapshots.push(Snapshot::take(folder)?);
    // In the queue, and in the worker's hands.
    folder.start_armed(AbortPoint::BeforeData, 1).await?.aborts().await?;
    snapshots.push(Snapshot::take(folder)?);
    // In the mailbox, the link live.
    let process = folder.start().await?;
    let mail = newest(&process, 1).await?;
    let token = mail.reset_token().context("no link")?.to_owned();
    opens(&process, &format!("/r/{token}")).await?;
    opens(&process, &format!("/revoke/{}", mail.revoke_token().context("no way back")?)).await?;
    process.kill()?;
    snapshots.push(Snapshot::take(folder)?);
    // The notice of the change in the queue, the account event in the outbox.
    let process = folder.start_armed(AbortPoint::AfterPublish, 1).await?;
    let _ = process.gateway().complete_reset(&token, NEW_PASSWORD).await;
    process.aborts().await?;
    snapshots.push(Snapshot::take(folder)?);
    // Log-in refused, a new link live.
    let process = folder.start().await?;
    process.gateway().verify_password(ADDRESS, NEW_PASSWORD).await?;
    let not_me = newest(&process, 2).await?.revoke_token().context("no way back")?.to_owned();
    process.gateway().revoke_reset(&not_me).await?;
    let refused = process.gateway().verify_password(ADDRESS, NEW_PASSWORD).await;
    ensure!(refused.is_err_and(|status| status.code() == Code::Unauthenticated), "it still logs in");
    newest(&process, 3).await?;
    only_its_owner_may_look(&folder.data_dir())?;
    let mails = process.mailbox().mails_to(ADDRESS).await?;
    process.stop().await?;
    only_its_owner_may_look(&folder.data_dir())?;
    snapshots.push(Snapshot::take(folder)?);
    Ok(mails)
}

/// Its path, with the token in it, has been through everything that logs.
async fn opens(process: &StandaloneProcess, path: &str) -> anyhow::Result<()> {
    let status = process.open_page(path).await?;
    ensure!(status == 200, "the page of a link answers {status}");
    Ok(())
}

async fn newest(process: &StandaloneProcess, count: usize) -> anyhow::Result<Mail> {
    let mut mails = process.mailbox().has_mails_to(ADDRESS, count).await?;
    mails.pop().context("no mail")
}

/// The directory is for its owner, and so is each file.
fn only_its_owner_may_look(data_dir: &Path) -> anyhow::Result<()> {
    let mode = |path: &Path| Ok::<_, anyhow::Error>(fs::metadata(path)?.permissions().mode() & 0o7777);
    ensure!(mode(data_dir)? == 0o700, "the directory has mode {:o}", mode(data_dir)?);
    let files = fs::read_dir(data_dir)?.collect::<Result<Vec<_>, _>>()?;
    ensure!(files.len() >= 6, "three databases, two keys and the lock");
    for file in files {
        let mode = mode(&file.path())?;
        ensure!(mode == 0o600, "{} has mode {mode:o}", file.path().display());
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_mail_leaves_neither_its_tokens_nor_the_echoed_address_behind() -> anyhow::Result<()> {
    let refusal = format!("550 5.1.1 <{ADDRESS}>: no such mailbox, says {ADDRESS}");
    let script = Script::greeting(&[]).opens().hear_message().say(&refusal);
    let relay = ScriptedSmtp::start(vec![script]).await?;
    let mut folder = StandaloneFolder::new(STANDALONE)?.logging("trace").relaying_to(relay.port());
    let process = folder.start().await?;
    process.gateway().create_account(ADDRESS, OLD_PASSWORD).await?;
    process.gateway().request_reset(ADDRESS).await?;
    Waiting::ends_as_a_dead_letter(&folder.data_dir()).await?;
    process.kill()?;

    let heard = relay.finish().await?;
    let message = MessageParser::default().parse(&heard[0].messages[0]).context("not a mail")?;
    let text = message.body_text(0).context("a mail without text")?.into_owned();
    let mail = Mail { to: String::new(), subject: String::new(), message_id: String::new(), text };
    let mut secrets = Secrets::of_account(ADDRESS, &[OLD_PASSWORD]);
    secrets.add_token(mail.reset_token().context("no link")?)?;
    secrets.add_token(mail.revoke_token().context("no way back")?)?;
    secrets.are_not_in(&Snapshot::take(&folder)?).await?;
    secrets.are_in_no_log(&folder.logs()?)?;
    Ok(())
}
