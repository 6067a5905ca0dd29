//! Spans go to whoever may read telemetry: they hold nothing of an account, of a link, or of who asked.

use super::audit::Secrets;
use super::{ADDRESS, newest};
use crate::crash::{NEW_PASSWORD, OLD_PASSWORD, STANDALONE};
use anyhow::{Context as _, ensure};
use proto::v1::ClientInfo;
use tests::collector::Collector;
use tests::eventually::eventually;
use tests::standalone_process::{StandaloneFolder, StandaloneProcess};

const IP: &str = "198.51.100.23";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const DEVICE: &str = "Katherine's Tapo C200";
const STRANGER: &str = "dorothy.vaughan@example.net";
const GUESS: &str = "never was a password";
/// A browser that wants to be in a trace of its own.
const FORGED: &str = "00-deadbeefdeadbeefdeadbeefdeadbeef-deadbeefdeadbeef-01";

/// Everything a person can do, well and badly, by both ways; the mails.
async fn walk(process: &StandaloneProcess, secrets: &mut Secrets) -> anyhow::Result<()> {
    let gateway = process.gateway();
    gateway.create_account(ADDRESS, OLD_PASSWORD).await?;
    let client =
        ClientInfo { ip: IP.to_owned(), user_agent: AGENT.to_owned(), device_name: DEVICE.to_owned() };
    gateway.request_reset_of(ADDRESS, client).await?;
    let mail = newest(process, 1).await?;
    let (token, revoke) =
        (mail.reset_token().context("no link")?, mail.revoke_token().context("no way back")?);
    secrets.add_token(token)?;
    secrets.add_token(revoke)?;
    for path in [format!("/r/{token}"), format!("/revoke/{revoke}"), format!("/no/{token}/such/page")] {
        process.open_page(&path).await?;
    }
    let headers = [("user-agent", AGENT), ("traceparent", FORGED)];
    process.ask_by_page(STRANGER, &headers).await?;
    gateway.request_reset_within("not an address", ADDRESS).await.err().context("it is none")?;
    gateway.verify_password(ADDRESS, GUESS).await.err().context("it was a guess")?;
    gateway.complete_reset(token, "short").await.err().context("it is short")?;
    gateway.complete_reset(token, NEW_PASSWORD).await?;
    let notice = newest(process, 2).await?;
    let not_me = notice.revoke_token().context("no way back")?;
    secrets.add_token(not_me)?;
    gateway.revoke_reset(not_me).await?;
    for token in [newest(process, 3).await?.reset_token(), newest(process, 3).await?.revoke_token()] {
        secrets.add_token(token.context("no link")?)?;
    }
    Ok(())
}

#[tokio::test]
async fn no_token_password_address_or_trace_of_the_asker_is_in_a_span() -> anyhow::Result<()> {
    let collector = Collector::start().await?;
    let mut folder = StandaloneFolder::new(STANDALONE)?.logging("trace").telling(collector.endpoint());
    let process = folder.start().await?;
    let mut secrets = Secrets::of_account(ADDRESS, &[OLD_PASSWORD, NEW_PASSWORD, GUESS]);
    walk(&process, &mut secrets).await?;
    let learnt = eventually("all is learnt", async || {
        let told = collector.told();
        let learnt = told.iter().filter(|span| span.name == "process mail.reports").count();
        Ok((learnt == 3).then_some(()))
    });
    learnt.await?;
    process.stop().await?;

    let bytes = collector.bytes();
    secrets.are_not_told(&bytes)?;
    let told = String::from_utf8_lossy(&bytes);
    for word in
        [IP, "198.51", AGENT, "Firefox", DEVICE, "Katherine", STRANGER, "127.0.0.1/32", "not an address"]
    {
        ensure!(!told.contains(word), "{word} is in a span");
    }
    for span in collector.told() {
        let mut words = span.attributes.values().chain([&span.name]);
        ensure!(!words.any(|word| word.contains('@')), "an address is in {span:?}");
    }
    ensure!(
        collector.trace("deadbeefdeadbeefdeadbeefdeadbeef").spans().is_empty(),
        "a browser chose its trace"
    );
    for name in ["GET /r/{token}", "GET /revoke/{token}", "POST /forgot", "GET", "publish account.events"] {
        ensure!(collector.told().iter().any(|span| span.name == name), "no span is called {name}");
    }
    // The connection to the collector logs, too, at this level.
    secrets.are_in_no_log(&folder.logs()?)?;
    Ok(())
}
