use super::*;

/// Every wait is the longest that may be.
struct Longest;

impl Entropy for Longest {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0xFF);
    }
}

fn circuit() -> (Circuit, Instant) {
    (Circuit::new("mx.example:25", Arc::new(Longest)), Instant::now())
}

const SECOND: Duration = Duration::from_secs(1);

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
