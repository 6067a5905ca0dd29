//! A mail that the mail server puts off, and how long its link lives then.

use super::{ADA, OLD};
use proto::v1::DeliveryState;
use std::time::Duration;
use tests::scripted_smtp::{Script, ScriptedSmtp};
use tests::world::{World, eventually};
use tonic::Code;

const LIFETIME: Duration = Duration::from_secs(30 * 60);
const MINUTE: Duration = Duration::from_secs(60);
const TOKEN_CHARACTERS: usize = 43;

/// The token of the link in a message as it was sent.
fn token_in(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message).replace("=\r\n", "");
    let (_, link) = text.split_once("/r/").expect("there is a link");
    let token: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    assert_eq!(token.len(), TOKEN_CHARACTERS, "{token}");
    token
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_whose_mail_was_greylisted_for_twenty_minutes_lives_its_full_lifetime() {
    let put_off = Script::greeting(&[]).answer("MAIL", "250 2.1.0 ok").answer("RCPT", "451 4.7.1 greylisted");
    let mut scripts = vec![put_off; 4];
    scripts.push(Script::greeting(&[]).takes_mail());
    let relay = ScriptedSmtp::start(scripts).await.unwrap();
    let world = World::relaying_to(relay.port()).await;
    world.create_account(ADA, OLD).await.unwrap();
    world.request_reset(ADA).await.unwrap();
    for (attempt, wait) in [(1, 10), (2, 60), (3, 300), (4, 900)] {
        eventually("the attempt is known", async || {
            let attempts = world.explain(ADA).await.unwrap().requests[0].attempts.len();
            (attempts == attempt).then_some(())
        })
        .await;
        world.advance(Duration::from_secs(wait + 1));
    }
    let request = eventually("the mail is accepted", async || {
        let request = world.explain(ADA).await.unwrap().requests.remove(0);
        (request.state() == DeliveryState::Accepted).then_some(request)
    })
    .await;
    let link = request.link.unwrap();
    let accepted = request.attempts.last().unwrap().at.unwrap().seconds;
    let waited = accepted - link.issued_at.unwrap().seconds;
    assert!((20 * 60..25 * 60).contains(&waited), "{waited}");
    assert_eq!(u64::try_from(link.ends_at.unwrap().seconds - accepted), Ok(LIFETIME.as_secs()));

    let heard = relay.finish().await.unwrap();
    let token = token_in(&heard[4].messages[0]);
    world.advance(LIFETIME - MINUTE);
    world.inspect(&token).await.unwrap();
    world.advance(MINUTE);
    let refusal = world.inspect(&token).await.unwrap_err();
    assert!(refusal.is(Code::FailedPrecondition, "TOKEN_EXPIRED"), "{refusal:?}");
}
