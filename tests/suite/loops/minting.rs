//! What is inside a mail's event, and who can open it.

use super::world::{Mail, TRACEPARENT, World, context, step};
use common::clock::Clock as _;
use common::entropy::OsEntropy;
use common::event::EventKind;
use common::locale::Locale;
use common::sealing::{SealContext, UnsealError, UnsealingKeys, generate_key_pair};
use reset_api::store::{DELIVER_WITHIN, NewRequest, Purpose, Store as _, TokenState};
use reset_api::token_digest::TokenDigest;
use std::slice::from_ref;
use time::Duration;
use uuid::Uuid;

/// The one mail of a request, asked for under a spelling of an account's address.
async fn mail_of(world: &World, request: &NewRequest) -> Mail {
    world.store.accept(from_ref(request)).await.unwrap();
    assert_eq!(step(&world.issuer()).await.unwrap(), 1);
    world.published().await.remove(0)
}

#[tokio::test]
async fn a_mail_opens_only_with_the_worker_s_key_and_in_its_own_context() {
    let world = World::new().await;
    let Mail { envelope, event, .. } = world.a_mail().await;
    let own = context(&envelope, &event);
    let forged = [
        SealContext { event_id: Uuid::from_u128(own.event_id.as_u128() ^ 1), ..own },
        SealContext { kind: EventKind::PasswordChangedNotice, ..own },
        SealContext { app_id: "kasa", ..own },
        SealContext { locale: "de", ..own },
        SealContext { deliver_by: own.deliver_by + Duration::microseconds(1), ..own },
    ];
    assert!(world.keys.unseal(&own, &event.sealed).is_ok());
    for context in forged {
        let opened = world.keys.unseal(&context, &event.sealed);
        assert_eq!(opened.unwrap_err(), UnsealError::Forged, "{context:?}");
    }
    let (strange, _) = generate_key_pair(&OsEntropy);
    let stranger = UnsealingKeys::default().with(3, &strange).unwrap();
    assert_eq!(stranger.unseal(&own, &event.sealed).unwrap_err(), UnsealError::Forged);
    let nobody = UnsealingKeys::default().unseal(&own, &event.sealed);
    assert_eq!(nobody.unwrap_err(), UnsealError::UnknownKey(3));
}

#[tokio::test]
async fn a_mail_goes_to_the_address_as_registered_with_links_to_the_configured_base() {
    let world = World::new().await;
    world.account("Ada.Lovelace@Example.org", None).await;
    let mail = mail_of(&world, &world.a_request("ADA.LOVELACE@EXAMPLE.ORG")).await;
    assert_eq!(mail.secrets.recipient.to_mailbox(), "Ada.Lovelace@example.org");
    assert_eq!(mail.secrets.link_base, "https://reset.example/tapo");
}

#[tokio::test]
async fn a_mail_speaks_the_account_s_language_else_the_request_s_else_english() {
    let languages = [
        (Some("de-AT"), Some("en"), "de-AT"),
        (Some("de"), None, "de"),
        (None, Some("de-CH"), "de-CH"),
        (None, None, "en"),
    ];
    for (account, request, mail) in languages {
        let world = World::new().await;
        world.account("ada@example.org", account).await;
        let locale = request.map(|tag| Locale::parse(tag).unwrap());
        let request = NewRequest { locale, ..world.a_request("ada@example.org") };
        assert_eq!(mail_of(&world, &request).await.event.locale, mail);
    }
}

#[tokio::test]
async fn the_stored_digests_are_those_of_the_tokens_in_the_mail() {
    let world = World::new().await;
    let mail = world.a_mail().await;
    let (reset, revoke) = (mail.secrets.reset_token.as_ref().unwrap(), &mail.secrets.revoke_token);
    for (token, purpose) in [(reset, Purpose::Reset), (revoke, Purpose::RevokeRequest)] {
        let state = world.store.find_token(&TokenDigest::of(token), purpose).await.unwrap();
        assert!(matches!(state, TokenState::Live(_)), "{purpose:?}: {state:?}");
    }
    let swapped = world.store.find_token(&TokenDigest::of(revoke), Purpose::Reset).await.unwrap();
    assert_eq!(swapped, TokenState::Unknown);
}

#[tokio::test]
async fn the_clear_part_tells_the_request_and_neither_address_nor_token() {
    let world = World::new().await;
    world.account("Ada.Lovelace@example.org", None).await;
    let Mail { envelope, event, secrets } =
        mail_of(&world, &world.a_request("ada.lovelace@example.org")).await;
    assert_eq!((envelope.kind, envelope.attempt), (EventKind::ResetLinkIssued, 0));
    assert_eq!(envelope.traceparent, TRACEPARENT);
    assert_eq!(envelope.occurred_at, world.clock.now());
    assert_eq!(envelope.deliver_by, world.clock.now() + DELIVER_WITHIN);
    assert_eq!((event.app_id.as_str(), event.sealed.key_id), ("tapo", 3));
    let facts = event.facts;
    assert_eq!((facts.at, facts.link_lifetime), (world.clock.now(), Duration::minutes(30)));
    assert_eq!(
        (facts.browser.as_str(), facts.system.as_str(), facts.device.as_str()),
        ("Firefox", "Linux", "")
    );

    let body = envelope.encode();
    let holds = |text: &str| body.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes()));
    assert!(holds("Firefox"), "what is clear can be found");
    for secret in [
        "ada.lovelace",
        "example.org",
        secrets.reset_token.unwrap().expose_for_link().as_str(),
        secrets.revoke_token.expose_for_link().as_str(),
    ] {
        assert!(!holds(secret), "{secret}");
    }
}
