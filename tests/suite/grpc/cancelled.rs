//! Calls that their caller gives up at any moment. What was begun is done whole, or not at all.

use common::entropy::{Entropy as _, OsEntropy};
use futures::stream::{self, StreamExt as _};
use std::ops::Range;
use std::time::Duration;
use tests::world::World;
use tokio::time::{Instant, timeout};
use tonic::Code;

const CALLS: usize = 100;
const NEW: &str = "seventeen violet umbrellas";
const OTHER: &str = "paper lanterns over kyoto";

/// Any moment of a stretch of time.
fn any_moment(of: &Range<Duration>) -> Duration {
    let mut bytes = [0; 4];
    OsEntropy.fill(&mut bytes);
    let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
    of.start + (of.end - of.start).mul_f64(share)
}

/// How long a call takes that nobody gives up.
async fn length_of(call: impl Future) -> Duration {
    let begun = Instant::now();
    call.await;
    begun.elapsed()
}

/// Calls and gives up at any moment; whether an answer came before.
async fn give_up<T>(when: &Range<Duration>, call: impl Future<Output = T>) -> bool {
    timeout(any_moment(when), call).await.is_ok()
}

async fn guests(world: &World) -> Vec<String> {
    stream::iter(0..CALLS).map(|_| world.guest()).buffer_unordered(4).collect().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_given_up_at_any_moment_led_to_one_mail_or_is_free_to_be_asked_again() {
    let world = World::start().await;
    let guests = guests(&world).await;
    let usual = length_of(world.request_reset("nobody@example.com")).await;
    let (mut answered, mut accepted) = (0, 0);
    for guest in &guests {
        answered += usize::from(give_up(&(Duration::ZERO..usual * 3 / 2), world.request_reset(guest)).await);
    }
    for guest in &guests {
        match world.request_reset(guest).await {
            Ok(_) => {}
            Err(refusal) => {
                assert!(refusal.is(Code::ResourceExhausted, "THROTTLED"), "{refusal:?}");
                accepted += 1;
            }
        }
    }
    println!("of {CALLS} requests given up within {usual:?}: {answered} were answered, {accepted} accepted");
    assert!((1..CALLS).contains(&accepted) && answered < CALLS, "moments before and after: {accepted}");
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
    let usual = length_of(world.complete(&link, NEW)).await;
    let guests = guests(&world).await;
    let links: Vec<_> =
        stream::iter(guests).map(|guest| with_link(&world, guest)).buffer_unordered(4).collect().await;
    for (_, link) in &links {
        // Most of its time goes into hashing; the end is where something can be half done.
        give_up(&(usual / 2..usual * 3 / 2), world.complete(link, NEW)).await;
    }
    let mut done = 0;
    for (guest, link) in &links {
        match world.complete(link, OTHER).await {
            // Not at all: the link was live, and has now set the other password.
            Ok(_) => drop(world.verify(guest, OTHER).await.unwrap()),
            Err(refusal) => {
                assert!(refusal.is(Code::FailedPrecondition, "TOKEN_USED"), "{refusal:?}");
                assert_eq!(world.verify(guest, NEW).await.unwrap().credentials_version, 2);
                done += 1;
            }
        }
        assert_eq!(world.mail_to(guest).await.subject, "Your TP-Link ID password was changed");
        world.request_reset(guest).await.expect("no link is live, so nobody is refused one");
    }
    println!("of {CALLS} completions given up within {usual:?}: {done} were done");
    assert!((1..CALLS).contains(&done), "moments before and after: {done}");
    world.settle().await;
    for (guest, _) in &links {
        assert_eq!(world.mails_to(guest).await, 3, "{guest}: the link, one notice, the next link");
    }
}
