use super::*;
use ::argon2::{Algorithm, Params, Version};
use proptest::prelude::*;

fn parse(text: &str) -> Result<StoredHash, HashError> {
    StoredHash::parse(&PasswordHashString(text.to_owned()))
}

fn is_of(text: &str, password: &str) -> bool {
    let hash = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
    assert!(!hash.is_made_by(&argon2), "{text}");
    hash.matches(&argon2, &Password::parse(password.to_owned()).unwrap()).unwrap()
}

/// A hash of another system, and its password.
const KNOWN: [(&str, &str); 13] = [
    // crypt_blowfish's own test vectors.
    ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
    ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
    // Python's bcrypt 4.0.1, and the same as PHP marks it.
    ("$2b$04$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS", "correct horse battery"),
    ("$2y$04$P.BjXmAV2MMVz/fK7zQo5Oedcj78/RIer9itdiPmzLbYsM.kTOmMC", "correct horse battery"),
    // passlib's own test vectors.
    ("$pbkdf2-sha256$1212$4vjV83LKPjQzk31VI4E0Vw$hsYF68OiOUPdDZ1Fg.fJPeq1h/gXXY7acBp9/6c.tmQ", "password"),
    (
        "$pbkdf2-sha512$1212$RHY0Fr3IDMSVO/RSZyb5ow$eNLfBK.eVozomMr.1gYa17k9B7KIK25NOEshvhrSX.esqY3s.FvWZViXz4KoLlQI.BzY/YTNJOiKc5gBYFYGww",
        "password",
    ),
    (
        "$pbkdf2-sha512$1000$Yewdo5RSqrXWOoeQUsp5rw$AIj7wr3LDZtw4HCzn6UOQBtIWM5nKxFh73KapwzglxYuNKOdkoYEhyFE.CoGyc/0.QxyE/rFi7n3NYlzLRN1UA",
        "correct horse battery",
    ),
    // RFC 7914 §11, in the PHC string format.
    (
        "$pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw",
        "passwd",
    ),
    (
        "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$Cf9xjlisAEzRbMZsosxST/5+wkpfUV6uoqiZkYtP6iQ",
        "correct horse battery",
    ),
    (
        "$pbkdf2-sha256$i=1000$c2FsdHNhbHRzYWx0c2FsdA$Cf9xjlisAEzRbMZsosxST/5+wkpfUV6uoqiZkYtP6iQ",
        "correct horse battery",
    ),
    (
        "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHRzYWx0c2FsdA$lYhPheApeiwq3tKG8A+KHC4iQ8mmHXFAKab1ywrJ5QhG73jAKAyVeLsbqTYH/KNRnW0OYbntj3FPNcXf3GKcRg",
        "correct horse battery",
    ),
    // Django 5's PBKDF2PasswordHasher.
    (
        "pbkdf2_sha256$1000$seasalt2seasalt2$s9Za6wfOtN802RtrpAsP2FFS50xT3i0spjkWkB84oTM=",
        "correct horse battery",
    ),
    // The reference implementation of Argon2, version 16.
    ("$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY", "password"),
];

#[test]
fn hashes_of_other_systems_verify_and_no_other_password_does() {
    for (hash, password) in KNOWN {
        assert!(is_of(hash, password), "{hash}");
        for other in [format!("{password}*"), password[1..].to_owned(), password.to_uppercase() + "x"] {
            assert!(!is_of(hash, &other), "{hash} {other}");
        }
    }
}

#[test]
fn bcrypt_looks_at_72_bytes_as_the_systems_do_that_made_the_hash() {
    let hash = "$2b$04$P.BjXmAV2MMVz/fK7zQo5OaHki0MelQe1fOaAJ1OcO5RHws0M6tvW";
    for (length, is_same) in [(71, false), (72, true), (73, true), (80, true), (1_000, true)] {
        assert_eq!(is_of(hash, &"x".repeat(length)), is_same, "{length}");
    }
}

#[test]
fn a_foreign_hash_may_be_of_the_text_as_typed_or_of_its_nfc() {
    let of_nfd = "$2b$04$P.BjXmAV2MMVz/fK7zQo5OGSFuyZVDe1ORoih7qFxykO.ApNFMHKa";
    let of_nfc = "$2b$04$P.BjXmAV2MMVz/fK7zQo5Oizf6Uf8dNQmSaG5I7JiLgxOeDQsA2QO";
    assert!(is_of(of_nfd, "cafe\u{301} au lait"));
    assert!(is_of(of_nfc, "cafe\u{301} au lait"));
    assert!(is_of(of_nfc, "caf\u{e9} au lait"));
    assert!(!is_of(of_nfd, "caf\u{e9} au lait"), "what was not typed cannot be known");
}

#[test]
fn a_foreign_hash_that_would_take_the_service_down_is_too_costly() {
    let bcrypt = |cost| format!("$2b${cost}$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS");
    let (salt, short, long) = ("c2FsdA", "A".repeat(43), "A".repeat(86));
    for text in [
        bcrypt("15"),
        bcrypt("31"),
        format!("$pbkdf2-sha256$5000001${salt}${short}"),
        format!("$pbkdf2-sha256$2500001${salt}${long}"),
        format!("$pbkdf2-sha512$2000001${salt}${long}"),
        format!("$pbkdf2-sha256$i=4294967295,l=32${salt}${short}"),
        format!("$pbkdf2-sha256$i=99999999999999999999,l=32${salt}${short}"),
        format!("pbkdf2_sha256$5000001$salt${short}="),
    ] {
        assert_eq!(parse(&text).err(), Some(HashError::TooCostly), "{text}");
    }
    assert!(parse(&bcrypt("14")).is_ok());
    assert!(parse(&format!("$pbkdf2-sha256$5000000${salt}${short}")).is_ok());
}

#[test]
fn a_foreign_hash_that_is_not_whole_is_malformed() {
    let output = "A".repeat(43);
    for text in [
        "$2",
        "$2b$",
        "$2b$12$",
        "$2b$04$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxT",
        "$2b$04$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTSS",
        "$2b$4$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS",
        "$2b$+4$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS",
        "$2b$03$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS",
        "$2b$32$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS",
        "$2b$04$jvACzODXW8FwQj9X5qUA6é+HGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS",
        "$2x$04$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS",
        "$2$04$jvACzODXW8FwQj9X5qUA6uHGGNU6zWM7Bzt2t6PgeyW9ekm/mhxTS",
        "pbkdf2",
        "pbkdf2_sha256",
        "pbkdf2_md5$1000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$1000$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$1000$salt$",
        "$pbkdf2-sha1$1000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        &format!("$pbkdf2-sha256$0$c2FsdA${output}"),
        &format!("$pbkdf2-sha256$-1$c2FsdA${output}"),
        &format!("$pbkdf2-sha256$+1$c2FsdA${output}"),
        &format!("$pbkdf2-sha256$01$c2FsdA${output}"),
        &format!("$pbkdf2-sha256$$c2FsdA${output}"),
        &format!("$pbkdf2-sha256$i=1,l=31$c2FsdA${output}"),
        &format!("$pbkdf2-sha256$i=1,l=32,x=1$c2FsdA${output}"),
        &format!("$pbkdf2-sha256$1$c2FsdA${output}$"),
        &format!("$pbkdf2-sha256$1$c2FsdA${}", "A".repeat(200)),
        // Every password has the same first byte once in 256 times.
        "$pbkdf2-sha256$1$c2FsdA$AA",
    ] {
        assert_eq!(parse(text).err(), Some(HashError::Malformed), "{text}");
    }
}

/// A known hash with something cut out, put in or turned over.
fn damaged() -> impl Strategy<Value = String> {
    let known = prop::sample::select(KNOWN.map(|(hash, _)| hash).to_vec());
    (known, any::<prop::sample::Index>(), 0..4_usize, ".{0,3}").prop_map(|(hash, at, cut, put_in)| {
        let at = at.index(hash.len());
        format!("{}{put_in}{}", &hash[..at], hash.get(at + cut..).unwrap_or_default())
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in prop_oneof![damaged(), "\\PC{0,80}", r"\$?(2[abxy]|pbkdf2[-_]sha(256|512)|argon2id)\$[$,=0-9a-zA-Z/.+]{0,90}"]) {
        let _ = parse(&text);
    }
}
