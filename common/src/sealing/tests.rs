use super::*;
use crate::clock::from_micros;
use crate::entropy::OsEntropy;

const CONTEXT: SealContext<'static> = SealContext {
    event_id: Uuid::from_u128(7),
    kind: EventKind::ResetLinkIssued,
    app_id: "tapo",
    locale: "en",
    deliver_by: OffsetDateTime::UNIX_EPOCH,
};

fn keys(id: u32) -> (SealingKey, UnsealingKeys) {
    let (private, public) = generate_key_pair(&OsEntropy);
    (SealingKey::new(id, &public).unwrap(), UnsealingKeys::default().with(id, &private).unwrap())
}

fn secrets() -> MailSecrets {
    MailSecrets {
        recipient: EmailAddress::parse("ada@example.org").unwrap(),
        link_base: "https://reset.example".into(),
        reset_token: Some(Token::generate(&OsEntropy)),
        revoke_token: Token::generate(&OsEntropy),
    }
}

#[test]
fn the_worker_reads_what_was_sealed() {
    let (sealing, unsealing) = keys(1);
    let sealed_secrets = secrets();
    let sealed = sealing.seal(&OsEntropy, &CONTEXT, &sealed_secrets).unwrap();
    let opened = unsealing.unseal(&CONTEXT, &sealed).unwrap();
    assert_eq!(opened.recipient, sealed_secrets.recipient);
    assert_eq!(opened.link_base, sealed_secrets.link_base);
    let bytes = |token: &Token| *token.expose_bytes();
    assert_eq!(opened.reset_token.as_ref().map(bytes), sealed_secrets.reset_token.as_ref().map(bytes));
    assert_eq!(bytes(&opened.revoke_token), bytes(&sealed_secrets.revoke_token));
}

#[test]
fn a_notice_has_no_reset_token() {
    let (sealing, unsealing) = keys(1);
    let notice = MailSecrets { reset_token: None, ..secrets() };
    let sealed = sealing.seal(&OsEntropy, &CONTEXT, &notice).unwrap();
    assert!(unsealing.unseal(&CONTEXT, &sealed).unwrap().reset_token.is_none());
}

#[test]
fn a_sealed_part_opens_only_with_the_facts_it_was_sealed_over() {
    let (sealing, unsealing) = keys(1);
    let sealed = sealing.seal(&OsEntropy, &CONTEXT, &secrets()).unwrap();
    let others = [
        SealContext { event_id: Uuid::from_u128(8), ..CONTEXT },
        SealContext { kind: EventKind::PasswordChangedNotice, ..CONTEXT },
        SealContext { app_id: "kasa", ..CONTEXT },
        SealContext { locale: "de", ..CONTEXT },
        SealContext { deliver_by: from_micros(1), ..CONTEXT },
        // The same letters, divided otherwise.
        SealContext { app_id: "tapoe", locale: "n", ..CONTEXT },
    ];
    for other in others {
        assert_eq!(unsealing.unseal(&other, &sealed).unwrap_err(), UnsealError::Forged, "{other:?}");
    }
}

#[test]
fn no_flipped_bit_goes_unseen() {
    let (sealing, unsealing) = keys(1);
    let sealed = sealing.seal(&OsEntropy, &CONTEXT, &secrets()).unwrap();
    for at in 0..sealed.bytes.len() {
        let mut forged = sealed.clone();
        forged.bytes[at] ^= 1;
        assert_eq!(unsealing.unseal(&CONTEXT, &forged).unwrap_err(), UnsealError::Forged, "byte {at}");
    }
    for length in [0, 1, 31, 32, 33, sealed.bytes.len() - 1] {
        let cut = Sealed { key_id: 1, bytes: sealed.bytes[..length].to_vec() };
        assert_eq!(unsealing.unseal(&CONTEXT, &cut).unwrap_err(), UnsealError::Forged, "{length} bytes");
    }
}

#[test]
fn a_retired_key_opens_what_was_sealed_to_it() {
    let (old_private, old_public) = generate_key_pair(&OsEntropy);
    let (new_private, new_public) = generate_key_pair(&OsEntropy);
    let worker = UnsealingKeys::default().with(1, &old_private).unwrap().with(2, &new_private).unwrap();
    for (id, public) in [(1, old_public), (2, new_public)] {
        let sealed = SealingKey::new(id, &public).unwrap().seal(&OsEntropy, &CONTEXT, &secrets()).unwrap();
        worker.unseal(&CONTEXT, &sealed).unwrap();
    }
}

#[test]
fn an_unknown_key_is_named() {
    let (sealing, _) = keys(9);
    let sealed = sealing.seal(&OsEntropy, &CONTEXT, &secrets()).unwrap();
    assert_eq!(keys(1).1.unseal(&CONTEXT, &sealed).unwrap_err(), UnsealError::UnknownKey(9));
}

#[test]
fn nothing_sealed_or_secret_shows_in_debug() {
    let (sealing, unsealing) = keys(1);
    let secrets = secrets();
    let shown = format!("{sealing:?} {unsealing:?} {secrets:?}");
    assert!(!shown.contains("ada@"), "{shown}");
    assert!(!shown.contains(secrets.revoke_token.expose_for_link().as_str()), "{shown}");
}
