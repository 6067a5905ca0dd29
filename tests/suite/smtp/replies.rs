//! Replies that are late, long, split or quoting what they should not.

use super::*;
use common::event::DeliveryStage;
use mail_worker::smtp::Fault;
use tests::scripted_smtp::Step;

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
    assert_eq!((error.stage, error.fault), (DeliveryStage::Data, Fault::Transient), "{error}");
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
