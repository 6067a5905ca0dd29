//! The SMTP client against scripted and real servers.
mod dialling;
mod keeping;
mod postfix;
mod refusals;
mod replies;
mod sending;

use async_trait::async_trait;
use common::address::EmailAddress;
use mail_worker::mail::OutgoingMail;
use mail_worker::smtp::{Accepted, Progress, SendError, Settings, TlsMode, Transport, Withdrawn};
use std::sync::Mutex;
use std::time::Duration;
use tests::scripted_smtp::{Script, ScriptedSmtp};
use tests::test_certificate::TestCertificate;

/// Short enough to wait for, in tests where the server stays silent.
const SHORT: Duration = Duration::from_millis(300);

fn mail() -> OutgoingMail {
    mail_to("ada@example.org", b"Subject: hi\r\n\r\nhello\r\n")
}

fn mail_to(recipient: &str, message: &[u8]) -> OutgoingMail {
    OutgoingMail {
        sender: EmailAddress::parse("noreply@reset.example").unwrap(),
        recipient: EmailAddress::parse(recipient).unwrap(),
        message: message.to_vec(),
    }
}

/// Remembers which hooks were called.
#[derive(Debug, Default)]
struct Witness {
    calls: Mutex<Vec<&'static str>>,
    withdraws: bool,
}

impl Witness {
    fn withdrawing() -> Self {
        Self { withdraws: true, ..Self::default() }
    }

    fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    fn note(&self, call: &'static str) {
        self.calls.lock().unwrap().push(call);
    }
}

#[async_trait]
impl Progress for Witness {
    async fn before_data(&self) {
        self.note("before data");
    }

    async fn before_dot(&self) -> Result<(), Withdrawn> {
        self.note("before dot");
        if self.withdraws { Err(Withdrawn) } else { Ok(()) }
    }

    async fn after_dot(&self) {
        self.note("after dot");
    }
}

fn plain(server: &ScriptedSmtp) -> Settings {
    Settings::new("localhost", server.port(), TlsMode::None)
}

fn encrypted(server: &ScriptedSmtp, tls: TlsMode, trusted: &TestCertificate) -> Settings {
    let mut settings = Settings::new("localhost", server.port(), tls);
    settings.extra_roots = Some(trusted.pem.clone());
    settings
}

async fn serve(scripts: Vec<Script>) -> ScriptedSmtp {
    ScriptedSmtp::start(scripts).await.unwrap()
}

async fn serve_tls(scripts: Vec<Script>, certificate: &TestCertificate) -> ScriptedSmtp {
    ScriptedSmtp::start_with_tls(scripts, Some(certificate.server_config().unwrap())).await.unwrap()
}

async fn send(transport: &Transport) -> Result<Accepted, SendError> {
    transport.send(&mail(), &Witness::default()).await
}

/// One send to a server with one script: what became of it, and which hooks were called.
async fn send_to(
    script: Script,
    settle: impl FnOnce(&mut Settings),
) -> (Result<Accepted, SendError>, Vec<&'static str>) {
    let server = serve(vec![script]).await;
    let mut settings = plain(&server);
    settle(&mut settings);
    let witness = Witness::default();
    let outcome = Transport::new(settings).unwrap().send(&mail(), &witness).await;
    server.finish().await.unwrap();
    (outcome, witness.calls())
}
