//! Answers that depend on what a relay host does.

use super::{ADA, PASSWORD, explained, next_step, summary, timeless};
use crate::crash::STANDALONE;
use proto::v1::{AttemptOutcome, AttemptStage, DeliveryState, NextStep};
use std::time::Duration;
use tests::eventually::eventually;
use tests::scripted_smtp::{Script, ScriptedSmtp, Step};
use tests::standalone_process::StandaloneFolder;
use tests::world::World;

/// Longer than the test takes.
const FOR_EVER: Duration = Duration::from_secs(60);

/// A world whose relay host does what the script says, and whose one account has asked.
async fn asked_of(script: Script) -> (World, ScriptedSmtp) {
    let relay = ScriptedSmtp::start(vec![script]).await.unwrap();
    let world = World::relaying_to(relay.port()).await;
    world.create_account(ADA, PASSWORD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    (world, relay)
}

#[tokio::test]
async fn a_mail_in_the_queue_is_told_so() {
    let (world, _relay) = asked_of(Script::new().step(Step::Wait(FOR_EVER))).await;
    let explained = tests::world::eventually("it is in the queue", async || {
        let explained = world.explain(ADA).await.unwrap();
        Some(explained).filter(|explained| explained.summary.contains("is in the queue"))
    })
    .await;
    assert_eq!(explained.requests[0].state(), DeliveryState::Queued);
    assert!(
        summary(&explained)
            .starts_with("The mail was made at TIME and is in the queue; no attempt is reported yet."),
        "{}",
        explained.summary
    );
    let wait = "look again in a minute; if it still waits in five, tell the operators";
    assert_eq!(next_step(&explained), (NextStep::Wait, wait.to_owned()));
}

#[tokio::test]
async fn a_mail_that_is_tried_again_is_told_with_the_answer_and_the_next_time() {
    let script = Script::greeting(&[]).answer("MAIL", "250 ok").answer("RCPT", "451 4.7.1 greylisted");
    let (world, _relay) = asked_of(script).await;
    let explained = explained(&world, ADA, DeliveryState::WaitingForRetry).await;
    assert!(
        summary(&explained).starts_with(
            "Attempt 1 at TIME did not get through: 127.0.0.1:PORT said 451 4.7.1 greylisted; the next attempt is at TIME."
        ),
        "{}",
        explained.summary
    );
    let wait = "wait: the mail is tried again at TIME by itself";
    assert_eq!(next_step(&explained), (NextStep::WaitForRetry, wait.to_owned()));
    let attempt = &explained.requests[0].attempts[0];
    assert_eq!((attempt.outcome(), attempt.stage()), (AttemptOutcome::Transient, AttemptStage::Rcpt));
    let wait = attempt.next_attempt_at.unwrap().seconds - attempt.at.unwrap().seconds;
    assert!((9..=11).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_mail_that_was_handed_over_without_an_answer_may_have_arrived() {
    let script = Script::greeting(&[]).opens().hear_message();
    let (world, _relay) = asked_of(script).await;
    let explained = explained(&world, ADA, DeliveryState::WaitingForRetry).await;
    assert!(
        summary(&explained).starts_with(
            "Attempt 1 at TIME handed the mail over, but 127.0.0.1:PORT never answered, so it may have arrived; the next \
             attempt is at TIME."
        ),
        "{}",
        explained.summary
    );
}

#[tokio::test]
async fn a_mail_that_was_accepted_is_told_with_its_queue_id() {
    let script = Script::greeting(&[]).opens().hear_message().say("250 2.0.0 Ok: queued as 4F1CB2A3D9");
    let (world, _relay) = asked_of(script).await;
    let explained = explained(&world, ADA, DeliveryState::Accepted).await;
    assert!(
        summary(&explained).starts_with(
            "The mail was accepted at TIME by 127.0.0.1:PORT as 4F1CB2A3D9; the link has not been opened and works until TIME."
        ),
        "{}",
        explained.summary
    );
    assert_eq!(explained.next_step(), NextStep::CheckMailbox);
    assert!(explained.next_step_text.ends_with("finds it as 4F1CB2A3D9"), "{}", explained.next_step_text);
    let attempt = &explained.requests[0].attempts[0];
    assert_eq!((attempt.reply_code, attempt.enhanced_code.as_str()), (250, "2.0.0"));
    assert_eq!((attempt.queue_id.as_str(), attempt.number), ("4F1CB2A3D9", 1));
}

#[tokio::test]
async fn a_refused_mail_is_told_with_the_reason_and_what_it_asks_for() {
    for (reply, said, step) in [
        (
            "550 5.1.1 <ada.lovelace@example.org>: no such mailbox",
            "550 5.1.1 <[address]>: no such mailbox",
            NextStep::CorrectAddress,
        ),
        (
            "550 5.7.1 message rejected by policy",
            "550 5.7.1 message rejected by policy",
            NextStep::TellOperators,
        ),
    ] {
        let script = Script::greeting(&[]).answer("MAIL", "250 ok").answer("RCPT", reply);
        let (world, _relay) = asked_of(script).await;
        let explained = explained(&world, ADA, DeliveryState::Refused).await;
        assert!(
            summary(&explained)
                .starts_with(&format!("The mail was refused at TIME for good: 127.0.0.1:PORT said {said}.")),
            "{}",
            explained.summary
        );
        assert_eq!(explained.next_step(), step);
        assert_eq!(explained.requests[0].attempts[0].outcome(), AttemptOutcome::Refused);
    }
}

#[tokio::test]
async fn what_a_hostile_relay_host_says_is_shown_masked_and_escaped() {
    let said = "250 2.0.0 OK <b>\x1b[31m someone@example.org id=4F1C\u{202e}B2";
    let (world, _relay) = asked_of(Script::greeting(&[]).opens().hear_message().say(said)).await;
    let explained = explained(&world, ADA, DeliveryState::Accepted).await;
    let attempt = &explained.requests[0].attempts[0];
    assert_eq!(attempt.text, "OK <b>\\u{1b}[31m [address] id=4F1C\\u{202e}B2");
    let all = format!("{explained:?}");
    assert!(!all.contains("someone@") && !all.contains('\x1b') && !all.contains('\u{202e}'), "{all}");
}

#[tokio::test]
async fn a_mail_that_nobody_could_deliver_in_time_is_told_with_the_last_answer() {
    // Nobody listens there any more.
    let relay = ScriptedSmtp::start(vec![]).await.unwrap();
    let world = World::relaying_to(relay.port()).await;
    drop(relay);
    world.create_account(ADA, PASSWORD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    let waiting = explained(&world, ADA, DeliveryState::WaitingForRetry).await;
    assert!(summary(&waiting).starts_with("Attempt 1 at TIME did not get through: "), "{}", waiting.summary);
    world.advance(Duration::from_secs(5 * 3_600));
    let over = explained(&world, ADA, DeliveryState::ExpiredBeforeDelivery).await;
    assert!(
        summary(&over).starts_with(
            "The mail could not be delivered in time and was given up at TIME; the last attempt, at TIME: "
        ),
        "{}",
        over.summary
    );
    assert_eq!(over.next_step(), NextStep::AskAgain);
}

/// The throttle in memory forgets with its process; the gate in the store does not.
#[tokio::test]
async fn a_request_that_shares_another_one_s_mail_is_told_with_it() {
    let mut folder = StandaloneFolder::new(STANDALONE).unwrap();
    let process = folder.start().await.unwrap();
    process.gateway().create_account(ADA, PASSWORD).await.unwrap();
    process.gateway().request_reset(ADA).await.unwrap();
    process.mailbox().has_mails_to(ADA, 1).await.unwrap();
    process.stop().await.unwrap();
    let process = folder.start().await.unwrap();
    process.gateway().request_reset(ADA).await.unwrap();
    let explained = eventually("it is coalesced", async || {
        let explained = process.gateway().explain(ADA).await?;
        Ok(Some(explained).filter(|it| it.requests[0].state() == DeliveryState::Coalesced))
    })
    .await
    .unwrap();
    let [shares, first] = &explained.requests[..] else { panic!("{explained:?}") };
    assert_eq!(shares.coalesced_into, first.request_id);
    assert_eq!(
        timeless(&shares.sentence),
        "Somebody asked at TIME; that shares the mail of the request of TIME."
    );
    assert_eq!((shares.next_step(), first.state()), (NextStep::SeeRequest, DeliveryState::Accepted));
    assert_eq!(
        explained.summary,
        format!("{} {}", shares.sentence, first.sentence)
            + &explained.summary[shares.sentence.len() + first.sentence.len() + 1..]
    );
    assert_eq!(explained.next_step(), NextStep::CheckMailbox, "what is to be done is the other one's");
}
