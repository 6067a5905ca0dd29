//! Everything before MAIL is the relay host's fault, and costs the mail no attempt.

use super::*;
use common::event::DeliveryStage;
use mail_worker::smtp::{Credentials, Fault};
use tests::scripted_smtp::Step;

#[track_caller]
fn assert_relay_host_failed(outcome: Result<Accepted, SendError>, detail: &str) {
    let error = outcome.unwrap_err();
    assert_eq!((error.fault, error.stage), (Fault::RelayHost, DeliveryStage::Connect), "{error}");
    assert!(error.detail.contains(detail), "{error}");
}

async fn assert_fails(script: Script, detail: &str) {
    assert_fails_with(script, detail, |_| ()).await;
}

async fn assert_fails_with(script: Script, detail: &str, settle: impl FnOnce(&mut Settings)) {
    let (outcome, hooks) = send_to(script, settle).await;
    assert_relay_host_failed(outcome, detail);
    assert!(hooks.is_empty(), "{hooks:?}");
}

#[tokio::test]
async fn a_refused_connection() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let transport = Transport::new(Settings::new("127.0.0.1", port, TlsMode::None)).unwrap();
    assert_relay_host_failed(send(&transport).await, "refused");
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let transport = Transport::new(Settings::new("relay.invalid", 25, TlsMode::StartTls)).unwrap();
    assert_relay_host_failed(send(&transport).await, "");
}

#[tokio::test]
async fn greetings_that_are_not_220() {
    assert_fails(Script::new().say("421 4.3.2 too busy").hear_close(), "421").await;
    assert_fails(Script::new().say("554 5.7.1 go away").hear_close(), "554").await;
    assert_fails(Script::new().say("250 hello").hear_close(), "250").await;
    assert_fails(Script::new().say("HTTP/1.1 400 Bad Request").hear_close(), "malformed").await;
    assert_fails(Script::new(), "closed").await;
}

#[tokio::test]
async fn a_reply_keeps_its_words() {
    let (outcome, _) =
        send_to(Script::new().say("554-5.7.1 go\r\n554 5.7.1 away").hear_close(), |_| ()).await;
    let reply = outcome.unwrap_err().reply.unwrap();
    assert_eq!((reply.code, reply.enhanced.as_str(), reply.text.as_str()), (554, "5.7.1", "go away"));
}

#[tokio::test]
async fn a_silent_greeting() {
    assert_fails_with(Script::new().hear_close(), "nothing happened", |s| s.timeouts.greeting = SHORT).await;
}

#[tokio::test]
async fn a_greeting_that_drips() {
    let drip = Step::Drip(b"220 relay.example ESMTP ready and willing\r\n".repeat(20), SHORT / 6);
    assert_fails_with(Script::new().step(drip), "nothing happened", |s| s.timeouts.greeting = SHORT).await;
}

#[tokio::test]
async fn a_refused_ehlo() {
    let greeted = || Script::new().say("220 hello");
    assert_fails(greeted().answer("EHLO", "502 5.5.1 what").hear_close(), "502").await;
    assert_fails(greeted().answer("EHLO", "421 4.3.2 later").hear_close(), "421").await;
    assert_fails(greeted().hear("EHLO"), "closed").await;
}

#[tokio::test]
async fn a_silent_ehlo() {
    let script = Script::new().say("220 hello").hear("EHLO").hear_close();
    assert_fails_with(script, "nothing happened", |s| s.timeouts.command = SHORT).await;
}

#[tokio::test]
async fn starttls_that_is_not_offered_is_not_done_without() {
    let script = Script::greeting(&["AUTH PLAIN"]).hear_close();
    assert_fails_with(script, "does not offer starttls", |s| {
        s.tls = TlsMode::StartTls;
        s.credentials = Some(Credentials::new("user", "pass"));
        s.extra_roots = Some(TestCertificate::for_host("localhost").unwrap().pem);
    })
    .await;
}

#[tokio::test]
async fn starttls_that_is_refused_is_not_done_without() {
    let script = Script::greeting(&["STARTTLS"]).answer("STARTTLS", "454 4.7.0 not now").hear_close();
    let roots = TestCertificate::for_host("localhost").unwrap().pem;
    assert_fails_with(script, "454", |s| (s.tls, s.extra_roots) = (TlsMode::StartTls, Some(roots))).await;
}

#[tokio::test]
async fn plain_text_behind_the_starttls_reply_ends_the_connection() {
    let injected = Step::Say(b"220 go ahead\r\n250-relay.example\r\n250 AUTH PLAIN\r\n".to_vec());
    let script = Script::greeting(&["STARTTLS"]).hear("STARTTLS").step(injected).hear_close();
    let roots = TestCertificate::for_host("localhost").unwrap().pem;
    assert_fails_with(script, "out of turn", |s| (s.tls, s.extra_roots) = (TlsMode::StartTls, Some(roots)))
        .await;
}

#[tokio::test]
async fn certificates_that_are_not_trusted_or_not_the_hosts() {
    let trusted = TestCertificate::for_host("localhost").unwrap();
    let stranger = TestCertificate::for_host("localhost").unwrap();
    let other_host = TestCertificate::for_host("other.example").unwrap();
    for (presented, trusted) in [(&stranger, &trusted), (&other_host, &other_host)] {
        for (tls, script) in [
            (TlsMode::Implicit, Script::new()),
            (TlsMode::StartTls, Script::greeting(&["STARTTLS"]).answer("STARTTLS", "220 go")),
        ] {
            let server = serve_tls(vec![script.step(Step::FailTls)], presented).await;
            let transport = Transport::new(encrypted(&server, tls, trusted)).unwrap();
            assert_relay_host_failed(send(&transport).await, "certificate");
            server.finish().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_tls_handshake_that_never_answers() {
    let roots = TestCertificate::for_host("localhost").unwrap().pem;
    let server = serve(vec![Script::new().step(Step::Wait(SHORT * 2))]).await;
    let mut settings = plain(&server);
    (settings.tls, settings.extra_roots, settings.timeouts.tls) = (TlsMode::Implicit, Some(roots), SHORT);
    assert_relay_host_failed(send(&Transport::new(settings).unwrap()).await, "nothing happened");
    server.finish().await.unwrap();
}

#[tokio::test]
async fn refused_credentials_are_not_shown() {
    let script = Script::greeting(&["AUTH PLAIN"])
        .answer("AUTH PLAIN", "535 5.7.8 wrong password for ada@example.org")
        .hear_close();
    let credentials = Credentials::new("ada@example.org", "hunter2");
    let (outcome, _) = send_to(script, |s| s.credentials = Some(credentials)).await;
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("ada@"), "{shown}");
    assert_relay_host_failed(outcome, "535");
}

#[tokio::test]
async fn auth_that_is_not_offered_or_makes_no_sense() {
    let with_credentials = |s: &mut Settings| s.credentials = Some(Credentials::new("user", "pass"));
    let script = Script::greeting(&["AUTH GSSAPI"]).hear_close();
    assert_fails_with(script, "offers neither", with_credentials).await;
    let login = || Script::greeting(&["AUTH LOGIN"]);
    assert_fails_with(login().answer("AUTH LOGIN", "334 !!!").hear_close(), "no sense", with_credentials)
        .await;
    let asks_for_more = login().answer("AUTH LOGIN", "334 RnJvYm5pY2F0aW9uOg==").hear_close();
    assert_fails_with(asks_for_more, "no sense", with_credentials).await;
    assert_fails_with(login().answer("AUTH LOGIN", "504 no").hear_close(), "504", with_credentials).await;
}
