//! The journey of an account's owner, from "forgot password" to logged in again, through either app: one text, walked in
//! the standalone and in the cluster.

#![cfg(test)]

mod greylisted;

use proto::v1::{ClientInfo, RequestResetRequest};
use std::time::Duration;
use tests::world::{PasswordChanged, Place, World, asking};
use tokio::time::Instant;
use tonic::Code;

const ADA: &str = "ada.lovelace@example.com";
const OLD: &str = "analytical engines hum softly";
const NEW: &str = "seventeen violet umbrellas";
const NEWEST: &str = "paper lanterns over kyoto";

/// A world with one account, whose owner has forgotten the password; the account's id.
async fn with_ada(place: Place) -> (World, String) {
    let world = World::start_at(place).await;
    let id = world.create_account(ADA, OLD).await.unwrap();
    (world, id)
}

async fn assert_refused(world: &World, password: &str) {
    let refusal = world.verify(ADA, password).await.unwrap_err();
    assert!(refusal.is(Code::Unauthenticated, "CREDENTIALS_REFUSED"), "{refusal:?}");
}

fn from(app: &str) -> RequestResetRequest {
    RequestResetRequest { app_id: app.to_owned(), ..asking(ADA) }
}

/// From forgotten to logged in, asking through this app.
async fn walk(place: Place, app: &str, sender: &str) {
    let (world, id) = with_ada(place).await;
    assert_eq!(world.verify(ADA, OLD).await.unwrap().credentials_version, 1);

    let answer = world.request(from(app)).await.unwrap();
    assert_eq!(answer.resend_after.unwrap().seconds, 60);
    assert_eq!(answer.link_lifetime.unwrap().seconds, 30 * 60);

    let mail = world.mail_to(ADA).await;
    assert_eq!((mail.from.as_str(), mail.subject.as_str()), (sender, "Reset your TP-Link ID password"));
    assert_eq!(mail.button().text, "Click to Reset Password");
    let link = world.link_in(&mail);

    let looked_at = world.inspect(&link).await.unwrap();
    assert_eq!((looked_at.app_id.as_str(), looked_at.masked_email.as_str()), (app, "a***@example.com"));
    assert!(world.verify(ADA, OLD).await.is_ok(), "looking changes nothing");

    assert_eq!(world.complete(&link, NEW).await.unwrap().app_id, app);
    let logged_in = world.verify(ADA, NEW).await.unwrap();
    assert_eq!((&logged_in.account_id, logged_in.credentials_version), (&id, 2));
    assert_refused(&world, OLD).await;

    let notice = world.mail_to(ADA).await;
    assert_eq!(notice.subject, "Your TP-Link ID password was changed");
    assert_eq!(notice.from, sender);
    let event = world.password_changed(&id, 2).await;
    assert_eq!(event, PasswordChanged { account_id: id, credentials_version: 2, app_id: app.to_owned() });
    assert_eq!(world.mails_to_in_the_end(ADA).await, 2, "the link and the notice, nothing else");
    world.stop().await;
}

async fn through_tapo_a_forgotten_password_becomes_a_new_one(place: Place) {
    walk(place, "tapo", "no-reply@tapo.example").await;
}

async fn through_kasa_a_forgotten_password_becomes_a_new_one(place: Place) {
    walk(place, "kasa", "no-reply@kasa.example").await;
}

async fn a_mail_is_there_within_a_second_of_asking(place: Place) {
    let world = World::start_at(place).await;
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let guest = world.guest().await;
        let asked = Instant::now();
        world.request_reset(&guest).await.unwrap();
        world.mail_to(&guest).await;
        fastest = fastest.min(asked.elapsed());
    }
    println!("from asking to the mail: {fastest:?}");
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
}

async fn one_account_one_reset_a_reset_through_kasa_holds_for_tapo(place: Place) {
    let (world, id) = with_ada(place).await;
    world.request(from("tapo")).await.unwrap();
    let in_tapo = world.link_in(&world.mail_to(ADA).await);
    world.advance(Duration::from_secs(60));
    world.request(from("kasa")).await.unwrap();
    let in_kasa = world.link_in(&world.mail_to(ADA).await);

    assert_eq!(world.complete(&in_kasa, NEW).await.unwrap().app_id, "kasa");
    let refusal = world.complete(&in_tapo, NEWEST).await.unwrap_err();
    assert!(refusal.is(Code::FailedPrecondition, "TOKEN_REVOKED"), "{refusal:?}");
    assert_eq!(world.verify(ADA, NEW).await.unwrap().account_id, id);
    assert_refused(&world, OLD).await;
}

async fn any_spelling_of_the_address_finds_the_account_and_mail_goes_to_the_registered_one(place: Place) {
    let (world, _) = with_ada(place).await;
    world.request_reset(" Ada.Lovelace@EXAMPLE.com ").await.unwrap();
    let link = world.link_in(&world.mail_to(ADA).await);
    world.complete(&link, NEW).await.unwrap();
    world.verify("ADA.LOVELACE@example.com", NEW).await.unwrap();
}

async fn who_asks_in_german_is_answered_in_german(place: Place) {
    let (world, _) = with_ada(place).await;
    let asked = RequestResetRequest { locale: "de-AT".to_owned(), ..asking(ADA) };
    world.request(asked).await.unwrap();
    let mail = world.mail_to(ADA).await;
    assert_eq!(mail.subject, "Passwort zurücksetzen: TP-Link ID");
    assert_eq!(mail.button().text, "Passwort zurücksetzen");
    world.complete(&world.link_in(&mail), NEW).await.unwrap();
    let notice = world.mail_to(ADA).await;
    assert_eq!(notice.subject, "Passwort geändert: TP-Link ID");
}

async fn the_locale_of_the_account_wins(place: Place) {
    let world = World::start_at(place).await;
    world.create_account_speaking("de", ADA, OLD).await.unwrap();
    let asked = RequestResetRequest { locale: "en".to_owned(), ..asking(ADA) };
    world.request(asked).await.unwrap();
    assert_eq!(world.mail_to(ADA).await.button().text, "Passwort zurücksetzen");
}

async fn the_mail_says_where_it_was_asked_from_in_words_of_ours(place: Place) {
    let (world, _) = with_ada(place).await;
    let client = ClientInfo {
        ip: "192.0.2.7".to_owned(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0 <call +1 555>"
            .to_owned(),
        device_name: "Call +1 555 to claim your prize".to_owned(),
    };
    world.request(RequestResetRequest { client: Some(client), ..asking(ADA) }).await.unwrap();
    let mail = world.mail_to(ADA).await;
    assert!(mail.text.contains("Firefox on Linux"), "{}", mail.text);
    assert!(!mail.text.contains("555") && !mail.html.contains("555"));
}

async fn not_me_in_the_reset_mail_ends_the_links_and_the_owner_may_ask_again_at_once(place: Place) {
    let (world, _) = with_ada(place).await;
    world.request_reset(ADA).await.unwrap();
    let first = world.mail_to(ADA).await;
    world.advance(Duration::from_secs(60));
    world.request_reset(ADA).await.unwrap();
    let second = world.mail_to(ADA).await;

    let not_me = world.not_me_link_in(&first);
    world.revoke(&not_me).await.unwrap();
    for mail in [&first, &second] {
        let refusal = world.complete(&world.link_in(mail), NEW).await.unwrap_err();
        assert!(refusal.is(Code::FailedPrecondition, "TOKEN_REVOKED"), "{refusal:?}");
    }
    world.revoke(&not_me).await.expect("doing it again succeeds");

    world.request_reset(ADA).await.expect("no link is left, so nobody is refused one");
    let third = world.link_in(&world.mail_to(ADA).await);
    world.complete(&third, NEW).await.unwrap();
    world.verify(ADA, NEW).await.unwrap();
}

async fn not_me_in_the_notice_refuses_every_password_until_its_one_new_link_is_used(place: Place) {
    let (world, id) = with_ada(place).await;
    world.request_reset(ADA).await.unwrap();
    let stolen = world.link_in(&world.mail_to(ADA).await);
    world.complete(&stolen, NEW).await.unwrap();
    let notice = world.mail_to(ADA).await;
    assert_eq!(notice.button().text, "This Was Not Me");

    let not_me = world.not_me_link_in(&notice);
    world.revoke(&not_me).await.unwrap();
    assert_refused(&world, OLD).await;
    assert_refused(&world, NEW).await;
    world.password_changed(&id, 3).await;
    world.revoke(&not_me).await.expect("doing it again succeeds");

    let link = world.link_in(&world.mail_to(ADA).await);
    assert_eq!(world.mails_to_in_the_end(ADA).await, 3, "one new link, however often it is pressed");
    world.complete(&link, NEWEST).await.unwrap();
    assert_eq!(world.verify(ADA, NEWEST).await.unwrap().credentials_version, 4);
    assert_refused(&world, NEW).await;
    world.password_changed(&id, 4).await;
}

async fn what_was_told_to_subscribers_is_each_change_once(place: Place) {
    let (world, id) = with_ada(place).await;
    for (version, password) in [(2, NEW), (3, NEWEST)] {
        world.request_reset(ADA).await.expect("completing starts the schedule over");
        let link = world.link_in(&world.mail_to(ADA).await);
        world.complete(&link, password).await.unwrap();
        world.mail_to(ADA).await;
        world.password_changed(&id, version).await;
    }
    world.settle().await;
    let versions: Vec<_> = world.account_events().await.iter().map(|one| one.credentials_version).collect();
    assert_eq!(versions, [3, 2], "newest first");
}

/// The cluster with so many copies.
const fn cluster(api: usize, worker: usize) -> Place {
    Place::Cluster { program: env!("CARGO_BIN_EXE_service_under_test"), api, worker }
}

/// Every walk, at this place.
macro_rules! walked {
    ($module:ident, $place:expr; $($walk:ident)*) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $walk() {
                    super::$walk($place).await;
                }
            )*
        }
    };
}

macro_rules! walked_everywhere {
    ($($walk:ident)*) => {
        walked!(in_the_standalone, super::Place::Standalone; $($walk)*);
        walked!(in_the_cluster, super::cluster(2, 2); $($walk)*);
    };
}

walked_everywhere! {
    through_tapo_a_forgotten_password_becomes_a_new_one
    through_kasa_a_forgotten_password_becomes_a_new_one
    a_mail_is_there_within_a_second_of_asking
    one_account_one_reset_a_reset_through_kasa_holds_for_tapo
    any_spelling_of_the_address_finds_the_account_and_mail_goes_to_the_registered_one
    who_asks_in_german_is_answered_in_german
    the_locale_of_the_account_wins
    the_mail_says_where_it_was_asked_from_in_words_of_ours
    not_me_in_the_reset_mail_ends_the_links_and_the_owner_may_ask_again_at_once
    not_me_in_the_notice_refuses_every_password_until_its_one_new_link_is_used
    what_was_told_to_subscribers_is_each_change_once
}

walked!(in_the_smallest_cluster, super::cluster(1, 1); through_tapo_a_forgotten_password_becomes_a_new_one);
walked!(in_a_larger_cluster, super::cluster(3, 4); through_kasa_a_forgotten_password_becomes_a_new_one);
walked!(in_a_cluster_of_many_gateways, super::cluster(4, 3); what_was_told_to_subscribers_is_each_change_once);
