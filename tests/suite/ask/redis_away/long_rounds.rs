//! How much one connection carries.

use super::{Away, BUCKET_RATE};
use futures::future::join_all;
use reset_api::address_key::AddressKey;
use reset_api::throttle::{AddressTake, Bucket, Counter, IdentifiedRequest, Scope, Take, Throttle as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

const IN_FLIGHT: u64 = 32;
const ROUND: Duration = Duration::from_secs(5);
/// Far below what the slowest machine does in a debug build, far above what one timeout a call would leave.
const LEAST: u64 = 1_000;

/// Calls for a while, so many at a time; returns how many a second were answered.
async fn rate<F: Future<Output = ()> + Send>(call: impl Fn(u64) -> F + Send + Sync + 'static) -> u64 {
    let (call, begun) = (Arc::new(call), Instant::now());
    let callers = (0..IN_FLIGHT).map(|caller| {
        let call = call.clone();
        async move {
            let mut calls = 0;
            while begun.elapsed() < ROUND {
                call(caller << 32 | calls).await;
                calls += 1;
            }
            calls
        }
    });
    let calls: u64 = join_all(callers).await.into_iter().sum();
    calls / begun.elapsed().as_secs()
}

fn wide(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a quarter of a minute"]
async fn one_connection_carries_thousands_of_takes_a_second() {
    let away = Away::not_yet().await;
    let throttle = away.throttle.clone();
    let buckets = rate(move |_| {
        let throttle = throttle.clone();
        async move {
            let bucket = Bucket { scope: Scope::Gateway, key: "a gateway".to_owned() };
            assert_eq!(throttle.take(&bucket, BUCKET_RATE).await, Take::Granted { counter: Counter::Own });
        }
    });
    let buckets = buckets.await;
    let throttle = away.throttle.clone();
    let addresses = rate(move |number| {
        let throttle = throttle.clone();
        async move {
            let request = IdentifiedRequest { id: wide(number), fingerprint: wide(number) };
            let take = throttle.take_address(&AddressKey(wide(number)), Some(&request)).await;
            assert!(matches!(take, AddressTake::Granted { repeated: false, .. }), "{take:?}");
        }
    });
    let addresses = addresses.await;
    let throttle = away.throttle.clone();
    throttle.take_address(&AddressKey([1; 32]), None).await;
    let refusals = rate(move |_| {
        let throttle = throttle.clone();
        async move {
            let take = throttle.take_address(&AddressKey([1; 32]), None).await;
            assert!(matches!(take, AddressTake::Refused { .. }), "{take:?}");
        }
    });
    let refusals = refusals.await;
    println!(
        "a second, {IN_FLIGHT} in flight: {buckets} takes of a bucket, {addresses} of an address with an id (three \
         scripts), {refusals} refusals of an address"
    );
    assert!(buckets.min(addresses).min(refusals) > LEAST);
    assert!(away.link.is_connected());
}
