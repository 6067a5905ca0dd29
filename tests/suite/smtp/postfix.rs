//! The client and a real Postfix.

use super::*;
use common::event::DeliveryStage;
use mail_worker::smtp::Fault;
use tests::postfix::Postfix;

const MESSAGE: &str = "From: <noreply@reset.example>\r\nTo: <ada@example.org>\r\nSubject: real\r\n\
    Message-ID: <one@reset.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: 8bit\r\n\r\n.\r\n..grüße\r\nend\r\n";

#[tokio::test]
async fn postfix_takes_mails_in_plain_text_and_over_starttls() {
    let postfix = Postfix::start().await.unwrap();
    for tls in [TlsMode::None, TlsMode::StartTls] {
        let mut settings = Settings::new("localhost", postfix.port(), tls);
        settings.extra_roots = Some(postfix.certificate().pem.clone());
        let transport = Transport::new(settings).unwrap();
        for recipient in ["ada@example.org", "jürgen@example.org"] {
            let sent = transport.send(&mail_to(recipient, MESSAGE.as_bytes()), &Witness::default()).await;
            let accepted = sent.unwrap_or_else(|error| panic!("{error}; {}", postfix.log()));
            assert!(accepted.reply.text.contains("queued as"), "{accepted:?}");
        }
        let unknown =
            transport.send(&mail_to("nobody@example.org", MESSAGE.as_bytes()), &Witness::default()).await;
        let error = unknown.unwrap_err();
        assert_eq!((error.stage, error.fault), (DeliveryStage::Rcpt, Fault::BadAddress), "{error}");
        transport.close().await;
    }
    let mails = postfix.delivered(4).await.unwrap();
    assert_eq!(mails.len(), 4);
    for mail in &mails {
        assert!(
            mail.contains("\n.\n..grüße\nend\n") && mail.contains("Message-ID: <one@reset.example>"),
            "{mail}"
        );
    }
    let over_tls = mails.iter().filter(|mail| mail.contains("using TLSv1.3")).count();
    assert_eq!(over_tls, 2, "{mails:?}");
}
