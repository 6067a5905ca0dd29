//! Answers that the standalone's own inbox leads to.

use super::{ADA, NEW, PASSWORD, explained, next_step, summary, timeless, with_ada};
use proto::v1::{AccountStanding, AskingStanding, DeliveryState, NextStep};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use std::time::Duration;
use tests::world::{World, eventually};
use tonic::Code;

const MINUTE: Duration = Duration::from_secs(60);
const LINK_LIFETIME: Duration = Duration::from_secs(30 * 60);

const ACCEPTED: &str = "The mail was accepted at TIME by 127.0.0.1:PORT; ";
const THROTTLED: &str = " Asking again is possible from TIME on.";

#[tokio::test]
async fn an_address_without_account_and_request_is_told_so() {
    let world = World::start().await;
    let explained = world.explain(ADA).await.unwrap();
    assert_eq!(explained.masked_email, "a***@example.org");
    assert_eq!((explained.account(), explained.requests.len()), (AccountStanding::None, 0));
    assert_eq!(explained.asking(), AskingStanding::Granted);
    assert_eq!(
        summary(&explained),
        "No request for this address is on record. Nobody has an account with this address."
    );
    let ask = "ask the person which address the account has: this one has none";
    assert_eq!(next_step(&explained), (NextStep::CheckAddress, ask.to_owned()));
}

#[tokio::test]
async fn an_account_nobody_asked_for_may_ask() {
    let world = with_ada().await;
    let explained = world.explain(ADA).await.unwrap();
    assert_eq!(explained.account(), AccountStanding::Active);
    assert_eq!(summary(&explained), "No request for this address is on record.");
    let ask = "ask the owner to ask for a new link, with this address";
    assert_eq!(next_step(&explained), (NextStep::AskAgain, ask.to_owned()));
}

#[tokio::test]
async fn an_unknown_address_is_told_to_support() {
    let world = World::start().await;
    world.request_reset(ADA).await.unwrap();
    let explained = explained(&world, ADA, DeliveryState::Unknown).await;
    assert_eq!(
        summary(&explained),
        "Somebody asked at TIME, when no active account had this address: no mail was sent. Nobody has an account with \
         this address."
            .to_owned()
            + THROTTLED
    );
    assert_eq!(explained.next_step(), NextStep::CheckAddress);
    assert!(explained.requests[0].link.is_none() && explained.requests[0].attempts.is_empty());
}

#[tokio::test]
async fn a_throttled_address_is_told_until_when_and_looking_takes_nothing() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let refusal = world.request_reset(ADA).await.unwrap_err();
    assert!(refusal.is(Code::ResourceExhausted, "THROTTLED"), "{refusal:?}");
    let now = world.now();
    let explained = explained(&world, ADA, DeliveryState::Accepted).await;
    assert_eq!(explained.asking(), AskingStanding::Throttled);
    let from = explained.asking_from.unwrap().seconds - now.unix_timestamp();
    assert!((1..=60).contains(&from), "{from}");
    assert!(summary(&explained).ends_with(THROTTLED), "{}", explained.summary);
    assert_eq!(explained.requests.len(), 1, "what was refused is no request");

    world.advance(MINUTE);
    let explained = world.explain(ADA).await.unwrap();
    assert_eq!((explained.asking(), explained.asking_from), (AskingStanding::Granted, None));
    assert!(!explained.summary.contains("Asking again"), "{}", explained.summary);
    world.request_reset(ADA).await.unwrap();
}

#[tokio::test]
async fn a_mail_that_was_accepted_is_told_with_its_host_and_the_link_s_end() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let explained = explained(&world, ADA, DeliveryState::Accepted).await;
    assert_eq!(
        summary(&explained),
        format!("{ACCEPTED}the link has not been opened and works until TIME.{THROTTLED}")
    );
    let look = "ask the owner to look into the inbox and the spam folder of this address; if it is in neither, whoever \
                runs the relay host finds it by the time";
    assert_eq!(next_step(&explained), (NextStep::CheckMailbox, look.to_owned()));
    let attempt = &explained.requests[0].attempts[0];
    assert_eq!((attempt.reply_code, attempt.enhanced_code.as_str()), (250, "2.0.0"));
}

#[tokio::test]
async fn an_opened_link_is_told_as_perhaps_a_scanner_s_doing_and_works_on() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let link = world.link_in(&world.mail_to(ADA).await);
    explained(&world, ADA, DeliveryState::Accepted).await;
    let page = reqwest::Client::builder().no_proxy().build().unwrap().get(world.page(&format!("/r/{link}")));
    assert_eq!(page.send().await.unwrap().status(), 200);
    let opened = explained(&world, ADA, DeliveryState::Opened).await;
    let first = opened.requests[0].link.unwrap().opened_at;
    assert!(
        summary(&opened).ends_with(&format!(
            "the link was opened at TIME (perhaps by a mail scanner) and works until TIME.{THROTTLED}"
        )),
        "{}",
        opened.summary
    );
    let go_on = "ask the owner to open the link in the mail and choose a password before TIME";
    assert_eq!(next_step(&opened), (NextStep::UseLink, go_on.to_owned()));
    world.advance(Duration::from_secs(5));
    world.inspect(&link).await.unwrap();
    let again = world.explain(ADA).await.unwrap();
    assert_eq!(again.requests[0].link.unwrap().opened_at, first, "the first look is the one that is told");
    world.complete(&link, NEW).await.unwrap();
}

#[tokio::test]
async fn a_used_link_is_told_with_the_notice_of_the_change() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let link = world.link_in(&world.mail_to(ADA).await);
    world.complete(&link, NEW).await.unwrap();
    world.mail_to(ADA).await;
    let told = "The link was used at TIME: the password was changed. The mail that tells its owner so was accepted at TIME.";
    let explained = eventually("the notice is told of", async || {
        Some(world.explain(ADA).await.unwrap()).filter(|explained| summary(explained) == told)
    })
    .await;
    assert_eq!(explained.requests[0].state(), DeliveryState::Used);
    assert_eq!(next_step(&explained), (NextStep::Nothing, "nothing has to be done".to_owned()));
    assert_eq!(explained.asking(), AskingStanding::Granted, "the schedule has started over");
}

#[tokio::test]
async fn a_link_that_its_owner_ended_is_told_so() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let mail = world.mail_to(ADA).await;
    world.revoke(&world.not_me_link_in(&mail)).await.unwrap();
    let explained = explained(&world, ADA, DeliveryState::Revoked).await;
    assert_eq!(summary(&explained), "The link was ended at TIME: the owner said \"this was not me\".");
    assert_eq!(explained.next_step(), NextStep::Nothing);
}

#[tokio::test]
async fn a_link_that_ended_with_its_account_is_told_so() {
    let world = World::start().await;
    let id = world.create_account(ADA, PASSWORD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    world.mail_to(ADA).await;
    world.set_disabled(&id, true).await.unwrap();
    let explained = explained(&world, ADA, DeliveryState::Revoked).await;
    assert_eq!(
        summary(&explained),
        format!(
            "The link ended at TIME, when the account got another address or was disabled. The account with this address \
             is disabled.{THROTTLED}"
        )
    );
    assert_eq!(
        (explained.account(), explained.next_step()),
        (AccountStanding::Disabled, NextStep::EnableAccount)
    );
}

#[tokio::test]
async fn a_link_that_nobody_used_in_time_is_told_so() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    explained(&world, ADA, DeliveryState::Accepted).await;
    world.advance(LINK_LIFETIME + MINUTE);
    let explained = explained(&world, ADA, DeliveryState::Expired).await;
    assert!(
        summary(&explained)
            .ends_with("; the link was not opened, and nobody used it before its time was over at TIME."),
        "{}",
        explained.summary
    );
    assert_eq!(explained.next_step(), NextStep::AskAgain);
}

async fn store_of(world: &World) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(world.data_dir().join("store.db"));
    file.busy_timeout(Duration::from_secs(10)).connect().await.unwrap()
}

#[tokio::test]
async fn a_suppressed_address_is_told_with_the_reason_and_its_end() {
    let world = with_ada().await;
    let mut store = store_of(&world).await;
    let month = i64::from(30 * 24 * 3_600) * 1_000_000;
    sqlx::query("INSERT INTO suppressions SELECT address_key, 'no such mailbox', created_at, created_at + ?1 FROM accounts WHERE address = ?2")
        .bind(month)
        .bind(ADA)
        .execute(&mut store)
        .await
        .unwrap();
    world.request_reset(ADA).await.unwrap();
    let suppressed = explained(&world, ADA, DeliveryState::Suppressed).await;
    assert_eq!(
        summary(&suppressed),
        format!(
            "Somebody asked at TIME; no mail was sent, because none is until TIME: no such mailbox.{THROTTLED}"
        )
    );
    assert_eq!(suppressed.next_step(), NextStep::RestoreMailbox);
    assert_eq!(suppressed.suppression.unwrap().reason, "no such mailbox");

    sqlx::query("DELETE FROM suppressions").execute(&mut store).await.unwrap();
    let lifted = world.explain(ADA).await.unwrap();
    assert_eq!(
        summary(&lifted),
        format!("Somebody asked at TIME, when no mail was sent to this address; it is again now.{THROTTLED}")
    );
    let later = "ask the owner to ask for a new link, with this address, from TIME on";
    assert_eq!(next_step(&lifted), (NextStep::AskAgainLater, later.to_owned()));
}

#[tokio::test]
async fn every_spelling_of_an_address_finds_the_same() {
    let world = with_ada().await;
    world.request_reset(ADA).await.unwrap();
    let told = explained(&world, ADA, DeliveryState::Accepted).await;
    for spelling in ["ADA.Lovelace@Example.ORG", " ada.lovelace@example.org ", "ａｄａ.lovelace@ｅxample.org"]
    {
        let other = world.explain(spelling).await.unwrap();
        assert_eq!(other.requests, told.requests, "{spelling}");
        assert_eq!(timeless(&other.summary), summary(&told));
    }
    let near = world.explain("ada.lovelace@example.com").await.unwrap();
    assert_eq!((near.requests.len(), near.account()), (0, AccountStanding::None));
}

#[tokio::test]
async fn what_is_no_address_is_refused_with_its_field() {
    let world = World::start().await;
    for wrong in ["", "ada", "ada@localhost", "ada@example.org\r\nBcc: eve@example.org"] {
        let refusal = world.explain(wrong).await.unwrap_err();
        assert!(refusal.is(Code::InvalidArgument, "INVALID_REQUEST"), "{wrong:?}: {refusal:?}");
        assert_eq!(refusal.fields(), ["email"]);
    }
}
