use super::super::{MANUAL, run};
use super::*;

/// What has no default.
const COMPLETE: [(&str, &str); 4] = [
    ("REDIS__URL", "redis://ada:s3cret@localhost"),
    ("RABBITMQ__URL", "amqp://ada:s3cret@localhost"),
    ("SMTP__URL", "smtp://127.0.0.1:2525?tls=none"),
    ("KEYS__UNSEALING", "1:CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
];

/// The warnings about these settings, on top of what has no default.
fn warnings(pairs: &[(&str, &str)]) -> Vec<String> {
    let variables = COMPLETE.iter().chain(pairs);
    let variables = variables.map(|(name, value)| (format!("MAIL_WORKER__{name}"), (*value).to_owned()));
    let mut config = Config::load(MANUAL, None, variables);
    run(&mut config).expect("each is allowed");
    let warnings = config.warnings().iter().map(ToString::to_string).collect();
    config.finish().unwrap();
    warnings
}

#[test]
fn the_shipped_defaults_are_not_dangerous() {
    assert_eq!(warnings(&[]), [""; 0]);
}

/// Names and values.
type Pairs = &'static [(&'static str, &'static str)];
/// The least dangerous settings, what the line begins with, a word of it, and the nearest harmless settings.
type Case = (Pairs, &'static str, &'static str, Pairs);

const CASES: &[Case] = &[
    (&[("DRAIN__SECONDS", "59")], "drain.seconds = 59: ", "may take 60 s", &[("DRAIN__SECONDS", "60")]),
    (&[("DRAIN__SECONDS", "90")], "drain.seconds = 90: ", "killed 90 s after", &[("DRAIN__SECONDS", "89")]),
    (
        &[("REDIS__TIMEOUT_MS", "1000"), ("WORK__LEASE_SECONDS", "3")],
        "redis.timeout_ms = 1000, work.lease_seconds = 3: ",
        "every 1000 ms",
        &[("REDIS__TIMEOUT_MS", "999"), ("WORK__LEASE_SECONDS", "3")],
    ),
    (
        &[("WORK__LEASE_SECONDS", "301")],
        "work.lease_seconds = 301: ",
        "300 or less",
        &[("WORK__LEASE_SECONDS", "300")],
    ),
    (&[("WORK__PERMITS", "51")], "work.permits = 51: ", "from one client", &[("WORK__PERMITS", "50")]),
];

#[test]
fn each_dangerous_pair_is_one_warning_and_what_it_says_to_set_is_none() {
    for (dangerous, start, word, harmless) in CASES {
        let told = warnings(dangerous);
        let [line] = &told[..] else { panic!("{dangerous:?}: {told:?}") };
        assert!(line.starts_with(start) && line.contains(word) && line.contains("; set "), "{line}");
        assert!(!line.contains('\n'), "{line}");
        assert_eq!(warnings(harmless), [""; 0], "{harmless:?}");
    }
}

#[test]
fn warnings_come_together() {
    let told = warnings(&[("DRAIN__SECONDS", "1"), ("WORK__PERMITS", "1000")]);
    assert_eq!(told.len(), 2, "{told:?}");
}
