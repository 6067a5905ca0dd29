use super::*;
use common::entropy::OsEntropy;
use std::time::Instant;

const CHEAP: HashParameters = HashParameters { memory_kib: 64, iterations: 1, parallelism: 1 };

fn hasher(parameters: HashParameters) -> Hasher {
    let settings = HasherSettings { parameters, ..HasherSettings::default() };
    Hasher::new(settings, Arc::new(OsEntropy)).unwrap()
}

fn password(text: &str) -> Password {
    Password::parse(text.to_owned()).unwrap()
}

async fn matches(hasher: &Hasher, text: &str, stored: &PasswordHashString) -> bool {
    hasher.verify(&password(text), stored).await.unwrap().matches
}

#[tokio::test]
async fn a_password_verifies_and_any_other_does_not() {
    let hasher = hasher(CHEAP);
    let stored = hasher.hash(&password("correct horse")).await.unwrap();
    let verified = hasher.verify(&password("correct horse"), &stored).await.unwrap();
    assert_eq!(verified, Verified { matches: true, needs_rehash: false });
    for other in ["correct hors", "correct horse ", "Correct horse", "correct horse\0"] {
        let verified = hasher.verify(&password(other), &stored).await.unwrap();
        assert_eq!(verified, Verified { matches: false, needs_rehash: false }, "{other}");
    }
}

#[tokio::test]
async fn both_spellings_of_a_character_verify_alike() {
    let hasher = hasher(CHEAP);
    let stored = hasher.hash(&password("caf\u{e9} au lait")).await.unwrap();
    assert!(matches(&hasher, "cafe\u{301} au lait", &stored).await);
}

#[tokio::test]
async fn spaces_at_the_ends_belong_to_the_password() {
    let hasher = hasher(CHEAP);
    let stored = hasher.hash(&password("  spaces  ")).await.unwrap();
    assert!(matches(&hasher, "  spaces  ", &stored).await);
    assert!(!matches(&hasher, "spaces", &stored).await);
}

#[tokio::test]
async fn a_long_password_counts_to_its_last_byte() {
    let hasher = hasher(CHEAP);
    let stored = hasher.hash(&password(&format!("{}a", "x".repeat(1_023)))).await.unwrap();
    assert!(!matches(&hasher, &format!("{}b", "x".repeat(1_023)), &stored).await);
}

#[tokio::test]
async fn the_default_hash_is_argon2id_with_19_mib_and_a_salt_of_its_own() {
    let hasher = hasher(HashParameters::default());
    let first = hasher.hash(&password("same")).await.unwrap();
    let second = hasher.hash(&password("same")).await.unwrap();
    assert!(first.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", first.0);
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_hash_of_other_parameters_verifies_and_asks_to_be_made_anew() {
    let stronger = HashParameters { memory_kib: 128, iterations: 3, parallelism: 2 };
    let stored = hasher(CHEAP).hash(&password("old")).await.unwrap();
    let hasher = hasher(stronger);
    let verified = hasher.verify(&password("old"), &stored).await.unwrap();
    assert_eq!(verified, Verified { matches: true, needs_rehash: true });
    let wrong = hasher.verify(&password("new"), &stored).await.unwrap();
    assert_eq!(wrong, Verified { matches: false, needs_rehash: false });
}

#[tokio::test]
async fn a_hash_of_the_reference_implementation_verifies() {
    // RFC 9106's authors' test suite: argon2i, version 16, m = 256, t = 2, "password", "somesalt".
    let stored = PasswordHashString(
        "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY".to_owned(),
    );
    let outcome = hasher(CHEAP).verify(&password("password"), &stored).await;
    assert_eq!(outcome, Ok(Verified { matches: true, needs_rehash: true }));
}

#[tokio::test]
async fn a_malformed_hash_is_an_error_and_no_panic() {
    let hasher = hasher(CHEAP);
    let good = hasher.hash(&password("x")).await.unwrap().0;
    let no_hash = good.rsplit_once('$').unwrap().0.to_owned();
    let no_salt = no_hash.rsplit_once('$').unwrap().0.to_owned();
    let long = "$".repeat(1 << 20);
    for stored in [
        "",
        "$",
        "x",
        "$argon2id",
        "$argon2id$v=19",
        "$scrypt$ln=17,r=8,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=20$m=64,t=1,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=19$m=64,t=1,p=1,x=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2id$v=19$m=64,t=1,p=1$é$é",
        &format!("{good}$"),
        &format!("{good}\0"),
        &good[1..],
        &no_hash,
        &no_salt,
        &long,
    ] {
        let outcome = hasher.verify(&password("x"), &PasswordHashString(stored.to_owned())).await;
        assert_eq!(outcome, Err(HashError::Malformed), "{stored:.100}");
    }
}

#[tokio::test]
async fn a_hash_that_would_take_the_service_down_is_not_computed() {
    for cost in ["m=4194304,t=1,p=1", "m=65536,t=4000000,p=1", "m=262145,t=1,p=1", "m=262144,t=1,p=1000"] {
        let stored = format!("$argon2id$v=19${cost}$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY");
        let outcome = hasher(CHEAP).verify(&password("x"), &PasswordHashString(stored)).await;
        assert_eq!(outcome, Err(HashError::TooCostly), "{cost}");
    }
}

#[test]
fn settings_that_argon2_does_not_define_are_refused_at_start() {
    for (memory_kib, iterations, parallelism) in [(0, 1, 1), (64, 0, 1), (64, 1, 0), (8, 1, 2)] {
        let parameters = HashParameters { memory_kib, iterations, parallelism };
        let settings = HasherSettings { parameters, ..HasherSettings::default() };
        let outcome = Hasher::new(settings, Arc::new(OsEntropy)).err();
        assert!(matches!(outcome, Some(HashError::Parameters(_))), "{parameters:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_flood_is_shed_and_everybody_else_is_served() {
    let settings = HasherSettings { parameters: CHEAP, at_once: 1, waiting: 4 };
    let hasher = Hasher::new(settings, Arc::new(OsEntropy)).unwrap();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let hashing = hasher.places.run(move || _ = ended.recv());
    let flood = futures::future::join_all((0..50).map(|_| hasher.verify_nothing_of("x")));
    // Polled in this order: the hash runs before the flood comes, and ends once all of it has come.
    let (hashed, outcomes, ()) = futures::join!(hashing, flood, async { drop(end) });
    assert_eq!(hashed, Ok(()));
    let is_shed = |outcome: &&Result<(), HashError>| matches!(outcome, Err(HashError::Overloaded { .. }));
    assert_eq!(outcomes.iter().filter(is_shed).count(), 46);
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 4);
    assert_eq!(hasher.verify_nothing_of("x").await, Ok(()));
}

impl Hasher {
    async fn verify_nothing_of(&self, text: &str) -> Result<(), HashError> {
        self.verify_nothing(&password(text)).await
    }
}

#[tokio::test]
async fn an_unknown_account_costs_what_a_known_one_costs() {
    let hasher = hasher(HashParameters { memory_kib: 2 * 1_024, iterations: 2, parallelism: 1 });
    let stored = hasher.hash(&password("right")).await.unwrap();
    // Other work on the machine can spoil a round, but not all five.
    let mut ratio = 0.0;
    for _ in 0..5 {
        ratio = ratio_of_medians(&hasher, &stored).await;
        if (0.8..=1.25).contains(&ratio) {
            return;
        }
    }
    panic!("an unknown account takes {ratio} times as long as a known one");
}

async fn ratio_of_medians(hasher: &Hasher, stored: &PasswordHashString) -> f64 {
    let (mut unknown, mut known) = (vec![], vec![]);
    for _ in 0..31 {
        let started = Instant::now();
        hasher.verify_nothing(&password("wrong")).await.unwrap();
        unknown.push(started.elapsed());
        let started = Instant::now();
        assert!(!hasher.verify(&password("wrong"), stored).await.unwrap().matches);
        known.push(started.elapsed());
    }
    median(unknown).as_secs_f64() / median(known).as_secs_f64()
}

fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations[durations.len() / 2]
}
