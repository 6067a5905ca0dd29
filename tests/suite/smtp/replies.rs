//! Replies that are late, long, split or quoting what they should not.

use super::*;
use common::event::DeliveryStage;
use mail_worker::smtp::Fault;
use tests::scripted_smtp::Step;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn a_late_250_is_never_taken_for_the_next_mails() {
    let late = Script::greeting(&[])
        .opens()
        .hear_message()
        .step(Step::Wait(SHORT * 2))
        .step(Step::SayIfHeard(b"250 2.0.0 queued, at last\r\n".to_vec()));
    let refusing = Script::greeting(&[]).opens().hear_message().say("550 5.7.1 spam");
    let server = serve(vec![late, refusing]).await;
    let mut settings = plain(&server);
    settings.timeouts.dot = SHORT;
    settings.connections.max = 1;
    let transport = Transport::new(settings).unwrap();
    let first = send(&transport).await.unwrap_err();
    assert_eq!((first.fault, first.reply), (Fault::Ambiguous, None));
    let second = send(&transport).await.unwrap_err();
    assert_eq!((second.fault, second.reply.unwrap().code), (Fault::Permanent, 550));
    server.finish().await.unwrap();
}

/// The defect that the test before is for, shown on a client that keeps its connection after it gave up waiting, as pools
/// do whose send was cancelled: from then on it is one reply behind, and takes 354 for the end of a mail that was refused.
#[tokio::test]
async fn a_client_that_keeps_its_connection_takes_each_reply_for_the_next_command() {
    let script = Script::greeting(&[])
        .opens()
        .hear_message()
        .step(Step::Wait(SHORT * 2))
        .say("250 2.0.0 queued, at last")
        .opens()
        .hear_message()
        .say("550 5.7.1 spam");
    let server = serve(vec![script]).await;
    let mut naive = Naive::dial(server.port()).await;
    for command in ["EHLO client.example", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA"] {
        naive.say(command).await.unwrap();
    }
    assert_eq!(naive.say("first\r\n.").await, None, "it gives up before the answer comes");
    for (command, taken) in [
        ("MAIL FROM:<a@example.org>", "250 2.0.0 queued, at last"),
        ("RCPT TO:<c@example.org>", "250 2.1.0 ok"),
        ("DATA", "250 2.1.5 ok"),
    ] {
        assert_eq!(naive.wait_and_say(command).await, taken);
    }
    assert_eq!(naive.wait_and_say("second\r\n.").await, "354 go on", "the server said 550 to this mail");
    server.finish().await.unwrap();
}

/// A client that reads one reply a command, and does not mind having missed one.
struct Naive(tokio::io::BufReader<tokio::net::TcpStream>);

impl Naive {
    async fn dial(port: u16) -> Self {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut naive = Self(tokio::io::BufReader::new(stream));
        naive.reply().await;
        naive
    }

    /// The reply, unless it takes longer than a short while.
    async fn say(&mut self, command: &str) -> Option<String> {
        self.0.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        tokio::time::timeout(SHORT, self.reply()).await.ok()
    }

    async fn wait_and_say(&mut self, command: &str) -> String {
        self.0.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        self.reply().await
    }

    async fn reply(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }
}

#[tokio::test]
async fn a_reply_may_have_many_lines_and_come_in_pieces() {
    let script = Script::greeting(&["PIPELINING"]).opens().hear_message().step(Step::Drip(
        b"250-2.0.0 first\r\n250-2.0.0 second\r\n250 2.0.0 third\r\n".to_vec(),
        Duration::from_millis(1),
    ));
    let (outcome, _) = send_to(script, |_| ()).await;
    assert_eq!(outcome.unwrap().reply.text, "first second third");
}

#[tokio::test]
async fn an_endless_reply_is_cut_off_and_is_no_answer() {
    let endless_line = vec![b'2'; 1 << 20];
    let endless_lines = b"250-more\r\n".repeat(1 << 16);
    for endless in [endless_line, endless_lines] {
        let greeting = Script::new().step(Step::SayIfHeard(endless.clone()));
        let (outcome, _) = send_to(greeting, |_| ()).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.fault, Fault::RelayHost, "{error}");

        let at_the_dot = Script::greeting(&[]).opens().hear_message().step(Step::SayIfHeard(endless));
        let (outcome, _) = send_to(at_the_dot, |_| ()).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.stage, error.fault), (DeliveryStage::Dot, Fault::Ambiguous), "{error}");
        assert!(error.detail.contains("malformed") && error.detail.len() <= 512, "{error}");
    }
}

#[tokio::test]
async fn a_surplus_reply_ends_the_connection_before_the_message() {
    let script = Script::greeting(&["PIPELINING"])
        .hear("MAIL")
        .hear("RCPT")
        .hear("DATA")
        .say("250 ok\r\n250 ok\r\n354 go on\r\n250 queued already")
        .hear_close();
    let (outcome, hooks) = send_to(script, |_| ()).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.stage, error.fault), (DeliveryStage::Data, Fault::Faltering), "{error}");
    assert!(!hooks.contains(&"after dot"));
}

#[tokio::test]
async fn what_a_reply_quotes_is_masked() {
    let reply = "550 5.1.1 <ada@example.org>: see https://reset.example/r/abc \u{202e}\u{7}ada@example.org";
    let script = Script::greeting(&[]).answer("MAIL", "250 ok").answer("RCPT", reply).hear_close();
    let (outcome, _) = send_to(script, |_| ()).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.reply.as_ref().unwrap().text, "<[address]>: see [link] [address]");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("example.org") && !shown.contains("/r/abc"), "{shown}");
}
