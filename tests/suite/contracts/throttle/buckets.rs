//! What a bucket owes.

use super::{GRANTED, MARGIN, World};
use reset_api::throttle::{Bucket, Counter, Rate, Scope, Take};
use std::time::Duration;

const REFILL: Duration = Duration::from_secs(600);
const RATE: Rate = Rate { burst: 5, refill: REFILL };

fn bucket(key: &str) -> Bucket {
    Bucket { scope: Scope::Network, key: key.to_owned() }
}

fn wait(take: Take) -> Duration {
    match take {
        Take::Refused { retry_after } => retry_after,
        Take::Granted { .. } => panic!("granted"),
    }
}

impl World {
    async fn take(&self, key: &str) -> Take {
        self.throttle.take(&bucket(key), RATE).await
    }

    /// How many takes a bucket grants at once.
    async fn empty(&self, bucket: &Bucket) -> u32 {
        let mut granted = 0;
        while self.throttle.take(bucket, RATE).await == GRANTED {
            granted += 1;
            assert!(granted <= 2 * RATE.burst, "a bucket without a bottom");
        }
        granted
    }
}

pub(super) async fn an_untouched_bucket_grants_its_burst_and_no_more(world: &World) {
    for burst in [1, 2, 5, 100] {
        let rate = Rate { burst, refill: REFILL };
        let bucket = bucket(&burst.to_string());
        for _ in 0..burst {
            assert_eq!(world.throttle.take(&bucket, rate).await, GRANTED);
        }
        let wait = wait(world.throttle.take(&bucket, rate).await);
        assert!(wait <= REFILL && wait > REFILL - MARGIN, "{wait:?}");
    }
}

pub(super) async fn a_refusal_says_exactly_when_to_try_again(world: &World) {
    world.empty(&bucket("a")).await;
    for _ in 0..3 {
        world.advance(wait(world.take("a").await) - MARGIN);
        let rest = wait(world.take("a").await);
        assert!(!rest.is_zero() && rest <= MARGIN, "{rest:?}");
        world.advance(rest);
        assert_eq!(world.take("a").await, GRANTED);
        assert!(wait(world.take("a").await) <= REFILL);
    }
}

pub(super) async fn a_refusal_takes_nothing(world: &World) {
    world.empty(&bucket("a")).await;
    let first = wait(world.take("a").await);
    for _ in 0..100 {
        assert!(wait(world.take("a").await) <= first);
    }
    world.advance(first);
    assert_eq!(world.empty(&bucket("a")).await, 1);
}

pub(super) async fn a_peek_says_what_a_take_would_and_takes_nothing(world: &World) {
    for _ in 0..3 * RATE.burst {
        assert_eq!(world.throttle.peek(&bucket("a"), RATE).await, GRANTED);
    }
    assert_eq!(world.empty(&bucket("a")).await, RATE.burst);
    let peeked = wait(world.throttle.peek(&bucket("a"), RATE).await);
    let taken = wait(world.take("a").await);
    assert!(taken <= peeked && peeked - taken < MARGIN, "{peeked:?}, then {taken:?}");
    world.advance(taken);
    assert_eq!(world.throttle.peek(&bucket("a"), RATE).await, GRANTED);
    assert_eq!(world.empty(&bucket("a")).await, 1);
}

pub(super) async fn a_bucket_left_alone_is_full_again_and_no_fuller(world: &World) {
    assert_eq!(world.empty(&bucket("a")).await, RATE.burst);
    for idle in [REFILL * RATE.burst, REFILL * 100, Duration::from_hours(100 * 24)] {
        world.advance(idle);
        assert_eq!(world.empty(&bucket("a")).await, RATE.burst, "after {idle:?}");
    }
}

pub(super) async fn every_scope_and_key_is_a_bucket_of_its_own(world: &World) {
    let scopes = [Scope::Network, Scope::Gateway, Scope::UnknownToken, Scope::Token, Scope::LogIn];
    let long = "x".repeat(10_000);
    let keys = ["", "a", "A", "a:", ":a", "a:b", "a\0", "a ", "{a}", "2001:db8::/64", "é", "e\u{301}", &long];
    for scope in scopes {
        for key in keys {
            let bucket = Bucket { scope, key: key.to_owned() };
            assert_eq!(world.empty(&bucket).await, RATE.burst, "{bucket:.80?}");
        }
    }
}

pub(super) async fn of_200_parallel_takes_exactly_the_burst_is_granted(world: &World) {
    let rate = Rate { burst: 37, refill: REFILL };
    let takes = (0..200).map(|_| {
        let throttle = world.throttle.clone();
        tokio::spawn(async move { throttle.take(&bucket("a"), rate).await })
    });
    let takes: Vec<_> = futures::future::join_all(takes.collect::<Vec<_>>()).await;
    let granted = takes.into_iter().filter(|take| *take.as_ref().unwrap() == GRANTED).count();
    assert_eq!(granted, 37);
}

pub(super) async fn a_take_given_back_is_granted_again(world: &World) {
    world.empty(&bucket("a")).await;
    for _ in 0..3 {
        world.throttle.give_back(&bucket("a"), RATE, Counter::Own).await;
        assert_eq!(world.empty(&bucket("a")).await, 1);
    }
    let wait = wait(world.take("a").await);
    assert!(wait <= REFILL && wait > REFILL - MARGIN, "giving back moved the refill: {wait:?}");
}

pub(super) async fn giving_back_too_much_grants_no_more_than_an_untouched_bucket(world: &World) {
    world.throttle.give_back(&bucket("a"), RATE, Counter::Own).await;
    assert_eq!(world.empty(&bucket("a")).await, RATE.burst);
    for _ in 0..3 * RATE.burst {
        world.throttle.give_back(&bucket("a"), RATE, Counter::Own).await;
    }
    assert_eq!(world.empty(&bucket("a")).await, RATE.burst);
}
