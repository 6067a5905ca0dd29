use super::*;

/// Every wait is the longest that may be.
struct Longest;

impl Entropy for Longest {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0xFF);
    }
}

const SECOND: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(15);

fn circuit() -> (Circuit, Instant) {
    let trials = Trials { patience: PATIENCE, at_once: 3 };
    (Circuit::new("mx.example:25", Arc::new(Longest), trials), Instant::now())
}

/// A circuit that opened, and when its first trial may be.
fn opened() -> (Circuit, Instant) {
    let (circuit, start) = circuit();
    circuit.admit(start).unwrap().failed(start);
    (circuit, start + SECOND)
}

#[test]
fn a_failure_shuts_it_and_later_one_mail_at_a_time_finds_out() {
    let (circuit, start) = circuit();
    let (first, second) = (circuit.admit(start).unwrap(), circuit.admit(start).unwrap());
    first.failed(start);
    second.failed(start + SECOND / 2);
    let until = start + SECOND;
    assert_eq!(circuit.gate(start), Gate::Shut(until), "what was on its way does not lengthen the pause");
    assert!(circuit.admit(start).is_none());
    assert_eq!(circuit.standing(), Standing::Open);
    assert_eq!(circuit.gate(until), Gate::Ajar);
    let trial = circuit.admit(until).unwrap();
    assert!(circuit.admit(until).is_none(), "one is on trial");
    assert!(matches!(circuit.gate(until), Gate::Shut(_)), "and nothing is taken for another");
    assert_eq!(circuit.standing(), Standing::HalfOpen);
    assert!(circuit.talked(), "that was an outage");
    drop(trial);
    assert_eq!(circuit.gate(until), Gate::Open);
    assert!(!circuit.talked(), "and now it is over");
}

#[test]
fn what_was_on_its_way_before_ends_no_trial() {
    let (circuit, start) = circuit();
    let (first, late) = (circuit.admit(start).unwrap(), circuit.admit(start).unwrap());
    first.failed(start);
    let trial = circuit.admit(start + SECOND).unwrap();
    late.failed(start + SECOND);
    drop((first, late));
    assert_eq!(circuit.standing(), Standing::HalfOpen);
    assert!(circuit.admit(start + SECOND).is_none(), "the trial goes on");
    trial.failed(start + SECOND);
    assert_eq!(circuit.gate(start + SECOND), Gate::Shut(start + 3 * SECOND));
}

#[test]
fn one_that_falters_again_and_again_is_a_failure() {
    let (circuit, start) = circuit();
    let falter = || circuit.admit(start).unwrap().faltered(start);
    falter();
    falter();
    assert!(!circuit.talked(), "that was no outage");
    falter();
    falter();
    assert_eq!(circuit.gate(start), Gate::Open, "three in a row, not in all");
    falter();
    let later = start + SECOND;
    assert_eq!(circuit.gate(start), Gate::Shut(later));
    assert!(circuit.admit(later).unwrap().faltered(later));
    assert_eq!(circuit.gate(later), Gate::Shut(later + 2 * SECOND), "a trial needs but one");
}

#[test]
fn a_falter_is_the_relay_hosts_failure_while_it_has_failed_and_not_after() {
    let (circuit, start) = circuit();
    let (first, second, third) =
        (circuit.admit(start).unwrap(), circuit.admit(start).unwrap(), circuit.admit(start).unwrap());
    first.failed(start);
    assert!(second.faltered(start));
    circuit.talked();
    assert!(!third.faltered(start), "that was before");
    let falter = || circuit.admit(start).unwrap().faltered(start);
    assert_eq!([falter(), falter(), falter()], [false, false, true], "nor does it count now");
}

#[test]
fn a_trial_that_decided_nothing_is_followed_by_another_after_a_pause() {
    let (circuit, start) = circuit();
    circuit.admit(start).unwrap().failed(start);
    let later = start + SECOND;
    drop(circuit.admit(later).unwrap());
    assert!(matches!(circuit.gate(Instant::now()), Gate::Shut(_)));
    assert!(circuit.admit(later + 40 * SECOND).is_some());
}

#[test]
fn failed_trials_lengthen_the_pause_up_to_half_a_minute() {
    let (circuit, mut now) = circuit();
    let mut pauses = Vec::new();
    for _ in 0..8 {
        circuit.admit(now).unwrap().failed(now);
        let Gate::Shut(until) = circuit.gate(now) else { panic!("the circuit is not open") };
        pauses.push((until - now).as_secs());
        now = until;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30, 30]);
}

#[test]
fn a_trial_that_takes_long_is_followed_by_another_and_still_one_at_a_time() {
    let (circuit, start) = opened();
    let _slow = circuit.admit(start).unwrap();
    let before = start + PATIENCE - SECOND;
    assert!(circuit.admit(before).is_none(), "it may be decided any moment");
    assert!(matches!(circuit.gate(before), Gate::Shut(_)));
    let later = start + PATIENCE;
    assert_eq!(circuit.gate(later), Gate::Ajar);
    let _next = circuit.admit(later).unwrap();
    assert!(circuit.admit(later + PATIENCE - SECOND).is_none(), "the next has as long");
    assert_eq!(circuit.standing(), Standing::HalfOpen);
    assert!(circuit.admit(later + PATIENCE).is_some());
}

#[test]
fn whichever_trial_is_answered_first_closes_it_and_the_late_failure_of_an_older_one_changes_nothing() {
    let (circuit, start) = opened();
    let (slow, later) = (circuit.admit(start).unwrap(), start + PATIENCE);
    let next = circuit.admit(later).unwrap();
    assert!(circuit.talked(), "that ends the outage");
    slow.failed(later);
    assert!(!slow.faltered(later), "that was before");
    drop((slow, next));
    assert_eq!(circuit.gate(later), Gate::Open);
    let falter = || circuit.admit(later).unwrap().faltered(later);
    assert_eq!([falter(), falter(), falter()], [false, false, true], "nor does it count now");
}

#[test]
fn an_older_trial_that_ends_without_an_answer_leaves_the_decision_to_the_newer_one() {
    let (circuit, start) = opened();
    let [slow, slower] = [0, 1].map(|number| circuit.admit(start + PATIENCE * number).unwrap());
    let later = start + 2 * PATIENCE;
    let newest = circuit.admit(later).unwrap();
    slow.failed(later);
    assert!(slower.faltered(later), "the relay host is still away");
    drop((slow, slower));
    assert!(matches!(circuit.gate(later), Gate::Shut(_)), "the newest is on trial");
    assert_eq!(circuit.standing(), Standing::HalfOpen);
    newest.failed(later);
    let until = later + 3 * SECOND;
    assert!(
        matches!(circuit.gate(later), Gate::Shut(at) if at < until),
        "the second failure, not the fourth"
    );
}

#[test]
fn an_older_trial_does_not_lengthen_the_pause_that_a_newer_one_began() {
    let (circuit, start) = opened();
    let (slow, later) = (circuit.admit(start).unwrap(), start + PATIENCE);
    circuit.admit(later).unwrap().failed(later);
    let pause = Gate::Shut(later + 2 * SECOND);
    assert_eq!(circuit.gate(later), pause);
    slow.failed(later + SECOND);
    drop(slow);
    assert_eq!(circuit.gate(later), pause);
}

#[test]
fn a_relay_host_that_decides_nothing_holds_on_to_so_many_trials_and_no_more() {
    let (circuit, start) = opened();
    let at = |number: u32| start + PATIENCE * number;
    let mut hanging: Vec<_> = (0..3).map(|number| circuit.admit(at(number)).unwrap()).collect();
    assert!(circuit.admit(at(100)).is_none());
    assert!(matches!(circuit.gate(at(100)), Gate::Shut(_)), "and nothing is taken for another");
    drop(hanging.remove(0));
    assert_eq!(circuit.gate(at(100)), Gate::Ajar);
    hanging.push(circuit.admit(at(100)).unwrap());
    hanging[2].failed(at(100));
    assert!(circuit.admit(at(200)).is_none(), "nor after a pause: all of them still hang");
    assert!(matches!(circuit.gate(at(200)), Gate::Shut(_)));
}

#[test]
fn trials_that_hang_after_an_outage_take_no_room_in_the_next() {
    let (circuit, start) = opened();
    let at = |number: u32| start + PATIENCE * number;
    let _hanging: Vec<_> = (0..3).map(|number| circuit.admit(at(number)).unwrap()).collect();
    circuit.talked();
    circuit.admit(at(3)).unwrap().failed(at(3));
    assert!(circuit.admit(at(4)).is_some());
}

#[test]
fn half_of_the_permits_stay_free_of_trials_if_there_are_enough() {
    let at_once = |permits, relay_hosts| Trials::new(PATIENCE, permits, relay_hosts).at_once;
    assert_eq!([1, 2, 3, 4, 8, 16, 1_000].map(|permits| at_once(permits, 1)), [1, 1, 1, 2, 4, 4, 4]);
    assert_eq!([1, 4, 8, 16, 1_000].map(|permits| at_once(permits, 2)), [1, 1, 2, 4, 4]);
}
