//! A password on its way from the form to the hash.

use icu_normalizer::ComposingNormalizerBorrowed;
use std::fmt;
use zeroize::Zeroizing;

/// The longest password, in bytes of UTF-8 after NFC; far above the 64 characters that NIST SP 800-63B-4 §3.1.1.2
/// wants allowed, and little enough to judge and to hash.
const MAX_BYTES: usize = 1_024;
/// What is not even normalised, in bytes: NFC shortens nothing to less than a third.
const MAX_RAW_BYTES: usize = 4 * MAX_BYTES;
/// How much longer NFC makes a text at most (Unicode Standard Annex 15, table 8).
const NFC_GROWTH: usize = 3;

/// A password in Unicode NFC, so that it is the same from every keyboard: 1 to 1,024 bytes, blanks kept.
/// `Debug` prints its name only; it has no `Display`, and its memory is wiped.
#[derive(Clone)]
pub struct Password {
    nfc: Zeroizing<String>,
    /// Where it is not the same.
    as_typed: Option<Zeroizing<String>>,
}

/// The text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// There is none.
    #[error("the password is empty")]
    Empty,
    /// It is longer than 1,024 bytes after NFC.
    #[error("the password is longer than {MAX_BYTES} bytes")]
    TooLong,
}

impl Password {
    /// Takes a password. Nothing is cut off and nothing but NFC is changed. The text's memory is wiped.
    ///
    /// # Errors
    /// [`PasswordError`]; far too long a text is refused before any work is spent on it.
    pub fn parse(text: String) -> Result<Self, PasswordError> {
        let text = Zeroizing::new(text);
        if text.is_empty() {
            return Err(PasswordError::Empty);
        }
        if text.len() > MAX_RAW_BYTES {
            return Err(PasswordError::TooLong);
        }
        let (nfc, as_typed) = match to_nfc(&text) {
            None => (text, None),
            Some(normal) => (normal, Some(text)),
        };
        if nfc.len() > MAX_BYTES { Err(PasswordError::TooLong) } else { Ok(Self { nfc, as_typed }) }
    }

    /// The password itself. The name is long because the secret leaves its type here.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.nfc
    }

    /// The password as it was typed, where that is not NFC: what a system that normalises nothing has hashed.
    #[must_use]
    pub(crate) fn expose_as_typed(&self) -> Option<&str> {
        self.as_typed.as_ref().map(|typed| typed.as_str())
    }
}

/// The text in NFC; `None` if it is already.
fn to_nfc(text: &str) -> Option<Zeroizing<String>> {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    if nfc.is_normalized(text) {
        return None;
    }
    // With room for the longest outcome the string never moves, and so leaves no copy behind that nobody wipes.
    let mut normal = Zeroizing::new(String::with_capacity(text.len() * NFC_GROWTH));
    normal.extend(nfc.normalize_iter(text.chars()));
    Some(normal)
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, PasswordError> {
        Password::parse(text.to_owned()).map(|password| password.expose_secret().to_owned())
    }

    #[test]
    fn an_empty_text_is_no_password() {
        assert_eq!(parse(""), Err(PasswordError::Empty));
    }

    #[test]
    fn blanks_are_kept_wherever_they_stand() {
        for text in ["  spaces  ", " ", "\t\n", "a b\u{3000}c\u{a0}"] {
            assert_eq!(parse(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn two_spellings_of_a_character_are_one_password() {
        assert_eq!(parse("e\u{301}"), parse("é"));
        assert_eq!(parse("\u{1112}\u{1161}\u{11ab}"), parse("한"));
        assert_eq!(parse("\u{212b}"), parse("Å"));
    }

    #[test]
    fn what_was_typed_is_kept_where_nfc_is_another_text() {
        let typed =
            |text: &str| Password::parse(text.to_owned()).unwrap().expose_as_typed().map(ToOwned::to_owned);
        assert_eq!(typed("e\u{301}").as_deref(), Some("e\u{301}"));
        assert_eq!(typed("é"), None);
    }

    #[test]
    fn compatibility_forms_and_case_stay_different() {
        assert_eq!(parse("ﬁ").as_deref(), Ok("ﬁ"));
        assert_ne!(parse("A"), parse("a"));
    }

    #[test]
    fn the_limit_counts_bytes_after_nfc() {
        assert!(parse(&"x".repeat(MAX_BYTES)).is_ok());
        assert_eq!(parse(&"x".repeat(MAX_BYTES + 1)), Err(PasswordError::TooLong));
        // Nine bytes each before NFC, three after.
        let jamo = "\u{1112}\u{1161}\u{11ab}";
        assert!(parse(&jamo.repeat(MAX_BYTES / 3)).is_ok());
        assert_eq!(parse(&jamo.repeat(MAX_BYTES / 3 + 1)), Err(PasswordError::TooLong));
        // Two bytes each before NFC, four after: a composition exclusion that NFC takes apart.
        assert_eq!(parse(&"\u{344}".repeat(MAX_BYTES / 4)).unwrap().len(), MAX_BYTES);
        assert_eq!(parse(&"\u{344}".repeat(MAX_BYTES / 4 + 1)), Err(PasswordError::TooLong));
    }

    #[test]
    fn a_megabyte_is_refused_before_it_is_normalised() {
        // Would be a megabyte of one letter and its accents after NFC, too; sorting them would take its time.
        let text = "e\u{301}\u{323}".repeat(1 << 18);
        assert_eq!(parse(&text), Err(PasswordError::TooLong));
        // Just short enough before NFC, and still too long after.
        assert_eq!(parse(&"\u{301}".repeat(MAX_RAW_BYTES / 2)), Err(PasswordError::TooLong));
    }

    #[test]
    fn nfc_never_outgrows_the_room_made_for_it() {
        for character in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let text = character.to_string();
            let room = text.len() * NFC_GROWTH;
            assert!(to_nfc(&text).is_none_or(|normal| normal.len() <= room), "{character:?}");
        }
    }

    #[test]
    fn debug_hides_the_password() {
        assert_eq!(format!("{:?}", Password::parse("hunter2".to_owned())), "Ok(Password(redacted))");
    }
}
