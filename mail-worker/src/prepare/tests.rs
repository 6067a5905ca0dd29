use super::*;
use crate::render::{self, MailKind};
use common::address::EmailAddress;
use common::clock::from_micros;
use common::entropy::OsEntropy;
use common::event::{Envelope, EventKind, MailEvent, RequestFacts, Tally};
use common::sealing::{SealingKey, generate_key_pair};
use common::token::Token;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The key of RFC 8463 appendix A.2, wrapped as RFC 8410 §7 does.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

/// A worker's preparer with a key to sign with, and the key that seals to it.
fn preparer() -> (Preparer, SealingKey) {
    let (private, public) = generate_key_pair(&OsEntropy);
    let brands = Brands::built_in().unwrap();
    let renderer = Renderer::new(&render::built_in(), &brands).unwrap();
    let mut dkim = Dkim::default();
    dkim.add(&brands, "tapo", "tapo.example", "ed25519", KEY).unwrap();
    let keys = UnsealingKeys::default().with(1, &private).unwrap();
    (Preparer { keys, brands, renderer, dkim }, SealingKey::new(1, &public).unwrap())
}

fn message(key: &SealingKey, occurred_at: OffsetDateTime, deliver_by: OffsetDateTime) -> MailMessage {
    let (event_id, kind) = (Uuid::from_u128(7), EventKind::ResetLinkIssued);
    let context = SealContext { event_id, kind, app_id: "tapo", locale: "en", deliver_by };
    let secrets = MailSecrets {
        recipient: EmailAddress::parse("ada@example.org").unwrap(),
        link_base: "https://reset.example".to_owned(),
        reset_token: Some(Token::generate(&OsEntropy)),
        revoke_token: Token::generate(&OsEntropy),
    };
    let event = MailEvent {
        app_id: "tapo".to_owned(),
        locale: "en".to_owned(),
        facts: RequestFacts {
            at: occurred_at,
            browser: String::new(),
            system: String::new(),
            device: String::new(),
            link_lifetime: Duration::minutes(30),
        },
        sealed: key.seal(&OsEntropy, &context, &secrets).unwrap(),
    };
    let envelope = Envelope {
        event_id,
        kind,
        occurred_at,
        deliver_by,
        attempt: 0,
        traceparent: String::new(),
        former_attempt: String::new(),
        tally: Tally::default(),
        body: event.encode(),
    };
    MailMessage { envelope, kind: MailKind::ResetLink, event }
}

/// The number that the signature gives for a tag.
fn tag(mail: &str, name: &str) -> i64 {
    let (_, rest) = mail.split_once(&format!(" {name}=")).unwrap();
    rest.split(';').next().unwrap().parse().unwrap()
}

#[test]
fn every_copy_of_a_mail_has_the_same_bytes_and_tells_its_own_times() {
    let (preparer, key) = preparer();
    let occurred_at = from_micros(1_700_000_000_000_000);
    // So far away that no other time comes near it.
    let deliver_by = occurred_at + Duration::days(30);
    let first = message(&key, occurred_at, deliver_by);
    let envelope = Envelope { attempt: 5, former_attempt: "another".to_owned(), ..first.envelope.clone() };
    let later = MailMessage { envelope, kind: first.kind, event: first.event.clone() };
    let (first, second) = (preparer.make(&first).unwrap().message, preparer.make(&later).unwrap().message);
    assert_eq!(first, second);
    let mail = String::from_utf8(first).unwrap();
    assert!(mail.contains("\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"), "{mail}");
    assert_eq!(tag(&mail, "t"), occurred_at.unix_timestamp());
    assert!(
        tag(&mail, "x") >= (deliver_by + Duration::days(5)).unix_timestamp(),
        "a relay host may queue it"
    );
}
