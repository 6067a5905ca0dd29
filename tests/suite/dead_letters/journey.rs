//! From a worker with the wrong key to a new password.

use super::{WHO_SENDS, World, has_aborted};
use tests::eventually::eventually;
use time::Duration;

const ADA: &str = "ada@example.org";
const BEN: &str = "ben@example.org";

/// Each attempt at Ada's mail, and whether the link lives its whole time from the acceptance on.
const ATTEMPTS: &str = "SELECT outcome || ' in attempt ' || attempt FROM delivery_attempts d
    WHERE EXISTS (SELECT 1 FROM delivery_attempts u WHERE u.event_id = d.event_id AND u.outcome = 'undeliverable')
    ORDER BY at";
const WHOLE_TIME: &str = "SELECT CAST(t.expires_at = d.at + t.lifetime_micros * interval '1 microsecond'
        AND t.ended_at IS NULL AND r.state = 'issued' AS text)
    FROM reset_tokens t JOIN delivery_attempts d ON d.event_id = t.event_id AND d.outcome = 'accepted'
    JOIN reset_requests r ON r.id = t.request_id
    WHERE t.purpose = 'reset' AND EXISTS
        (SELECT 1 FROM delivery_attempts u WHERE u.event_id = t.event_id AND u.outcome = 'undeliverable')";
const TRAIL: &str = "SELECT actor_role || ' ' || actor_name || ' ' || action
        || CASE WHEN address_key IS NULL THEN '' ELSE ' about somebody' END
        || CASE WHEN request_id IS NULL THEN '' ELSE ' and a request' END
    FROM audit WHERE action LIKE 'dead_letter%' AND action <> 'dead_letters_listed' ORDER BY at, id";
/// What came of each redrive.
const CAME_OF_IT: &str =
    "SELECT split_part(detail, '; ', 2) FROM audit WHERE action = 'dead_letter_redriven' ORDER BY at, id";

impl World {
    async fn is_told(&self, what: &str) {
        let told = eventually(what, async || Ok(self.explain(ADA).await.contains(what).then_some(())));
        told.await.unwrap();
    }

    async fn comes_of_redrives(&self, all: &[&str]) {
        let wanted = all.join(", ");
        let came = eventually(&wanted, async || Ok((self.texts(CAME_OF_IT).await == all).then_some(())));
        came.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_could_not_be_unsealed_is_redriven_arrives_once_and_its_link_lives_its_whole_time() {
    let mut world = World::start().await;
    let right_key = world.change_key(None).await;
    world.asks(ADA).await;
    let letter = world.has_letters(1).await.remove(0);
    assert_eq!(
        (letter["reason"].as_str(), letter["redrive"].as_str(), letter["source"].as_str()),
        (Some("unsealable"), Some("possible"), Some("mail"))
    );
    assert_eq!(
        (letter["mail"]["attempts"].as_u64(), letter["mail"]["app_id"].as_str()),
        (Some(1), Some("tapo"))
    );
    let name = letter["letter"].as_str().unwrap();
    let told = eventually("the death is reported", async || {
        let told = world.explain(ADA).await;
        Ok(told.contains("not made").then_some(told))
    });
    let told = told.await.unwrap();
    assert!(told.contains("undeliverable"), "{told}");

    let (code, page) = world.operator(&["show", name]).await;
    assert!(code == 0 && page.contains("redrive     possible") && !page.contains("ada@"), "{page}");
    let (code, out) = world.operator(&["redrive", "--all", "--dry-run"]).await;
    assert_eq!(
        (code, out),
        (0, format!("{name}  would be redriven\n\n1 would be redriven, 0 cannot be, 0 failed\n{WHO_SENDS}"))
    );
    let (code, _) = world.operator(&["redrive", name, "0123456789ab", "--dry-run"]).await;
    assert_eq!(code, 1, "one of the names names no letter");
    assert_eq!(world.letters().await.len(), 1, "nothing was done");

    // It dies between the publish and the removal: both are there.
    world.cluster.workers[0].stop().await.unwrap();
    let died = world.dead_letters(&["--abort", "after-redrive-publish:1"], &["redrive", name]).await;
    assert!(has_aborted(&died), "{died:?}");
    world.is_told("an operator sent the mail again, and it is in the queue").await;
    world.start_worker_with(Some(right_key)).await;
    world.mailbox().has_mails_to(ADA, 1).await.unwrap();
    assert_eq!(world.letters().await[0]["letter"], name);

    eventually("the acceptance is recorded", async || {
        Ok((world.texts(WHOLE_TIME).await == ["true"]).then_some(()))
    })
    .await
    .unwrap();

    // The second one finds that the first was sent.
    let (code, out) = world.operator(&["redrive", name, "--operator", "ada"]).await;
    assert_eq!(
        (code, out),
        (0, format!("{name}  redriven\n\n1 redriven, 0 cannot be, 0 failed\n{WHO_SENDS}"))
    );
    world.comes_of_redrives(&["sent again", "not sent: a mail server has taken it, or may have"]).await;
    assert_eq!(world.operator(&["list"]).await, (0, "no dead letters\n".to_owned()));
    assert_eq!(world.operator(&["redrive", name]).await, (3, "no such dead letter\n".to_owned()));
    world.asks(BEN).await;
    world.mailbox().has_mails_to(BEN, 1).await.unwrap();
    let mails = world.mailbox().mails_to(ADA).await.unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(world.texts(WHOLE_TIME).await, ["true"]);
    assert_eq!(world.texts(ATTEMPTS).await, ["undeliverable in attempt 1", "accepted in attempt 1"]);
    let told = world.explain(ADA).await;
    assert!(told.contains("The mail was accepted at") && told.contains("attempt 1: not made"), "{told}");

    world.gateway.complete_reset(mails[0].reset_token().unwrap(), "nine loud ravens dive").await.unwrap();
    world.gateway.verify_password(ADA, "nine loud ravens dive").await.unwrap();
    let trail = world.texts(TRAIL).await;
    assert_eq!(
        trail,
        [
            "operator grace dead_letter_shown",
            "operator grace dead_letter_redriven about somebody and a request",
            "operator ada (grace) dead_letter_redriven about somebody and a request",
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_whose_owner_has_used_another_link_meanwhile_is_not_sent_and_the_trail_says_so() {
    let mut world = World::start().await;
    let right_key = world.change_key(None).await;
    world.asks(ADA).await;
    let letter = world.has_letters(1).await.remove(0);
    let name = letter["letter"].as_str().unwrap();
    world.change_key(Some(right_key)).await;
    world.clock.advance(Duration::minutes(2)).unwrap();
    world.gateway.request_reset(ADA).await.unwrap();
    let mails = world.mailbox().has_mails_to(ADA, 1).await.unwrap();
    world.gateway.complete_reset(mails[0].reset_token().unwrap(), "nine loud ravens dive").await.unwrap();
    world.mailbox().has_mails_to(ADA, 2).await.unwrap();

    assert_eq!(letter["redrive"], "possible", "as far as the letter tells");
    let (code, out) = world.operator(&["redrive", name]).await;
    assert_eq!(
        (code, out),
        (0, format!("{name}  redriven\n\n1 redriven, 0 cannot be, 0 failed\n{WHO_SENDS}"))
    );
    world.comes_of_redrives(&["not sent: another link of the account was used"]).await;
    assert_eq!(world.operator(&["list"]).await, (0, "no dead letters\n".to_owned()));
    assert_eq!(world.texts("SELECT event_id::text FROM outbox WHERE publishes = 0").await, [""; 0]);
    // Whatever had been published before this would be here.
    world.asks(BEN).await;
    world.mailbox().has_mails_to(BEN, 1).await.unwrap();
    let mails = world.mailbox().mails_to(ADA).await.unwrap();
    let links = mails.iter().filter(|mail| mail.reset_token().is_some()).count();
    assert_eq!((mails.len(), links), (2, 1), "the link that was used, and the notice");
}
