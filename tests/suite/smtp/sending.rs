//! Mails that arrive.

use super::*;
use mail_worker::smtp::{Credentials, Reply};
use std::time::Instant;
use tests::scripted_smtp::Step;

const ALL_HOOKS: [&str; 3] = ["before data", "before dot", "after dot"];

#[tokio::test]
async fn a_mail_is_handed_over_command_by_command() {
    let pause = Step::HearNothing(Duration::from_millis(50));
    let script = Script::greeting(&["SIZE 100000"])
        .hear("MAIL FROM:<noreply@reset.example> SIZE=22")
        .step(pause.clone())
        .say("250 ok")
        .hear("RCPT TO:<ada@example.org>")
        .step(pause.clone())
        .say("251 will forward")
        .hear("DATA")
        .step(pause)
        .say("354 go on")
        .hear_message()
        .say("250 2.0.0 queued as 1A2B");
    let server = serve(vec![script]).await;
    let transport = Transport::new(plain(&server)).unwrap();
    let witness = Witness::default();
    let accepted = transport.send(&mail(), &witness).await.unwrap();
    assert_eq!(accepted.relay_host, format!("localhost:{}", server.port()));
    let reply = Reply { code: 250, enhanced: "2.0.0".to_owned(), text: "queued as 1A2B".to_owned() };
    assert_eq!(accepted.reply, reply);
    assert_eq!(witness.calls(), ALL_HOOKS);
    let heard = server.finish().await.unwrap();
    assert_eq!(heard[0].messages, [mail().message]);
    assert!(heard[0].has_line("EHLO [127.0.0.1]"), "{heard:?}");
}

#[tokio::test]
async fn a_pipelining_relay_host_hears_three_commands_at_once() {
    let script = Script::greeting(&["PIPELINING"])
        .hear("MAIL")
        .hear("RCPT")
        .hear("DATA")
        .say("250 ok\r\n250 ok\r\n354 go on")
        .hear_message()
        .say("250 taken");
    let (outcome, hooks) = send_to(script, |_| ()).await;
    assert_eq!(outcome.unwrap().reply.text, "taken");
    assert_eq!(hooks, ALL_HOOKS);
}

#[tokio::test]
async fn the_message_arrives_byte_for_byte() {
    let message = b"Subject: dots\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n\r\n.";
    let server = serve(vec![Script::greeting(&[]).takes_mail()]).await;
    let transport = Transport::new(plain(&server)).unwrap();
    transport.send(&mail_to("ada@example.org", message), &Witness::default()).await.unwrap();
    let heard = server.finish().await.unwrap();
    let unstuffed: Vec<u8> = heard[0].messages[0]
        .split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| line.strip_prefix(b".").unwrap_or(line).to_vec())
        .collect();
    assert_eq!(unstuffed, [&message[..], b"\r\n"].concat());
}

#[tokio::test]
async fn eight_bit_bytes_and_names_go_where_they_are_offered() {
    let script = Script::greeting(&["8BITMIME", "SMTPUTF8", "PIPELINING"]).takes_mail();
    let server = serve(vec![script]).await;
    let transport = Transport::new(plain(&server)).unwrap();
    let message = "Subject: x\r\n\r\ngrüße\r\n".as_bytes();
    transport.send(&mail_to("jürgen@example.org", message), &Witness::default()).await.unwrap();
    let heard = server.finish().await.unwrap();
    assert!(heard[0].has_line("MAIL FROM:<noreply@reset.example> BODY=8BITMIME SMTPUTF8"), "{heard:?}");
    assert!(heard[0].has_line("RCPT TO:<jürgen@example.org>"), "{heard:?}");
    assert_eq!(heard[0].messages, [message]);
}

#[tokio::test]
async fn auth_on_loopback_needs_no_tls() {
    let script = Script::greeting(&["AUTH PLAIN LOGIN"])
        .answer("AUTH PLAIN AHVzZXIAcGFzcw==", "235 welcome")
        .takes_mail();
    let (outcome, _) = send_to(script, |s| s.credentials = Some(Credentials::new("user", "pass"))).await;
    outcome.unwrap();
}

#[tokio::test]
async fn starttls_then_auth_login_then_the_mail() {
    let certificate = TestCertificate::for_host("localhost").unwrap();
    let script = Script::greeting(&["STARTTLS", "AUTH PLAIN"])
        .answer("STARTTLS", "220 go ahead")
        .start_tls()
        .hello(&["AUTH LOGIN", "PIPELINING"])
        .answer("AUTH LOGIN", "334 VXNlcm5hbWU6")
        .answer("dXNlcg==", "334 UGFzc3dvcmQ6")
        .answer("cGFzcw==", "235 welcome")
        .takes_mail();
    let server = serve_tls(vec![script], &certificate).await;
    let mut settings = encrypted(&server, TlsMode::StartTls, &certificate);
    settings.credentials = Some(Credentials::new("user", "pass"));
    settings.ehlo_name = Some("worker.example".to_owned());
    send(&Transport::new(settings).unwrap()).await.unwrap();
    let heard = server.finish().await.unwrap();
    let hellos = heard[0].lines.iter().filter(|line| *line == "EHLO worker.example").count();
    assert_eq!((hellos, heard[0].messages.len()), (2, 1), "EHLO before and after STARTTLS");
}

#[tokio::test]
async fn implicit_tls_then_auth_plain_then_the_mail() {
    let certificate = TestCertificate::for_host("localhost").unwrap();
    let script = Script::new()
        .start_tls()
        .say("220 relay.example ESMTP")
        .hello(&["AUTH PLAIN", "PIPELINING"])
        .answer("AUTH PLAIN AHVzZXIAcGFzcw==", "235 welcome")
        .takes_mail()
        .takes_mail();
    let server = serve_tls(vec![script], &certificate).await;
    let mut settings = encrypted(&server, TlsMode::Implicit, &certificate);
    settings.credentials = Some(Credentials::new("user", "pass"));
    let transport = Transport::new(settings).unwrap();
    send(&transport).await.unwrap();
    send(&transport).await.unwrap();
    let heard = server.finish().await.unwrap();
    assert_eq!(heard[0].messages.len(), 2);
}

#[tokio::test]
async fn no_mail_waits_for_a_delayed_acknowledgement() {
    const MAILS: u32 = 50;
    let script = (0..MAILS).fold(Script::greeting(&[]), |script, _| script.takes_mail());
    let server = serve(vec![script]).await;
    let transport = Transport::new(plain(&server)).unwrap();
    let begun = Instant::now();
    for _ in 0..MAILS {
        send(&transport).await.unwrap();
    }
    let each = begun.elapsed() / MAILS;
    server.finish().await.unwrap();
    assert!(
        each < Duration::from_millis(30),
        "{each:?} a mail; Nagle and delayed acknowledgements cost 40 ms"
    );
}
