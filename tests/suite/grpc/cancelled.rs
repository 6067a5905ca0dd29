//! Calls that their caller gives up at any moment. What was begun is done whole, or not at all.

use futures::stream::{self, StreamExt as _};
use std::time::Duration;
use tests::world::World;
use tokio::time::{Instant, timeout};
use tonic::Code;

const CALLS: usize = 100;
const NEW: &str = "seventeen violet umbrellas";
const OTHER: &str = "paper lanterns over kyoto";

/// Callers who lose patience, each at a moment that draws near the end of the call: after an answer the next one waits a
/// little less, after none a little more. So they give up before, at and after the moment when things are done.
struct Impatient {
    patience: Duration,
    answered: usize,
    given_up: usize,
}

impl Impatient {
    /// The first one waits as long as this call takes, which nobody gives up.
    async fn as_long_as(call: impl Future) -> Self {
        let begun = Instant::now();
        call.await;
        Self { patience: begun.elapsed(), answered: 0, given_up: 0 }
    }

    async fn wait_for(&mut self, call: impl Future) {
        if timeout(self.patience, call).await.is_ok() {
            self.answered += 1;
            self.patience = self.patience.mul_f64(0.8);
        } else {
            self.given_up += 1;
            self.patience = self.patience.mul_f64(1.2);
        }
    }

    fn assert_both_happened(&self) {
        let Self { answered, given_up, patience } = self;
        println!("{answered} were answered, {given_up} gave up, the last after {patience:?}");
        assert!(*answered > CALLS / 10 && *given_up > CALLS / 10);
    }
}

async fn guests(world: &World) -> Vec<String> {
    stream::iter(0..CALLS).map(|_| world.guest()).buffer_unordered(4).collect().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_given_up_at_any_moment_led_to_one_mail_or_is_free_to_be_asked_again() {
    let world = World::start().await;
    let guests = guests(&world).await;
    let mut callers = Impatient::as_long_as(world.request_reset("nobody@example.com")).await;
    for guest in &guests {
        callers.wait_for(world.request_reset(guest)).await;
    }
    callers.assert_both_happened();
    for guest in &guests {
        if let Err(refusal) = world.request_reset(guest).await {
            assert!(refusal.is(Code::ResourceExhausted, "THROTTLED"), "{refusal:?}");
        }
    }
    for guest in &guests {
        world.mail_to(guest).await;
    }
    world.settle().await;
    for guest in &guests {
        assert_eq!(world.mails_to(guest).await, 1, "{guest}");
    }
}

/// An account with a live link of it.
async fn with_link(world: &World, guest: String) -> (String, String) {
    world.request_reset(&guest).await.unwrap();
    let link = world.link_in(&world.mail_to(&guest).await);
    (guest, link)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_completion_given_up_at_any_moment_is_done_whole_or_not_at_all() {
    let world = World::start().await;
    let (_, link) = with_link(&world, world.guest().await).await;
    let mut callers = Impatient::as_long_as(world.complete(&link, NEW)).await;
    let guests = guests(&world).await;
    let links: Vec<_> =
        stream::iter(guests).map(|guest| with_link(&world, guest)).buffer_unordered(4).collect().await;
    for (_, link) in &links {
        callers.wait_for(world.complete(link, NEW)).await;
    }
    callers.assert_both_happened();
    stream::iter(&links)
        .for_each_concurrent(4, |(guest, link)| assert_whole_or_not(&world, guest, link))
        .await;
    world.settle().await;
    for (guest, _) in &links {
        assert_eq!(world.mails_to(guest).await, 3, "{guest}: the link, one notice, the next link");
    }
}

async fn assert_whole_or_not(world: &World, guest: &str, link: &str) {
    match world.complete(link, OTHER).await {
        // Not at all: the link was live, and has now set the other password.
        Ok(_) => drop(world.verify(guest, OTHER).await.unwrap()),
        Err(refusal) => {
            assert!(refusal.is(Code::FailedPrecondition, "TOKEN_USED"), "{refusal:?}");
            assert_eq!(world.verify(guest, NEW).await.unwrap().credentials_version, 2);
        }
    }
    assert_eq!(world.mail_to(guest).await.subject, "Your TP-Link ID password was changed");
    world.request_reset(guest).await.expect("no link is live, so nobody is refused one");
}
