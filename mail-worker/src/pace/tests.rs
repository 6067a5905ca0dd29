use super::*;
use proptest::prelude::*;

const PERMITS: usize = 16;

/// Takes whatever it may for a second, in steps of ten milliseconds; how many that were.
fn taken_in_a_second(pace: &Pace, from: Instant) -> usize {
    let steps = (0..100).map(|step| from + Duration::from_millis(10) * step);
    steps.map(|now| take(pace, now)).sum()
}

fn take(pace: &Pace, now: Instant) -> usize {
    match pace.allow(now, PERMITS) {
        Allowance::Now(count) => {
            pace.took(count);
            count
        }
        Allowance::From(then) => {
            assert!(then > now);
            0
        }
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn nothing_is_held_back_as_long_as_nothing_went_wrong() {
    let (pace, now) = (Pace::new(), Instant::now());
    assert_eq!(pace.allow(now, PERMITS), Allowance::Now(PERMITS));
    assert_eq!(pace.allow(now, 0), Allowance::Now(0));
    assert_eq!(pace.rate(), None);
}

#[test]
fn after_an_outage_the_rate_doubles_each_second_until_there_is_no_limit() {
    let (pace, start) = (Pace::new(), Instant::now());
    pace.resumed(start);
    let taken: Vec<_> = (0..4).map(|second| taken_in_a_second(&pace, start + seconds(second))).collect();
    for (pair, least) in taken.windows(2).zip([3, 5, 10]) {
        assert!(pair[0] >= least && pair[1] > pair[0] && pair[1] < 3 * pair[0] + 3, "{taken:?}");
    }
    assert_eq!(pace.allow(start + seconds(8), PERMITS), Allowance::Now(PERMITS));
    assert_eq!(pace.rate(), None);
}

#[test]
fn a_relay_host_that_throttles_gets_half_of_what_it_got_and_then_one_a_second_more() {
    let (pace, start) = (Pace::new(), Instant::now());
    for mail in 0..40 {
        pace.sent(start + Duration::from_millis(20) * mail);
    }
    let now = start + seconds(1);
    for _ in 0..10 {
        pace.throttled(now);
    }
    assert_eq!(pace.rate(), Some(20.0), "replies to mails that were on their way together count once");
    let first = taken_in_a_second(&pace, now);
    assert!((18..=21).contains(&first), "{first}");
    pace.allow(now + seconds(10), 1);
    let rate = pace.rate().unwrap();
    assert!((29.9..30.1).contains(&rate), "{rate}");
    pace.throttled(now + seconds(10));
    assert!((14.9..15.1).contains(&pace.rate().unwrap()));
}

#[test]
fn an_outage_does_not_raise_what_was_lowered() {
    let (pace, now) = (Pace::new(), Instant::now());
    pace.throttled(now);
    assert_eq!(pace.rate(), Some(LOWEST), "nothing was sent yet");
    pace.resumed(now);
    assert_eq!(pace.rate(), Some(LOWEST));
}

#[derive(Debug, Clone)]
enum Event {
    Allow,
    Took(usize),
    Sent,
    Resumed,
    Throttled,
}

fn events() -> impl Strategy<Value = Vec<(u64, Event)>> {
    let event = prop_oneof![
        Just(Event::Allow),
        (0..PERMITS).prop_map(Event::Took),
        Just(Event::Sent),
        Just(Event::Resumed),
        Just(Event::Throttled)
    ];
    prop::collection::vec((0..3_000_u64, event), 1..80)
}

proptest! {
    #[test]
    fn whatever_happens_a_mail_may_be_taken_within_five_seconds_and_the_limit_ends(events in events()) {
        let (pace, mut now) = (Pace::new(), Instant::now());
        for (millis, event) in events {
            now += Duration::from_millis(millis);
            match event {
                Event::Allow => { take(&pace, now); }
                Event::Took(count) => pace.took(count),
                Event::Sent => pace.sent(now),
                Event::Resumed => pace.resumed(now),
                Event::Throttled => pace.throttled(now),
            }
            if let Allowance::From(then) = pace.allow(now, 1) {
                prop_assert!(then <= now + Duration::from_millis(5_010), "{:?}", then - now);
                prop_assert_eq!(pace.allow(then, 1), Allowance::Now(1));
                now = then;
            }
        }
        prop_assert_eq!(pace.allow(now + seconds(300), PERMITS), Allowance::Now(PERMITS));
        prop_assert_eq!(pace.rate(), None);
    }
}
