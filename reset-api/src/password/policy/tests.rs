use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn check(text: &str) -> Vec<Violation> {
    check_by(PasswordPolicy::default(), text, "ada.lovelace@example.org")
}

fn check_by(policy: PasswordPolicy, text: &str, address: &str) -> Vec<Violation> {
    let password = Password::parse(text.to_owned()).unwrap();
    let address = EmailAddress::parse(address).unwrap();
    let forbidden = Forbidden { address: &address, brands: &["Tapo", "Kasa", "TP-Link ID"] };
    policy.check(&password, &forbidden).err().unwrap_or_default()
}

fn names(violations: &[Violation]) -> Vec<&'static str> {
    let name = |violation: &Violation| match violation {
        Violation::TooShort { .. } => "short",
        Violation::TooLong { .. } => "long",
        Violation::TooWeak { .. } => "weak",
        Violation::ContainsAddress => "address",
        Violation::ContainsBrand => "brand",
    };
    violations.iter().map(name).collect()
}

#[test]
fn good_passwords_of_any_script_pass() {
    for text in [
        "teapot umbrella 1815 gravel",
        "  spaces kept at both ends  ",
        "zH7#qLw9!xKd",
        "незаметный вторник плывёт",
        "紫色の傘が静かに歌う夜だった",
        "🦀🫖🌂🪨🎻🧊🪁🧵🪐🦉",
        "lowercase without any digits",
    ] {
        assert_eq!(check(text), [], "{text}");
    }
}

#[test]
fn length_counts_characters_and_not_bytes() {
    assert_eq!(names(&check("zH7#qLw9!")), ["short"]);
    assert_eq!(check("zH7#qLw9!x"), []);
    assert_eq!(names(&check("🦀🫖🌂🪨🎻🧊🪁🧵🪐"))[0], "short");
    // Ten keystrokes, nine characters once composed.
    assert!(names(&check("zH7#qLw9e\u{301}")).contains(&"short"));
}

#[test]
fn weak_passwords_are_refused_with_advice() {
    for text in ["password123", "qwertyuiop", "aaaaaaaaaaaa", "1234567890", "abcabcabcabc", "P@ssw0rd12"] {
        let violations = check(text);
        let [Violation::TooWeak { advice }] = violations.as_slice() else { panic!("{text}: {violations:?}") };
        assert!(advice.len() > 10, "{text}: {advice:?}");
        assert!(violations[0].sentence().starts_with("This password is easy to guess. "));
        assert!(!violations[0].sentence().contains(text));
    }
}

#[test]
fn a_weak_beginning_is_not_made_strong_by_what_follows() {
    let text = format!("{}zH7#qLw9!xKd", "a".repeat(JUDGED_CHARACTERS));
    assert_eq!(names(&check(&text)), ["weak"]);
}

#[test]
fn the_address_is_refused_in_any_spelling() {
    for text in [
        "ada.lovelace@example.org",
        "zH7#ADA.Lovelace@EXAMPLE.org!xKd",
        "zH7#qLw9!ada.lovelace",
        "ADA.LOVELACE gravel umbrella",
    ] {
        assert!(names(&check(text)).contains(&"address"), "{text}");
    }
}

#[test]
fn an_address_of_another_script_is_refused_by_either_spelling_of_its_domain() {
    for text in ["grün@bücher.example 77x", "GRÜN@xn--bcher-kva.example 77x", "gru\u{308}n@bücher.example"]
    {
        let violations = check_by(PasswordPolicy::default(), text, "grün@bücher.example");
        assert!(names(&violations).contains(&"address"), "{text}");
    }
}

#[test]
fn a_local_part_of_a_letter_or_two_forbids_no_word() {
    assert_eq!(check_by(PasswordPolicy::default(), "teapot umbrella gravel", "a@example.org"), []);
    let whole = check_by(PasswordPolicy::default(), "teapot a@example.org gravel", "a@example.org");
    assert_eq!(names(&whole), ["address"]);
}

#[test]
fn the_brand_is_refused_in_any_case() {
    for text in ["teapot umbrella TAPO", "kasakasa teapot umbrella", "my tp-link id is gravel"] {
        assert_eq!(names(&check(text)), ["brand"], "{text}");
    }
}

#[test]
fn every_broken_rule_is_told_at_once() {
    assert_eq!(names(&check("tapo")), ["short", "weak", "brand"]);
    assert_eq!(
        names(&check_by(PasswordPolicy::default(), "ada1", "ada1@example.org")),
        ["short", "weak", "address"]
    );
    let policy = PasswordPolicy { max_bytes: 12, ..PasswordPolicy::default() };
    assert_eq!(
        names(&check_by(policy, "tapo ada1@example.org", "ada1@example.org")),
        ["long", "weak", "address", "brand"]
    );
}

#[test]
fn the_rules_say_the_numbers_that_are_checked() {
    let policy = PasswordPolicy { min_characters: 15, max_bytes: 256, min_strength: 0 };
    let rules = policy.rules().join("\n");
    assert!(rules.contains("15 characters") && rules.contains("256 bytes"), "{rules}");
    assert!(!rules.contains("hard to guess"), "{rules}");
    assert_eq!(names(&check_by(policy, "aaaaaaaaaaaaaa", "ada@example.org")), ["short"]);
    assert_eq!(check_by(policy, "aaaaaaaaaaaaaaa", "ada@example.org"), []);
    assert!(PasswordPolicy::default().rules().join("\n").contains("hard to guess"));
}

#[test]
fn a_password_of_every_ambiguous_character_is_judged_by_its_beginning() {
    let weak = format!("{}{AMBIGUOUS}", "a".repeat(JUDGED_IF_AMBIGUOUS));
    assert_eq!(names(&check(&weak)), ["weak"]);
    assert_eq!(check(AMBIGUOUS), []);
    assert_eq!(judged_part(&"é".repeat(500)).chars().count(), JUDGED_CHARACTERS);
    assert_eq!(judged_part("é"), "é");
}

#[test]
fn judging_stays_fast_whatever_is_typed() {
    let texts = [
        AMBIGUOUS.repeat(68),
        "@4({[<369!|170$5+%2".repeat(53),
        "69 1!|7".repeat(146),
        "({[<69".repeat(170),
        "password ".repeat(113),
        "a1!".repeat(341),
        "qwertyuiop1qaz2wsx".repeat(56),
        "e\u{323}\u{302}x\u{301}".repeat(140),
        "19991231 01/02/1999 ".repeat(51),
        "p4$$w0rd".repeat(128),
    ];
    check("warm up the dictionaries");
    for text in texts {
        let started = Instant::now();
        check(&text);
        let took = started.elapsed();
        println!("{took:?} for {text:.20}…");
        // Without the bounds the first two take several seconds in a debug build; a tenth of this is usual.
        assert!(took < Duration::from_secs(1), "{took:?} for {text:.40}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_judged_without_a_panic_and_always_alike(text in any_password(), address in "[a-z0-9.+-]{1,20}") {
        let Ok(password) = Password::parse(text) else { return Ok(()) };
        let address = EmailAddress::parse(&format!("{}@example.org", address.trim_matches('.')));
        let Ok(address) = address else { return Ok(()) };
        let forbidden = Forbidden { address: &address, brands: &["Tapo", ""] };
        let policy = PasswordPolicy::default();
        let verdict = policy.check(&password, &forbidden);
        prop_assert_eq!(&verdict, &policy.check(&password, &forbidden));
        let short = password.expose_secret().chars().count() < 10;
        let said = verdict.err().unwrap_or_default();
        prop_assert_eq!(said.contains(&Violation::TooShort { min_characters: 10 }), short);
        prop_assert!(said.iter().all(|violation| !violation.sentence().is_empty()));
    }
}

/// Any Unicode, and what zxcvbn takes apart: dates, rows of keys, substitutions, repeats.
fn any_password() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        any::<String>(),
        "[0-9/._ \\-]{1,40}",
        "[a-z4@({\\[<691!|7$5+]{1,40}",
        "(pass|İ|ß|ſ|K|\u{301}|٣|²|🦀|\0|1999|qwerty){1,20}",
    ]
}
