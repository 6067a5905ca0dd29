use super::super::{MANUAL, serve};
use super::*;

/// What has no default.
const COMPLETE: [(&str, &str); 6] = [
    ("POSTGRES__URL", "postgres://ada:s3cret@localhost/reset"),
    ("REDIS__URL", "redis://ada:s3cret@localhost"),
    ("RABBITMQ__URL", "amqp://ada:s3cret@localhost"),
    ("KEYS__ADDRESS", "1:BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("KEYS__SEALING", "1:CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("WEB__PUBLIC_URL", "https://reset.example.org"),
];

/// The warnings about these settings, on top of what has no default; later pairs win.
fn warnings(pairs: &[(&str, &str)]) -> Vec<String> {
    let variables = COMPLETE.iter().chain(pairs);
    let variables = variables.map(|(name, value)| (format!("RESET_API__{name}"), (*value).to_owned()));
    let mut config = Config::load(MANUAL, None, variables);
    serve(&mut config).expect("each is allowed");
    let warnings = config.warnings().iter().map(ToString::to_string).collect();
    config.finish().unwrap();
    warnings
}

#[test]
fn the_shipped_defaults_are_not_dangerous() {
    assert_eq!(warnings(&[]), [""; 0]);
    assert_eq!(warnings(&[("WEB__PUBLIC_URL", "http://127.0.0.1:8080")]), [""; 0], "nor for a first try");
}

/// Names and values.
type Pairs = &'static [(&'static str, &'static str)];
/// The least dangerous settings, what the line begins with, a word of it, and the nearest harmless settings.
type Case = (Pairs, &'static str, &'static str, Pairs);

const CASES: &[Case] = &[
    (&[("DRAIN__SECONDS", "15")], "drain.seconds = 15: ", "16 or more", &[("DRAIN__SECONDS", "16")]),
    (&[("DRAIN__SECONDS", "25")], "drain.seconds = 25, ", "Kubernetes", &[("DRAIN__SECONDS", "24")]),
    (
        &[("HASHING__AT_ONCE", "5"), ("HASHING__MEMORY_KIB", "1048576"), ("HASHING__WAITING", "8")],
        "hashing.at_once = 5, hashing.memory_kib = 1048576: ",
        "5120 MiB",
        &[("HASHING__AT_ONCE", "4"), ("HASHING__MEMORY_KIB", "1048576"), ("HASHING__WAITING", "8")],
    ),
    (
        &[("HASHING__AT_ONCE", "2"), ("HASHING__WAITING", "2000")],
        "hashing.waiting = 2000, hashing.at_once = 2, hashing.memory_kib = 19456, hashing.iterations = 2: ",
        "waits about 38 s",
        &[("HASHING__AT_ONCE", "2"), ("HASHING__WAITING", "500")],
    ),
    (
        &[("THROTTLE__NETWORK_BURST", "21"), ("THROTTLE__GATEWAY_BURST", "20")],
        "throttle.network_burst = 21, throttle.gateway_burst = 20: ",
        "lock the others out",
        &[("THROTTLE__NETWORK_BURST", "20"), ("THROTTLE__GATEWAY_BURST", "20")],
    ),
    (
        &[
            ("GRPC__LISTEN", "0.0.0.0:50051"),
            ("GRPC__INSECURE", "true"),
            ("GRPC__ANONYMOUS_ROLES", "support"),
        ],
        "grpc.anonymous_roles = [\"support\"], grpc.listen = \"0.0.0.0:50051\": ",
        "whether it has an account",
        &[("GRPC__ANONYMOUS_ROLES", "gateway,accounts,support")],
    ),
    (
        &[("THROTTLE__NETWORK_REFILL_MS", "1")],
        "throttle.network_refill_ms = 1, throttle.gateway_refill_ms = 2: ",
        "lock the others out",
        &[("THROTTLE__NETWORK_REFILL_MS", "2")],
    ),
    (
        &[("PASSWORD__MIN_STRENGTH", "2"), ("PASSWORD__MIN_CHARACTERS", "14")],
        "password.min_strength = 2, password.min_characters = 14: ",
        "neither hard to guess nor long",
        &[("PASSWORD__MIN_STRENGTH", "0"), ("PASSWORD__MIN_CHARACTERS", "15")],
    ),
    (
        &[("WEB__PUBLIC_URL", "http://reset.example.org")],
        "web.public_url = \"http://reset.example.org\": ",
        "https://",
        &[("WEB__PUBLIC_URL", "http://[::1]:8080")],
    ),
    (
        &[("POSTGRES__REQUEST_CONNECTIONS", "92")],
        "postgres.request_connections = 92, postgres.loop_connections = 6: ",
        "each copy takes 98",
        &[("POSTGRES__REQUEST_CONNECTIONS", "91")],
    ),
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
    let told = warnings(&[("DRAIN__SECONDS", "1"), ("POSTGRES__REQUEST_CONNECTIONS", "92")]);
    assert_eq!(told.len(), 2, "{told:?}");
}
