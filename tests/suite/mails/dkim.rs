//! Signatures, as a receiver checks them: with dkimpy, which shares no line with ours.

use super::{Draft, built_in};
use async_trait::async_trait;
use common::brand::AppId;
use common::clock::{Clock as _, SystemClock};
use mail_worker::dkim::{Dkim, Lifetime};
use mail_worker::mail::OutgoingMail;
use mail_worker::smtp::{Progress, Settings, TlsMode, Transport, Withdrawn};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::eventually::eventually;
use tests::relay_inbox::RelayInbox;
use time::{Duration, OffsetDateTime};

const RSA: &str = include_str!("keys/rsa.pem");
const SHORT_RSA: &str = include_str!("keys/short.pem");
const ED25519: &str = include_str!("keys/ed25519.pem");
/// Where tests/run installs it.
const VERIFIER: &str = "tools/dkimpy-1.1.8";

/// The brands that sign; any other leaves it to the relay host.
const KEYED: [&str; 2] = ["tapo", "kasa"];

/// Both kinds of key for both brands; their selectors are the names of the records in `keys/`.
fn both_brands() -> Dkim {
    let mut dkim = Dkim::default();
    for app in KEYED {
        let domain = format!("{app}.example");
        dkim.add(&built_in().brands, app, &domain, "ed25519", ED25519).unwrap();
        dkim.add(&built_in().brands, app, &domain, "rsa", RSA).unwrap();
    }
    dkim
}

/// Signed as a mail of that moment.
pub(super) fn signed(draft: &Draft, occurred_at: OffsetDateTime) -> OutgoingMail {
    let mut mail = draft.render();
    both_brands().sign(&AppId::parse(draft.app).unwrap(), &mut mail, lifetime(occurred_at)).unwrap();
    mail
}

fn lifetime(occurred_at: OffsetDateTime) -> Lifetime {
    Lifetime { occurred_at, deliver_by: occurred_at + Duration::hours(4) }
}

/// What dkimpy says of each signature.
fn verified(message: &[u8]) -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/mails");
    let mut python = Command::new("python3");
    python.arg(here.join("verify-dkim.py")).arg(here.join("keys")).env("PYTHONPATH", verifier());
    let mut python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(message).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn verifier() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let found = program.ancestors().map(|folder| folder.join(VERIFIER)).find(|folder| folder.is_dir());
    found.expect("dkimpy is not installed: start tests/run once")
}

/// The sources of all mails that the inbox has, as it received them.
async fn received(inbox: &RelayInbox, count: usize) -> Vec<Vec<u8>> {
    let listed = eventually("every mail is there", async || {
        let listed = inbox.mailbox().list().await?;
        Ok((listed.len() == count).then_some(listed))
    });
    let mut sources = Vec::new();
    for mail in listed.await.unwrap() {
        let url = format!("http://{}/api/v1/message/{}/raw", inbox.http(), mail.id);
        let answer = reqwest::get(url).await.unwrap().error_for_status().unwrap();
        sources.push(answer.bytes().await.unwrap().to_vec());
    }
    sources
}

struct Unwatched;

#[async_trait]
impl Progress for Unwatched {
    async fn before_data(&self) {}

    async fn before_dot(&self) -> Result<(), Withdrawn> {
        Ok(())
    }

    async fn after_dot(&self) {}
}

#[tokio::test]
async fn another_programs_verifier_passes_every_mail_that_was_received() {
    let inbox = RelayInbox::start().await.unwrap();
    let transport = Transport::new(Settings::new("127.0.0.1", inbox.smtp_port(), TlsMode::None)).unwrap();
    let mut sent = 0;
    for (_, draft) in Draft::every().filter(|(_, draft)| KEYED.contains(&draft.app)) {
        transport.send(&signed(&draft, SystemClock.now()), &Unwatched).await.unwrap();
        sent += 1;
    }
    for source in received(&inbox, sent).await {
        let text = String::from_utf8(source.clone()).unwrap();
        let domain = if text.contains("\r\nFrom: Tapo <") { "tapo.example" } else { "kasa.example" };
        let expected = [format!("ed25519 {domain} pass"), format!("rsa {domain} pass")];
        assert_eq!(verified(&source), expected, "{text}");
    }
}

#[test]
fn another_programs_verifier_fails_what_was_tampered_with() {
    let message = signed(&Draft::new(super::MailKind::ResetLink), SystemClock.now()).message;
    let message = String::from_utf8(message).unwrap();
    for (from, to) in [
        ("Click to Reset", "Click to reset"),
        ("Subject: Reset", "Subject: reset"),
        ("\r\nFrom: ", "\r\nFrom: Mallory <m@evil.example>\r\nFrom: "),
        ("\r\nMIME-Version: ", "\r\nFrom: Mallory <m@evil.example>\r\nMIME-Version: "),
        ("\r\nReply-To: ", "\r\nReply-To: m@evil.example\r\nReply-To: "),
        ("\r\nTo: ada@", "\r\nTo: ida@"),
    ] {
        let tampered = message.replacen(from, to, 1);
        assert_ne!(tampered, message, "{from} is not in\n{message}");
        let expected = ["ed25519 tapo.example fail", "rsa tapo.example fail"];
        assert_eq!(verified(tampered.as_bytes()), expected, "{from} {to}");
    }
    // What relay hosts may do: fields of their own above, and spaces.
    let relayed =
        format!("Received: by relay.example\r\n{}", message.replacen("Subject: ", "subject:\t ", 1));
    assert_eq!(verified(relayed.as_bytes()), ["ed25519 tapo.example pass", "rsa tapo.example pass"]);
}

#[test]
fn a_second_copy_has_the_same_bytes_signatures_included() {
    let draft = Draft::new(super::MailKind::ResetLink);
    let unsigned = draft.render().message;
    // An hour ago, as an attempt after others.
    let occurred_at = SystemClock.now() - Duration::hours(1);
    let (first, second) = (signed(&draft, occurred_at).message, signed(&draft, occurred_at).message);
    assert_eq!(first, second);
    assert!(first.ends_with(&unsigned), "what is signed was changed");
    let text = String::from_utf8(first).unwrap();
    let told = format!(" t={};", occurred_at.unix_timestamp());
    assert_eq!(text.matches(&told).count(), 2, "both signatures tell when the mail was decided on: {text}");
}

#[test]
fn without_a_key_the_mail_is_left_for_the_relay_host_to_sign() {
    let mut mail = Draft::new(super::MailKind::ResetLink).render();
    let unsigned = mail.message.clone();
    let now = lifetime(SystemClock.now());
    Dkim::default().sign(&AppId::parse("tapo").unwrap(), &mut mail, now).unwrap();
    assert_eq!(mail.message, unsigned);
}

#[test]
fn a_key_that_could_only_fail_is_refused() {
    let brands = &built_in().brands;
    let garbled = RSA.replacen("MII", "AAA", 1);
    let garbled = garbled.as_str();
    for (app, domain, selector, pem, why) in [
        ("deco", "tapo.example", "s", RSA, "no brand for deco"),
        ("tapo", "kasa.example", "s", RSA, "not aligned with tapo.example"),
        ("tapo", "example", "s", RSA, "not aligned"),
        ("tapo", "tapo.example", "s; d=x", RSA, "no selector"),
        ("tapo", "tapo.example", "", RSA, "no selector"),
        ("tapo", "tapo.example", "s", SHORT_RSA, "2048"),
        ("tapo", "tapo.example", "s", garbled, "in PEM"),
        ("tapo", "tapo.example", "s", "", "in PEM"),
    ] {
        let error = Dkim::default().add(brands, app, domain, selector, pem).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let twice = both_brands().add(brands, "tapo", "tapo.example", "other", RSA).unwrap_err();
    assert!(twice.to_string().contains("two keys for rsa-sha256"), "{twice}");
}

#[test]
fn no_key_is_shown() {
    let shown = format!("{:?}", both_brands());
    assert!(shown.contains("Key(rsa-sha256, redacted)"), "{shown}");
    assert!(!shown.contains("KeyPair"), "{shown}");
}
