//! Refusals, drops and silences at each stage of a transaction, and whose fault each is.

use super::*;
use DeliveryStage::{Data, Dot, Mail, Rcpt};
use common::event::DeliveryStage;
use mail_worker::smtp::Fault;

/// The script up to the command of a stage, which is heard and not answered.
fn until(stage: DeliveryStage, extensions: &[&str]) -> Script {
    let script = Script::greeting(extensions);
    match stage {
        Mail => script.hear("MAIL"),
        Rcpt => script.answer("MAIL", "250 ok").hear("RCPT"),
        Data => script.answer("MAIL", "250 ok").answer("RCPT", "250 ok").hear("DATA"),
        _ => script.opens().hear_message(),
    }
}

fn hooks_before(stage: DeliveryStage) -> &'static [&'static str] {
    match stage {
        Mail | Rcpt => &[],
        Data => &["before data"],
        _ => &["before data", "before dot", "after dot"],
    }
}

async fn assert_judged(
    script: Script,
    stage: DeliveryStage,
    fault: Fault,
    settle: impl FnOnce(&mut Settings),
) {
    let what = format!("{script:?}");
    let (outcome, hooks) = send_to(script, settle).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.stage, error.fault), (stage, fault), "{error} after {what}");
    assert_eq!(hooks, hooks_before(stage), "{error} after {what}");
}

#[tokio::test]
async fn refusals_are_judged_and_the_connection_is_dropped() {
    for (stage, reply, fault) in [
        (Mail, "421 4.3.2 closing", Fault::Faltering),
        (Mail, "450 4.1.8 no such sender", Fault::Transient),
        (Mail, "451 4.3.0 try later", Fault::Faltering),
        (Mail, "454 4.7.0 slow down", Fault::Throttling),
        (Mail, "550 5.7.1 not you", Fault::Permanent),
        (Rcpt, "421 4.3.2 closing", Fault::Faltering),
        (Rcpt, "450 4.2.0 greylisted", Fault::Transient),
        (Rcpt, "451 4.3.0 lookup failed", Fault::Faltering),
        (Rcpt, "454 Throttling failure: maximum sending rate exceeded", Fault::Throttling),
        (Rcpt, "550 5.1.1 no such user", Fault::BadAddress),
        (Rcpt, "550 no such user", Fault::Permanent),
        (Rcpt, "552 5.2.2 mailbox full", Fault::Transient),
        (Rcpt, "252 cannot verify", Fault::Faltering),
        (Data, "451 4.3.0 later", Fault::Faltering),
        (Data, "554 5.7.1 no", Fault::Permanent),
        (Data, "250 what", Fault::Faltering),
        (Dot, "421 4.3.2 closing", Fault::Faltering),
        (Dot, "451 4.3.0 later", Fault::Faltering),
        (Dot, "552 5.2.2 mailbox full", Fault::Transient),
        (Dot, "554 5.7.1 spam", Fault::Permanent),
        (Dot, "571 spam", Fault::Permanent),
        (Dot, "354 go on", Fault::Ambiguous),
        (Dot, "251 what", Fault::Ambiguous),
    ] {
        // Without pipelining nothing more comes; with it DATA has come already.
        assert_judged(until(stage, &[]).say(reply).hear_close(), stage, fault, |_| ()).await;
        let mut pipelined = until(stage, &["PIPELINING"]).say(reply);
        if stage == Mail {
            pipelined = pipelined.hear("RCPT");
        }
        if matches!(stage, Mail | Rcpt) {
            pipelined = pipelined.hear("DATA");
        }
        assert_judged(pipelined.hear_close(), stage, fault, |_| ()).await;
    }
}

#[tokio::test]
async fn a_354_after_a_refused_recipient_gets_no_message() {
    let script = Script::greeting(&["PIPELINING"])
        .hear("MAIL")
        .hear("RCPT")
        .hear("DATA")
        .say("250 ok\r\n550 5.1.1 no such user\r\n354 go on")
        .hear_close();
    assert_judged(script, Rcpt, Fault::BadAddress, |_| ()).await;
}

#[tokio::test]
async fn a_connection_that_drops_before_the_dot_falters_and_after_it_ambiguous() {
    for extensions in [&[][..], &["PIPELINING"]] {
        for (stage, fault) in [
            (Mail, Fault::Faltering),
            (Rcpt, Fault::Faltering),
            (Data, Fault::Faltering),
            (Dot, Fault::Ambiguous),
        ] {
            assert_judged(until(stage, extensions), stage, fault, |_| ()).await;
        }
    }
}

#[tokio::test]
async fn a_silence_before_the_dot_is_a_falter_and_after_it_ambiguous() {
    for (stage, fault) in [
        (Mail, Fault::Faltering),
        (Rcpt, Fault::Faltering),
        (Data, Fault::Faltering),
        (Dot, Fault::Ambiguous),
    ] {
        assert_judged(until(stage, &[]).hear_close(), stage, fault, |settings| {
            let limits = &mut settings.timeouts;
            *match stage {
                Mail => &mut limits.mail,
                Rcpt => &mut limits.rcpt,
                Data => &mut limits.data,
                _ => &mut limits.dot,
            } = SHORT;
        })
        .await;
    }
}

#[tokio::test]
async fn a_drop_between_354_and_the_message_is_ambiguous_only_if_the_dot_left() {
    let (outcome, hooks) = send_to(Script::greeting(&[]).opens(), |_| ()).await;
    let error = outcome.unwrap_err();
    let expected =
        if hooks.contains(&"after dot") { (Dot, Fault::Ambiguous) } else { (Data, Fault::Faltering) };
    assert_eq!((error.stage, error.fault), expected, "{error}");
}

#[tokio::test]
async fn a_message_that_nobody_reads_is_a_falter() {
    let server =
        serve(vec![Script::greeting(&[]).opens().step(tests::scripted_smtp::Step::Wait(SHORT * 3))]).await;
    let mut settings = plain(&server);
    settings.timeouts.body = SHORT;
    let witness = Witness::default();
    // More than the socket buffers of both ends take.
    let huge = mail_to("ada@example.org", &b"0123456789\r\n".repeat(4 << 20));
    let error = Transport::new(settings).unwrap().send(&huge, &witness).await.unwrap_err();
    assert_eq!((error.stage, error.fault), (Data, Fault::Faltering), "{error}");
    assert_eq!(witness.calls(), ["before data", "before dot"]);
    server.finish().await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_mail_is_not_sent() {
    let server = serve(vec![Script::greeting(&["PIPELINING"]).opens().hear_close()]).await;
    let witness = Witness::withdrawing();
    let error = Transport::new(plain(&server)).unwrap().send(&mail(), &witness).await.unwrap_err();
    assert_eq!((error.stage, error.fault), (Data, Fault::Withdrawn));
    assert_eq!(witness.calls(), ["before data", "before dot"]);
    server.finish().await.unwrap();
}

#[tokio::test]
async fn what_the_relay_host_cannot_carry_is_permanent_and_says_why() {
    for (recipient, message, extensions, detail) in [
        ("jürgen@example.org", "hi\r\n", &["8BITMIME"][..], "smtputf8"),
        ("ada@example.org", "grüße\r\n", &["SMTPUTF8"], "8-bit"),
        ("ada@example.org", "a long message\r\n", &["SIZE 10"], "larger"),
    ] {
        let server = serve(vec![Script::greeting(extensions).hear_close()]).await;
        let witness = Witness::default();
        let mail = mail_to(recipient, message.as_bytes());
        let error = Transport::new(plain(&server)).unwrap().send(&mail, &witness).await.unwrap_err();
        assert_eq!((error.stage, error.fault), (Mail, Fault::Permanent), "{error}");
        assert!(error.detail.contains(detail) && witness.calls().is_empty(), "{error}");
        server.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_message_with_bare_line_ends_is_never_offered() {
    let transport = Transport::new(Settings::new("127.0.0.1", 1, TlsMode::None)).unwrap();
    let smuggled = mail_to("ada@example.org", b"hi\n.\r\nMAIL FROM:<x@example.org>\r\n");
    let error = transport.send(&smuggled, &Witness::default()).await.unwrap_err();
    assert_eq!((error.stage, error.fault), (DeliveryStage::Render, Fault::Permanent), "{error}");
}
