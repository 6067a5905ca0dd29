//! The SMTP server, through a socket.

use super::{Limits, Smtp, World, inbox, loopback, open};
use common::shutdown::Shutdown;
use standalone::inbox::ListenError;
use std::time::Duration;
use tokio::net::TcpListener;

#[tokio::test]
async fn ehlo_offers_what_the_server_does() {
    let world = World::start().await;
    let mut client = Smtp::connect(world.smtp).await;
    client.reply().await;
    let extensions = client.ask("EHLO client.example").await;
    for extension in ["PIPELINING", "8BITMIME", "SIZE 10485760", "ENHANCEDSTATUSCODES", "SMTPUTF8"] {
        let offered = extensions.lines().any(|line| &line[4..] == extension);
        assert!(offered, "{extension} is missing in {extensions}");
    }
    client.must("250 ", "HELO client.example").await;
    client.must("252 2.1.5", "VRFY ada").await;
    client.must("250 2.0.0", "NOOP whatever").await;
    client.must("221 2.0.0", "QUIT").await;
    assert!(client.is_hung_up().await);
}

#[tokio::test]
async fn a_pipelined_mail_is_answered_in_order() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    client.write(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<bad>\r\nDATA\r\n").await;
    for code in ["250 2.1.0", "250 2.1.5", "501 5.1.3", "354 "] {
        let reply = client.reply().await;
        assert!(reply.starts_with(code), "{reply:?} is not {code}");
    }
    client.write(b"Subject: one\r\n\r\nhello\r\n.\r\nMAIL FROM:<>\r\nNOOP\r\nQUIT\r\n").await;
    for code in ["250 2.0.0", "250 2.1.0", "250 2.0.0", "221 2.0.0"] {
        let reply = client.reply().await;
        assert!(reply.starts_with(code), "{reply:?} is not {code}");
    }
    assert_eq!(world.subjects("/api/v1/messages").await, ["one"]);
}

#[tokio::test]
async fn a_mail_may_come_byte_by_byte() {
    let world = World::start().await;
    let mut client = Smtp::connect(world.smtp).await;
    client.reply().await;
    let dialogue = "EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: slow\r\n\r\n..\r\n.\r\n";
    for byte in dialogue.bytes() {
        client.write(&[byte]).await;
    }
    for code in ["250-", "250 2.1.0", "250 2.1.5", "354 ", "250 2.0.0"] {
        assert!(client.reply().await.starts_with(code), "{code}");
    }
    assert_eq!(
        world.get("/api/v1/message/latest/raw").await.text().await.unwrap(),
        "Subject: slow\r\n\r\n.\r\n"
    );
}

#[tokio::test]
async fn all_recipients_of_a_mail_find_it_the_hidden_ones_too() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    let to = ["ada@example.org", "hidden@example.org", "root@localhost", "\"odd one\"@example.org"];
    client.send(&to, "To: Ada <ada@example.org>\r\nSubject: all\r\n\r\nhi").await;
    let list = world.json("/api/v1/messages").await;
    assert_eq!(list["total"], 1);
    let bcc = list["messages"][0]["Bcc"].as_array().unwrap();
    let bcc: Vec<_> = bcc.iter().map(|mailbox| mailbox["Address"].as_str().unwrap()).collect();
    assert_eq!(bcc, to[1..]);
    for to in ["ADA@example.org", "hidden@example.org", "root@localhost"] {
        assert_eq!(world.json(&format!("/api/v1/wait?timeout=0&to={to}")).await["Subject"], "all", "{to}");
    }
}

#[tokio::test]
async fn doubled_dots_are_undone_and_nothing_else_is() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    let longest = "x".repeat(998);
    let sent =
        format!("Subject: dots\r\n\r\n..\r\n...two\r\n.one\r\na.b\r\n\r\n {longest}").replace(" x", "x");
    client.send(&["b@example.org"], &sent).await;
    let raw = world.get("/api/v1/message/latest/raw").await.text().await.unwrap();
    assert_eq!(raw, format!("Subject: dots\r\n\r\n.\r\n..two\r\none\r\na.b\r\n\r\n{longest}\r\n"));
}

#[tokio::test]
async fn commands_out_of_order_are_refused_and_do_no_harm() {
    let world = World::start().await;
    let mut client = Smtp::connect(world.smtp).await;
    client.reply().await;
    client.must("503 5.5.1", "MAIL FROM:<a@example.org>").await;
    client.must("503 5.5.1", "RCPT TO:<b@example.org>").await;
    client.must("503 5.5.1", "DATA").await;
    client.must("501 5.5.4", "EHLO").await;
    client.must("250", "EHLO client.example").await;
    client.must("503 5.5.1", "RCPT TO:<b@example.org>").await;
    client.must("250 2.1.0", "MAIL FROM:<a@example.org> BODY=8BITMIME").await;
    client.must("503 5.5.1", "MAIL FROM:<a@example.org>").await;
    client.must("503 5.5.1", "DATA").await;
    client.must("250 2.1.5", "RCPT TO:<b@example.org>").await;
    client.must("250 2.0.0", "RSET").await;
    client.must("503 5.5.1", "DATA").await;
    client.must("502 5.5.1", "STARTTLS").await;
    client.must("502 5.5.1", "AUTH PLAIN AGEAYg==").await;
    client.must("500 5.5.2", "GET / HTTP/1.1").await;
    client.must("500 5.5.2", &format!("NOOP {}", "x".repeat(4_000))).await;
    client.must("500 5.5.2", "NOOP\nNOOP").await;
    assert!(client.reply().await.starts_with("250 2.0.0"));
    client.must("555 5.5.4", "MAIL FROM:<a@example.org> RET=FULL").await;
    client.must("553 5.6.7", "MAIL FROM:<jö@example.org>").await;
    client.must("250 2.1.0", "MAIL FROM:<jö@example.org> SMTPUTF8").await;
    client.must("250 2.1.5", "RCPT TO:<ö@example.org>").await;
    client.must("354 ", "DATA").await;
    client.must("250 2.0.0", "Subject: still here\r\n\r\n.").await;
    assert_eq!(world.subjects("/api/v1/messages").await, ["still here"]);
}

#[tokio::test]
async fn limits_are_answered_and_the_dialogue_goes_on() {
    let limits = Limits { mail_bytes: 1_000, ..Limits::default() };
    let world = World::start_with(limits, Vec::new()).await;
    let mut client = Smtp::greeted(world.smtp).await;
    client.must("552 5.3.4", "MAIL FROM:<a@example.org> SIZE=1001").await;
    for (code, text) in [
        ("552 5.3.4", "0123456789\r\n".repeat(100)),
        ("554 5.6.0", format!("Subject: long\r\n\r\n{}\r\n", "x".repeat(999))),
        ("554 5.6.0", "Subject: bare\n\r\nhello\r\n".to_owned()),
        ("250 2.0.0", format!("Subject: fits\r\n\r\n{}\r\n", "x".repeat(980))),
    ] {
        client.must("250 2.1.0", "MAIL FROM:<a@example.org> SIZE=1000").await;
        client.must("250 2.1.5", "RCPT TO:<b@example.org>").await;
        client.must("354 ", "DATA").await;
        client.must(code, &format!("{text}.")).await;
    }
    client.must("250 2.1.0", "MAIL FROM:<a@example.org>").await;
    for number in 0..100 {
        client.must("250 2.1.5", &format!("RCPT TO:<r{number}@example.org>")).await;
    }
    client.must("452 4.5.3", "RCPT TO:<one-too-many@example.org>").await;
    assert_eq!(world.subjects("/api/v1/messages").await, ["fits"]);
}

#[tokio::test]
async fn a_mail_over_ten_megabytes_is_refused_and_one_below_is_kept() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    let line = format!("{}\r\n", "x".repeat(76));
    for (code, megabytes) in [("552 5.3.4", 11), ("250 2.0.0", 9)] {
        client.must("250", "MAIL FROM:<a@example.org>").await;
        client.must("250", "RCPT TO:<b@example.org>").await;
        client.must("354", "DATA").await;
        let text = line.repeat(megabytes * 1_000_000 / line.len());
        client.must(code, &format!("Subject: {megabytes} MB\r\n\r\n{text}.")).await;
    }
    assert_eq!(world.subjects("/api/v1/messages").await, ["9 MB"]);
}

#[tokio::test]
async fn a_bare_line_feed_cannot_smuggle_a_second_mail() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    client.must("250", "MAIL FROM:<a@example.org>").await;
    client.must("250", "RCPT TO:<b@example.org>").await;
    client.must("354", "DATA").await;
    client.write(b"Subject: outer\r\n\r\nhello\n.\n").await;
    assert!(client.reply().await.starts_with("554 5.6.0"));
    assert!(client.is_hung_up().await);
    assert_eq!(world.json("/api/v1/messages").await["total"], 0);
}

#[tokio::test]
async fn a_mail_cut_off_before_its_dot_is_not_kept() {
    let world = World::start().await;
    let mut client = Smtp::greeted(world.smtp).await;
    client.must("250", "MAIL FROM:<a@example.org>").await;
    client.must("250", "RCPT TO:<b@example.org>").await;
    client.must("354", "DATA").await;
    client.write(b"Subject: half\r\n\r\nhel").await;
    drop(client);
    Smtp::greeted(world.smtp).await.send(&["c@example.org"], "Subject: whole\r\n\r\nhello").await;
    assert_eq!(world.subjects("/api/v1/messages").await, ["whole"]);
}

#[tokio::test]
async fn silent_clients_are_told_and_left() {
    let limits = Limits { idle: Duration::from_millis(50), ..Limits::default() };
    let world = World::start_with(limits, Vec::new()).await;
    let mut client = Smtp::connect(world.smtp).await;
    assert!(client.reply().await.starts_with("220 "));
    assert!(client.reply().await.starts_with("421 4.4.2"));
    assert!(client.is_hung_up().await);
}

#[tokio::test]
async fn a_stop_lets_the_mail_in_hand_come_to_its_250() {
    let world = World::start().await;
    let (mut idle, mut sending) = (Smtp::greeted(world.smtp).await, Smtp::greeted(world.smtp).await);
    sending.must("250", "MAIL FROM:<a@example.org>").await;
    sending.must("250", "RCPT TO:<b@example.org>").await;
    sending.must("354", "DATA").await;
    world.shutdown.begin();
    assert!(idle.reply().await.starts_with("421 4.3.2"));
    sending.must("250 2.0.0", "Subject: last\r\n\r\nhello\r\n.").await;
    assert!(sending.reply().await.starts_with("421 4.3.2"));
    world.stop().await;
}

#[tokio::test]
async fn an_address_other_machines_reach_is_refused() {
    let public = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(inbox::bind(public).await, Err(ListenError::NotLoopback(address)) if address == public));
    let folder = tests::folder::Folder::new().unwrap();
    let inbox = open(folder.path(), Limits::default()).await;
    let listener = async || TcpListener::bind(public).await.unwrap();
    let smtp = inbox.serve_smtp(listener().await, Shutdown::new());
    assert!(matches!(smtp.err(), Some(ListenError::NotLoopback(_))));
    let events = std::sync::Arc::new(super::Kept(Vec::new()));
    let http = inbox.serve_http(listener().await, events, Shutdown::new());
    let error = http.err().expect("refused");
    assert!(error.to_string().contains("loopback only"), "{error}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind(loopback()).await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = inbox::bind(address).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on {address}"));
}
