//! Kept connections: used again when they are fit, never when they may be out of step.

use super::*;
use common::event::DeliveryStage;
use mail_worker::smtp::Fault;
use std::sync::Arc;
use tests::scripted_smtp::Step;

#[tokio::test]
async fn a_connection_serves_mail_after_mail() {
    for extensions in [&[][..], &["PIPELINING"]] {
        let server = serve(vec![Script::greeting(extensions).takes_mail().takes_mail().takes_mail()]).await;
        let transport = Transport::new(plain(&server)).unwrap();
        for _ in 0..3 {
            send(&transport).await.unwrap();
        }
        let heard = server.finish().await.unwrap();
        assert_eq!(heard[0].messages.len(), 3);
        assert!(!heard[0].has_line("RSET") && !heard[0].has_line("NOOP"), "{heard:?}");
    }
}

#[tokio::test]
async fn a_kept_connection_that_has_ended_is_replaced_once() {
    let kept = || Script::greeting(&["PIPELINING"]).takes_mail();
    for ending in [
        kept(),
        kept().say("421 4.4.2 timeout"),
        kept().hear("MAIL"),
        kept().answer("MAIL", "421 4.3.2 closing"),
    ] {
        let server = serve(vec![ending, Script::greeting(&[]).takes_mail()]).await;
        let transport = Transport::new(plain(&server)).unwrap();
        send(&transport).await.unwrap();
        let witness = Witness::default();
        transport.send(&mail(), &witness).await.unwrap();
        assert_eq!(witness.calls(), ["before data", "before dot", "after dot"], "each hook once");
        server.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_kept_connection_that_falls_silent_at_mail_is_replaced() {
    let silent = Script::greeting(&[]).takes_mail().hear("MAIL").hear_close();
    let server = serve(vec![silent, Script::greeting(&[]).takes_mail()]).await;
    let mut settings = plain(&server);
    settings.timeouts.mail = SHORT;
    let transport = Transport::new(settings).unwrap();
    send(&transport).await.unwrap();
    send(&transport).await.unwrap();
    server.finish().await.unwrap();
}

#[tokio::test]
async fn a_second_dead_connection_is_not_replaced_again() {
    let kept = Script::greeting(&[]).takes_mail().hear("MAIL");
    let fresh = Script::greeting(&[]).answer("MAIL", "421 4.3.2 closing").hear_close();
    let server = serve(vec![kept, fresh]).await;
    let transport = Transport::new(plain(&server)).unwrap();
    send(&transport).await.unwrap();
    let error = send(&transport).await.unwrap_err();
    assert_eq!((error.stage, error.fault), (DeliveryStage::Mail, Fault::Faltering), "{error}");
    server.finish().await.unwrap();
}

#[tokio::test]
async fn a_refusal_on_a_kept_connection_is_not_tried_again() {
    for (reply, stage) in [("451 4.3.0 later", DeliveryStage::Mail), ("250 ok", DeliveryStage::Rcpt)] {
        let script = Script::greeting(&[]).takes_mail().answer("MAIL", reply);
        let script = if stage == DeliveryStage::Rcpt { script.hear("RCPT") } else { script.hear_close() };
        let server = serve(vec![script]).await;
        let transport = Transport::new(plain(&server)).unwrap();
        send(&transport).await.unwrap();
        let error = send(&transport).await.unwrap_err();
        assert_eq!((error.stage, error.fault), (stage, Fault::Faltering), "{error}");
        server.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_cancelled_send_leaves_no_connection_behind() {
    let open = || Script::greeting(&[]);
    for (begun, last_heard) in [
        (Script::new().say("220 hello").hear("EHLO"), "EHLO"),
        (open().hear("MAIL"), "MAIL"),
        (open().answer("MAIL", "250 ok").hear("RCPT"), "RCPT"),
        (open().answer("MAIL", "250 ok").answer("RCPT", "250 ok").hear("DATA"), "DATA"),
        (open().opens().hear_message(), "the message"),
    ] {
        let server = serve(vec![begun.hear_close(), Script::greeting(&[]).takes_mail()]).await;
        let mut settings = plain(&server);
        settings.connections.max = 1;
        let transport = Arc::new(Transport::new(settings).unwrap());
        let sending = tokio::spawn({
            let transport = Arc::clone(&transport);
            async move { send(&transport).await }
        });
        match last_heard {
            "the message" => server.hears_messages(0, 1).await.unwrap(),
            command => server.hears(0, command).await.unwrap(),
        }
        sending.abort();
        assert!(sending.await.unwrap_err().is_cancelled());
        // Its permit is free again, and its connection is not used.
        send(&transport).await.unwrap();
        server.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_is_closed_after_its_share_of_mails() {
    let one = || Script::greeting(&[]).takes_mail().hear("QUIT").hear_close();
    let server = serve(vec![one(), one()]).await;
    let mut settings = plain(&server);
    settings.connections.mails = 1;
    let transport = Transport::new(settings).unwrap();
    send(&transport).await.unwrap();
    send(&transport).await.unwrap();
    server.finish().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_was_idle_too_long_is_not_used() {
    let old = Script::greeting(&[]).takes_mail().hear("QUIT").hear_close();
    let server = serve(vec![old, Script::greeting(&[]).takes_mail()]).await;
    let mut settings = plain(&server);
    settings.connections.idle = Duration::ZERO;
    let transport = Transport::new(settings).unwrap();
    send(&transport).await.unwrap();
    send(&transport).await.unwrap();
    server.finish().await.unwrap();
}

#[tokio::test]
async fn closing_the_transport_says_quit() {
    let server = serve(vec![Script::greeting(&[]).takes_mail().hear("QUIT").hear_close()]).await;
    let transport = Transport::new(plain(&server)).unwrap();
    send(&transport).await.unwrap();
    transport.close().await;
    server.finish().await.unwrap();
}

#[tokio::test]
async fn sends_beyond_the_limit_wait_and_then_ask_to_slow_down() {
    let slow = Script::greeting(&[]).hear("MAIL").hear_close();
    let server = serve(vec![slow]).await;
    let mut settings = plain(&server);
    (settings.connections.max, settings.connections.wait) = (1, SHORT);
    let transport = Arc::new(Transport::new(settings).unwrap());
    let first = tokio::spawn({
        let transport = Arc::clone(&transport);
        async move { send(&transport).await }
    });
    server.hears(0, "MAIL").await.unwrap();
    let error = send(&transport).await.unwrap_err();
    assert_eq!((error.stage, error.fault), (DeliveryStage::Unspecified, Fault::Throttling), "{error}");
    first.abort();
    server.finish().await.unwrap();
}

#[tokio::test]
async fn parallel_sends_use_a_connection_each_and_keep_them() {
    let script = || Script::greeting(&["PIPELINING"]).takes_mail().takes_mail();
    let server = serve(vec![script(), script(), script()]).await;
    let mut settings = plain(&server);
    settings.connections.max = 3;
    let transport = Transport::new(settings).unwrap();
    for _ in 0..2 {
        let sends = futures::future::join_all([send(&transport), send(&transport), send(&transport)]).await;
        assert!(sends.iter().all(Result::is_ok), "{sends:?}");
    }
    let heard = server.finish().await.unwrap();
    assert!(heard.iter().all(|connection| connection.messages.len() == 2));
}

#[tokio::test]
async fn the_scripted_server_notices_what_it_was_not_told_to_expect() {
    let server = serve(vec![Script::greeting(&[]).step(Step::HearNothing(SHORT))]).await;
    let _ = send(&Transport::new(plain(&server)).unwrap()).await;
    assert!(server.finish().await.is_err(), "MAIL came and was not noticed");
}
