use super::*;
use crate::throttle::Scope;
use std::sync::atomic::{AtomicI64, Ordering};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 3_600 * SECOND;
/// In 2026.
const START: i64 = 1_795_000_000 * SECOND;
const GRANTED: Take = Take::Granted { counter: Counter::Own };
const RATE: Rate = Rate { burst: 3, refill: std::time::Duration::from_secs(60) };

/// A clock that stands still between the test's steps.
struct FrozenClock(AtomicI64);

impl FrozenClock {
    fn advance(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> OffsetDateTime {
        from_micros(self.0.load(Ordering::SeqCst))
    }

    fn offset(&self) -> Duration {
        Duration::ZERO
    }
}

fn throttle() -> (MemoryThrottle, Arc<FrozenClock>) {
    let clock = Arc::new(FrozenClock(AtomicI64::new(START)));
    (MemoryThrottle::new(clock.clone()), clock)
}

fn bucket(key: &str) -> Bucket {
    Bucket { scope: Scope::Network, key: key.to_owned() }
}

fn address(number: u64) -> AddressKey {
    AddressKey(wide(number))
}

fn wide(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes
}

async fn empty(throttle: &MemoryThrottle, bucket: &Bucket) -> u32 {
    let mut granted = 0;
    while throttle.take(bucket, RATE).await == GRANTED {
        granted += 1;
    }
    granted
}

/// What is still to be waited; with nothing, a request is accepted and stored.
async fn refusal(throttle: &MemoryThrottle, address: &AddressKey) -> Option<i64> {
    match throttle.take_address(address, None).await {
        AddressTake::Refused { retry_after } => Some(i64::try_from(retry_after.as_micros()).unwrap()),
        AddressTake::Granted { receipt, .. } => {
            throttle.confirm(address, &receipt).await;
            None
        }
        AddressTake::Same(_) | AddressTake::Other => None,
    }
}

#[tokio::test]
async fn the_wait_of_a_bucket_is_exact_to_the_microsecond() {
    let (throttle, clock) = throttle();
    assert_eq!(empty(&throttle, &bucket("a")).await, 3);
    clock.advance(60 * SECOND - 1);
    let retry_after = std::time::Duration::from_micros(1);
    assert_eq!(throttle.take(&bucket("a"), RATE).await, Take::Refused { retry_after });
    clock.advance(1);
    assert_eq!(throttle.take(&bucket("a"), RATE).await, GRANTED);
}

#[tokio::test]
async fn the_wait_of_an_address_is_exact_to_the_microsecond() {
    let (throttle, clock) = throttle();
    assert_eq!(refusal(&throttle, &address(1)).await, None);
    assert_eq!(refusal(&throttle, &address(1)).await, Some(60 * SECOND));
    clock.advance(60 * SECOND - 1);
    assert_eq!(refusal(&throttle, &address(1)).await, Some(1));
    clock.advance(1);
    assert_eq!(refusal(&throttle, &address(1)).await, None);
}

#[tokio::test]
async fn a_clock_that_jumps_back_grants_nothing_more_and_keeps_nobody_waiting_longer() {
    let (throttle, clock) = throttle();
    empty(&throttle, &bucket("a")).await;
    assert_eq!(refusal(&throttle, &address(1)).await, None);
    clock.advance(-400 * DAY);
    assert_eq!(empty(&throttle, &bucket("a")).await, 0);
    assert_eq!(refusal(&throttle, &address(1)).await, Some(60 * SECOND));
    clock.advance(60 * SECOND);
    assert_eq!(empty(&throttle, &bucket("a")).await, 1);
    assert_eq!(refusal(&throttle, &address(1)).await, None);
}

#[tokio::test]
async fn a_clock_that_was_wrong_by_a_century_for_a_moment_ends_no_service() {
    let (throttle, clock) = throttle();
    clock.advance(100 * 365 * DAY);
    empty(&throttle, &bucket("a")).await;
    assert_eq!(refusal(&throttle, &address(1)).await, None);
    clock.advance(-100 * 365 * DAY);
    assert_eq!(refusal(&throttle, &address(1)).await, Some(60 * SECOND));
    clock.advance(60 * SECOND);
    assert_eq!(empty(&throttle, &bucket("a")).await, 1);
    assert_eq!(refusal(&throttle, &address(1)).await, None);
}

#[tokio::test]
async fn an_old_receipt_cannot_take_back_an_acceptance_of_the_same_microsecond() {
    let (throttle, _clock) = throttle();
    let AddressTake::Granted { receipt, .. } = throttle.take_address(&address(1), None).await else {
        panic!()
    };
    throttle.reset_address(&address(1)).await;
    assert_eq!(refusal(&throttle, &address(1)).await, None);
    throttle.give_back_address(&address(1), receipt).await;
    assert!(refusal(&throttle, &address(1)).await.is_some());
}

#[test]
fn an_entry_is_kept_until_the_schedule_has_started_over() {
    for number in 0..=u8::MAX {
        let last = Some((Step::from_number(number), from_micros(START)));
        let verdict = judge(last, from_micros(START + KEPT), Duration::ZERO);
        assert_eq!(verdict, judge(None, from_micros(START + KEPT), Duration::ZERO), "step {number}");
    }
}

#[tokio::test]
async fn a_million_keys_over_ten_days_do_not_stay() {
    // An address, a request id and a bucket each.
    const ASKERS: u64 = 340_000;
    const A_DAYS_ENTRIES: usize = 2 * 34_000;
    let (throttle, clock) = throttle();
    let mut most = 0;
    for number in 0..ASKERS {
        clock.advance(10 * DAY / i64::try_from(ASKERS).unwrap());
        let request = IdentifiedRequest { id: wide(number), fingerprint: [0; 32] };
        let take = throttle.take_address(&address(number), Some(&request)).await;
        assert!(matches!(take, AddressTake::Granted { .. }));
        throttle.take(&bucket(&number.to_string()), RATE).await;
        most = most.max(size(&throttle));
    }
    // A day's addresses and ids, and the buckets of one refill.
    assert!((A_DAYS_ENTRIES..=A_DAYS_ENTRIES + 100).contains(&most), "{most} entries");
    clock.advance(2 * DAY);
    for _ in 0..A_DAYS_ENTRIES {
        throttle.peek(&bucket("a"), RATE).await;
    }
    assert_eq!(size(&throttle), 0);
}

#[tokio::test]
async fn starting_an_address_over_again_and_again_leaves_nothing_behind() {
    let (throttle, _clock) = throttle();
    for _ in 0..1_000 {
        assert_eq!(refusal(&throttle, &address(1)).await, None);
        throttle.reset_address(&address(1)).await;
    }
    assert_eq!(size(&throttle), 0);
}

fn size(throttle: &MemoryThrottle) -> usize {
    let state = throttle.state.lock().unwrap();
    state.buckets.len() + state.addresses.len() + state.requests.len()
}
